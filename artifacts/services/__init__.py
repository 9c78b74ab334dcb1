"""The operations on artifacts: one function a verb, which checks, locks, writes and records."""
