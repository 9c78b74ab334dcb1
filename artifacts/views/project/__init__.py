"""A project's overview, and the pages of teams and people."""
