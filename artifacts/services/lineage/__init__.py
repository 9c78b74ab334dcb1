"""Lineage: which runs made versions, and which used them."""
