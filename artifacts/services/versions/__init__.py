"""Versions: begun, committed, described, given a TTL."""
