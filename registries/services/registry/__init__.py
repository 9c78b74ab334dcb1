"""A registry itself: creating, renaming and deleting it, and its settings."""
