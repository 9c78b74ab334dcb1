"""Dialogs that delete one thing or many: what was chosen, what goes with it, and then it goes."""
