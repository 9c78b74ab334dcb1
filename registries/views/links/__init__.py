"""Linking a version, from either side."""
