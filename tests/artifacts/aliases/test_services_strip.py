"""What stands above the versions of a collection, and how many statements that takes."""

import pytest

from artifacts.models import RunInput
from artifacts.reads.pages.governed_aliases import read_governed_aliases
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.aliases.release_strip import MOST_LINES, release_strip
from artifacts.services.aliases.roll_back import roll_back_alias
from artifacts.services.aliases.undo import undo_alias_changes
from artifacts.services.collections.links import unlink_version
from tests import factories


@pytest.fixture
def memberships(lets_go, collection, sequence):
    return [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(4)
    ]


def read_strip(collection):
    return release_strip(collection, read_governed_aliases(collection))


def strip_of(collection):
    collection.refresh_from_db()
    return read_strip(type(collection).objects.for_path().get(pk=collection.pk))


def earlier(collection):
    (row,) = strip_of(collection).rows
    return row.version.number, row.earlier_number


def test_has_what_is_protected_or_pinned_and_nothing_else(alice, registry, collection, memberships):
    assert strip_of(collection).unused == ["production"]
    registry.project.protected_aliases.create(name="prod*")
    registry.project.pinned_aliases.create(name="staging")
    names = ["production", "prod-eu", "staging", "Staging2", "best"]
    add_aliases(by=alice, membership=memberships[1], names=names, note="passed field test")
    strip = strip_of(collection)
    found = [(row.alias.name, row.is_protected, row.alias.event.note) for row in strip.rows]
    note = "passed field test"
    assert found == [("production", True, note), ("staging", False, note), ("prod-eu", True, note)]
    assert (strip.unused, strip.more) == ([], 0)


def test_an_ordinary_collection_has_none(sequence, version):
    assert not read_strip(sequence)
    sequence.project.pinned_aliases.create(name="best")
    assert strip_of(sequence).unused == ["best"]


def test_counts_runs_and_people_by_the_name_that_they_went_by(
    alice, bob, project, collection, memberships
):
    add_aliases(by=alice, membership=memberships[0], names=["production"])
    for reference in ("production", "production", "", "v0"):
        RunInput.objects.create(
            run=factories.make_run(project, bob),
            version=memberships[0].version,
            collection=collection,
            reference=reference,
        )
    (row,) = strip_of(collection).rows
    assert (row.run_count, row.person_count) == (3, 0)


def test_what_was_before_forgets_what_was_undone_or_rolled_back(alice, collection, memberships):
    one, two, three, four = memberships
    add_aliases(by=alice, membership=one, names=["production"])
    assert earlier(collection) == ("v0", "")
    add_aliases(by=alice, membership=two, names=["production"])
    (change,) = add_aliases(by=alice, membership=three, names=["production"])
    assert earlier(collection) == ("v2", "v1")
    undo_alias_changes(by=alice, collection=collection, event_ids=[change.event_id])
    assert earlier(collection) == ("v1", "v0")
    add_aliases(by=alice, membership=four, names=["production"])
    assert earlier(collection) == ("v3", "v1")
    (row,) = strip_of(collection).rows
    roll_back_alias(by=alice, collection=collection, name="production", event_id=row.earlier.pk)
    assert earlier(collection) == ("v1", "v0")
    unlink_version(by=alice, membership=one)
    assert earlier(collection) == ("v1", "")


def test_what_was_before_a_gap_can_come_back(alice, collection, memberships):
    add_aliases(by=alice, membership=memberships[0], names=["production"])
    remove_aliases(by=alice, membership=memberships[0], names=["production"])
    add_aliases(by=alice, membership=memberships[1], names=["production"])
    assert earlier(collection) == ("v1", "v0")


def test_takes_as_many_statements_for_one_alias_as_for_many(
    alice, registry, collection, memberships, django_assert_num_queries
):
    registry.project.protected_aliases.create(name="p*")
    for names in (["production"], [f"p{number}" for number in range(20)]):
        for membership in memberships:
            add_aliases(by=alice, membership=membership, names=names)
        found = type(collection).objects.for_path().get(pk=collection.pk)
        with django_assert_num_queries(7):
            strip = read_strip(found)
    assert len(strip.rows) == MOST_LINES
    assert strip.more == 21 - MOST_LINES
