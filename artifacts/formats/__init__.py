"""Readers and writers of what clients write: pure functions over text."""
