"""Pieces of HTML that many pages show: chips, icons, times, texts. templatetags/ registers them."""
