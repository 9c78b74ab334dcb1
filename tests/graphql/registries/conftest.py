"""A registry of one's own, to be changed over the API."""

import pytest

from registries.services.registry.creation import create_registry


@pytest.fixture
def custom(bob, acme):
    """Bob's registry, which accepts models; Bob is a plain member of the organization."""
    return create_registry(
        by=bob, organization=acme, name="fraud", description="Cards", accepted_types=["model"]
    )
