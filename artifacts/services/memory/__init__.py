"""What this server remembers for a short time, and notes that nobody waits for."""
