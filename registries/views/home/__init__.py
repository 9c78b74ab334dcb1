"""The ways in: the home page, the registries of an organization, the search."""
