"""Aliases that count: what they name now, where they were, and how they move."""
