"""Who may do what in a registry and why, and how people ask for a role."""
