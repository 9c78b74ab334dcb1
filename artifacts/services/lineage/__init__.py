"""Lineage: the runs that made versions, and the runs that used them."""
