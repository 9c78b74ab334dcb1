"""The tab Usage: code to copy, the names of a version, who used or downloaded it."""
