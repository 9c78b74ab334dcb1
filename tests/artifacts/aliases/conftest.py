"""Registries that let go of what is linked: here, versions are deleted while they are."""

import pytest


@pytest.fixture
def lets_go(registry):
    registry.project.keeps_linked = False
    registry.project.save(update_fields=["keeps_linked"])
