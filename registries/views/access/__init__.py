"""Asking for a role and answering, and why somebody can or can't do something."""
