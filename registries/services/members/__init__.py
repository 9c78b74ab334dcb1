"""Who has a role of their own in a registry: people and whole teams."""
