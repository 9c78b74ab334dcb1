"""Histories: what happened, in words, as pages, files and feeds."""
