"""Deletion of one thing or of many: its consequences beforehand, and the jobs that do it."""
