"""Named reads of each table, and the rules for who sees which rows."""
