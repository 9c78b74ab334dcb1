"""The artifact browser: a project's collections, and one collection with its versions."""
