"""What may be done with artifacts: one verb a function, which checks, locks, writes and records."""
