"""Paths of projects and collections: former ones, those of deleted things, and placeholders."""
