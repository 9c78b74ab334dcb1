"""The first pages: home, the registries of an organization, the search."""
