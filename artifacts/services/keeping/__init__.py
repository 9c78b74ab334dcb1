"""What keeps things from deletion, brings them back, and lets old ones go by themselves."""
