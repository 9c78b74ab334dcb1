"""Which aliases of a registry are protected and which are pinned."""
