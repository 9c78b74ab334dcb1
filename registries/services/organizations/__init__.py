"""Organizations with their registries: creating, leaving, and provisioning from a file."""
