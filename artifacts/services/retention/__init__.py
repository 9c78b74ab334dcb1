"""What keeps versions and what lets them go: TTLs, rules, legal holds, links that are kept."""
