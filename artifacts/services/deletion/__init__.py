"""The deletion of many things, or one: what goes and what stays, before and while it happens."""
