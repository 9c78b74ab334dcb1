"""How long versions are kept: TTLs, retention rules, legal holds, links to registries."""
