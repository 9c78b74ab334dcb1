"""Uses and downloads of versions: by whom, and by which name."""
