"""The trash: what was deleted, how it comes back, and what is left of it for good."""
