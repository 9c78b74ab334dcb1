"""Paths: what left them, what goes on from there, what stands in for hidden ones."""
