"""The gear of a registry: one module per tab, and the frame that they share."""
