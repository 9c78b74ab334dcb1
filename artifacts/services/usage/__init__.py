"""Who used or downloaded which version, by which name."""
