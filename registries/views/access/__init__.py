"""Pages to ask for a role and to answer, and to explain why somebody can or can't do something."""
