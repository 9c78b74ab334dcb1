import pytest

from tests.helpers.graphql import Api


@pytest.fixture
def api(client, cast):
    return Api(client)
