"""Readers and writers of the formats of clients' files and values: pure functions over text."""
