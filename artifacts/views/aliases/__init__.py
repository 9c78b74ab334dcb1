"""Aliases of a collection: adding, moving and removing them, their history, the release strip."""
