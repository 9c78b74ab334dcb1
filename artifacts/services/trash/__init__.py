"""The trash: deletion and restoration, and the tombstones that are left in the end."""
