"""`latest` is no row, but wherever a version's aliases stand it is among them."""

import json

import pytest

from artifacts.models import RunOutput
from tests import factories

SEARCH = "/orgs/Acme/registry/-/search?q=best"


@pytest.fixture
def memberships(collection, sequence, alice, project):
    """v0 and v1, both linked; both called `best…`, and the newer one `latest` as well."""
    run = factories.make_run(project, alice, name="r1")
    found = []
    for number in range(2):
        version = factories.make_version(sequence, by=alice, aliases=[f"own-{number}"])
        RunOutput.objects.create(run=run, version=version)
        found.append(factories.make_membership(collection, version, aliases=[f"best-{number}"]))
    return found


def row_with(text, alias):
    """The chips from `alias` back to the beginning of its row."""
    end = text.index(f">{alias}</span>")
    return text[max(text.rfind(each, 0, end) for each in ("<tr", "<li", "<div")) : end]


def chips(client, page, alias):
    return "latest" in row_with(client.get(page).text, alias)


def test_in_a_search(client, bob, memberships):
    client.force_login(bob)
    assert chips(client, SEARCH, "best-1")
    assert not chips(client, SEARCH, "best-0")
    rows = json.loads(
        b"".join(
            client.get("/orgs/Acme/registry/-/search/-/versions.json?q=best").streaming_content
        )
    )
    assert {row["version"]: row["aliases"] for row in rows} == {
        "v1": ["latest", "best-1"],
        "v0": ["best-0"],
    }


def test_where_a_version_is_linked(client, bob, memberships, sequence):
    client.force_login(bob)
    for number in range(2):
        page = sequence.memberships.get(index=number).get_absolute_url()
        assert chips(client, page, f"best-{number}") == (number == 1)


def test_among_what_a_run_logged(client, bob, memberships):
    client.force_login(bob)
    assert chips(client, "/vision/iris/runs/r1", "own-1")
    assert not chips(client, "/vision/iris/runs/r1", "own-0")


def test_among_what_one_may_compare_with(client, bob, memberships):
    client.force_login(bob)
    page = f"/-/compare?version={memberships[0].full_name}"
    assert chips(client, page, "best-1")
