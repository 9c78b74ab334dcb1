"""How long versions live: retention rules, TTLs, legal holds."""
