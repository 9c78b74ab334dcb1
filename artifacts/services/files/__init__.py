"""Bytes: uploaded, received, put together, found again, and downloaded."""
