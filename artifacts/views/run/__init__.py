"""A run: its page, metrics over time, media, files and console."""
