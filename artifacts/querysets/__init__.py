"""Named reads of each table, and who sees what of it."""
