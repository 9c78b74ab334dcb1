"""Aliases of a collection: giving, moving and taking them off, their history, the release strip."""
