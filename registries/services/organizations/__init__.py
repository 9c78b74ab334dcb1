"""Organizations with their registries: made, left, and provisioned from a file."""
