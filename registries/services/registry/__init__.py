"""A registry itself: made, renamed, deleted, and its settings."""
