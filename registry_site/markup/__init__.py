"""Pieces of HTML that many pages show: chips, icons, times, texts.

templatetags/ makes them available in templates.
"""
