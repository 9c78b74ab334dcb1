"""What pages show, read in narrow rows and by statements that are prepared."""
