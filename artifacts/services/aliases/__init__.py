"""Aliases of memberships: given, moved, taken off, promoted, undone, rolled back."""
