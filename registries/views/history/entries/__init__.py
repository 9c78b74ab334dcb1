"""One event in words: its sentence, the addresses in it, and what else it changed."""
