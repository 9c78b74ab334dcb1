"""Keys for the cast: files are asked for by scripts."""

import pytest

from registry_site.accounts.services.keys.api_keys import set_api_key
from tests.helpers.graphql import key_of


@pytest.fixture
def signed_in(alice, bob, victor, charlie):
    for user in (alice, bob, victor, charlie):
        set_api_key(by=None, user=user, name="test", text=key_of(user))
