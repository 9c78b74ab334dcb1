"""The pages of what is stored: one folder by noun, and what several of them need."""
