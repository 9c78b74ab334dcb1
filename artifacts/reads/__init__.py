"""Reads that several services and views share: single rows by name, and selections of rows."""
