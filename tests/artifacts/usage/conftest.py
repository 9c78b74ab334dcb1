"""A version that is linked and in production there."""

import pytest

from tests import factories


@pytest.fixture
def linked(version, collection):
    return factories.make_membership(collection, version, aliases=["production"])
