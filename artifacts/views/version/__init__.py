"""The page of a version with its tabs, and what one changes on it."""
