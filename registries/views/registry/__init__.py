"""A registry's own page, a new one, its trash."""
