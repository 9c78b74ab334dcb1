"""A registry that its admin changes."""

import pytest

from registries.services.registry.creation import create_registry


@pytest.fixture
def custom(bob, acme):
    """Bob's registry, which accepts models; Bob is a plain member of the organization."""
    return create_registry(
        by=bob, organization=acme, name="fraud", description="Cards", accepted_types=["model"]
    )
