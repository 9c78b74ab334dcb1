"""Work in the background: what may be asked for, how it goes on, and who does it."""
