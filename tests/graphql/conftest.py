import pytest

from tests.helpers.graphql import Api, auth_of
from tests.helpers.hidden import dora, hidden_source, links, told  # noqa: F401 - fixtures
from tests.helpers.hostile import Answer
from tests.helpers.rights import make_world


@pytest.fixture
def api(client, cast):
    return Api(client)


@pytest.fixture
def world(db):
    """Eight people, four places and one of everything, see tests/helpers/rights.py."""
    return make_world()


@pytest.fixture
def answer(client, world):
    """What Bob of the world is answered, judged."""
    return Answer(client, **auth_of(world.people["bob"]))
