"""A full shelf: registries, collections and versions to be listed."""

import pytest

from tests.helpers.shelf import make_shelf


@pytest.fixture
def shelf(acme, sequence, alice):
    return make_shelf(acme, sequence, alice)
