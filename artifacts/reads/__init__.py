"""Reads that several services and doors share: single rows, prepared, and selections."""
