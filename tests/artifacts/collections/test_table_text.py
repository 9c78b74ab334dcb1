"""Filters of tables find what their rows show, and nothing that one may not see."""

import pytest

from artifacts.models import VersionTag
from artifacts.views.collection.version_rows import versions_listing
from tests import factories

REGISTRY = "/orgs/Acme/registry/model"
PAGE = f"{REGISTRY}/iris-classifier"


@pytest.fixture
def rows(collection, sequence, project, alice, bob):
    """v0 by Alice's run, v1 by Bob without a run, v2 tagged and aliased."""
    versions = [factories.make_version(sequence, by=by) for by in (alice, bob, None)]
    versions[0].run = factories.make_run(project, alice, display_name="brave-river")
    versions[0].save(update_fields=["run"])
    VersionTag.objects.create(version=versions[2], name="tabular")
    aliases = ([], [], ["production", "champion-2026"])
    for version, names in zip(versions, aliases, strict=True):
        factories.make_membership(collection, version, aliases=names)


@pytest.fixture
def eve(acme):
    """Of the organization, but in no team: sees the registry and no source."""
    eve = factories.make_user("eve")
    factories.set_organization_member(by=None, organization=acme, user=eve, role="member")
    return factories.fresh(eve)


def numbers(user, collection, text):
    found = versions_listing(user, collection, text).rows
    return sorted(found.values_list("index", flat=True))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("v1", [1]),
        ("champion", [2]),
        ("LATEST", [2]),
        ("tabul", [2]),
        ("brave-riv", [0]),
        ("bob", [1]),
        ("Alice", [0]),
        ("vision/iris-mo", [0, 1, 2]),
        ("vision/iris/iris-model", [0, 1, 2]),
        ("vision/iris-model:v1", [1]),
        ("vision/iris/iris-model:v2", [2]),
        ("iris-model:v", []),
        ("nothing of this", []),
        ("%", []),
    ],
)
def test_a_version_is_found_by_what_its_row_shows(bob, collection, rows, text, found):
    assert numbers(bob, collection, text) == found


@pytest.mark.parametrize("text", ["brave-river", "vision", "iris-model", "vision/iris-model:v1"])
def test_no_filter_tells_what_one_may_not_see(eve, collection, rows, text):
    assert numbers(eve, collection, text) == []


def test_places_elsewhere_don_t_count(bob, registry, collection, rows, sequence):
    other = factories.make_collection(registry.project, "other")
    version = factories.make_version(sequence)
    VersionTag.objects.create(version=version, name="elsewhere")
    factories.make_membership(other, version, aliases=["elsewhere"])
    assert numbers(bob, collection, "elsewhere") == []


def test_where_versions_are_logged_there_is_no_source_to_find(bob, sequence, rows):
    assert numbers(bob, sequence, "vision") == []
    assert numbers(bob, sequence, "brave") == [0]


def test_a_person_who_is_shown_may_be_found_by_all(eve, collection, rows):
    assert numbers(eve, collection, "bob") == [1]


def test_runs_are_found_by_name_job_type_and_person(client, alice, bob, project):
    first = factories.make_run(project, alice, display_name="sea", job_type="train")
    second = factories.make_run(project, bob, display_name="hill", job_type="evaluate")
    client.force_login(bob)
    for text, run in (("sea", first), ("eval", second), ("alice", first), ("bob", second)):
        runs = client.get(f"/vision/iris?q={text}").context["page"].runs.rows
        assert runs == [run], text


def test_collections_are_found_by_name_tag_alias_and_person(client, bob, alice, registry, rows):
    other = factories.make_collection(registry.project, "other", updated_by=alice)
    other.tags.create(name="petals")
    client.force_login(bob)
    for text, name in (
        ("oth", "other"),
        ("petal", "other"),
        ("alice", "other"),
        ("champ", "iris-classifier"),
    ):
        found = client.get(f"{REGISTRY}?q={text}").context["table"].page.rows
        assert [row.name.name for row in found] == [name], text


@pytest.mark.parametrize(
    ("page", "label"),
    [
        (PAGE, "Filter versions by number, alias, tag, source, run or person"),
        (REGISTRY, "Filter collections by name, tag, alias or person"),
        ("/vision/iris", "Filter runs by name, job type or person"),
        ("/vision/iris/artifacts", "Filter collections by name"),
        (
            "/vision/iris/artifacts/model/iris-model",
            "Filter versions by number, alias, tag, run or person",
        ),
    ],
)
def test_filters_say_what_they_search(client, bob, rows, project, page, label):
    factories.make_run(project, bob)
    client.force_login(bob)
    assert f'aria-label="{label}"' in client.get(page).text
