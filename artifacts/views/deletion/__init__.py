"""Dialogs that delete one thing or many, and first show what goes with it."""
