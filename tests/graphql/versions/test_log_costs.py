"""How many statements a version takes from its announcement to its commit."""

import itertools

import pytest
from django.db import connection

from registry_site.accounts.services.keys.api_keys import set_api_key
from tests import factories
from tests.graphql.versions.test_logging import Logger
from tests.helpers.graphql import Api, auth_of, key_of
from tests.helpers.queries import cost_of

pytestmark = [pytest.mark.on_postgres, pytest.mark.slow]

# PostgreSQL writes in one statement what belongs together at the commit
STATEMENTS = {"postgresql": 34, "sqlite": 37}[connection.vendor]
_FRAME = "SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT"


class WithKey(Api):
    """The client of somebody whose key is there already."""

    def post(self, user, document, operation="", **variables):
        body = {"query": document, "variables": variables, "operationName": operation}
        return self.client.post("/graphql", body, "application/json", **auth_of(user))


@pytest.fixture
def log(client, bob, project):
    """A function that logs another version of one small file each time."""
    set_api_key(by=None, user=bob, name="test", text=key_of(bob))
    factories.make_run(project, bob, name="r")
    logger = Logger(WithKey(client), client, bob)
    numbers = itertools.count()

    def log():
        number = next(numbers)
        files = {"a": f"content {number}".encode()}
        ids = {"digest": f"{number:032}", "clientID": f"{number:0128}"}
        assert logger.log(files, runName="r", **ids)["id"]

    return log


def statements(call):
    asked = cost_of(call).statements
    counted = [sql for sql in asked if not sql.startswith(_FRAME)]
    return len(counted), "\n".join(counted)


def test_a_version_of_one_small_file(log):
    """Seven requests: announced, a manifest twice, a file, two uploads, the commit."""
    few, listed = statements(log)
    assert few <= STATEMENTS, listed
    for _more in range(5):
        log()
    assert statements(log)[0] == few
