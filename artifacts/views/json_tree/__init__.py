"""Metadata, config, summaries and JSON files as trees, a page at a time."""
