"""The times of an alias, read from events, against what the rows really were."""

import random
from contextlib import suppress

import pytest

from artifacts.models import Alias, Membership, Version
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.aliases.periods import (
    End,
    holder_of,
    intervals_of,
    is_exact,
    starts_of,
)
from artifacts.services.aliases.roll_back import roll_back_alias
from artifacts.services.aliases.undo import undo_alias_changes
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.restoration_of_parents import restore_collection
from artifacts.services.trash.trash import delete_version
from registry_site.errors import DomainError
from tests import factories

NAMES = ["best", "Best", "prod", "a-prod"]


@pytest.fixture
def memberships(lets_go, collection, sequence):
    return [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(3)
    ]


def history(collection, name):
    """All times, oldest first."""
    return intervals_of(collection, name, list(starts_of(collection, name).order_by("pk")))


def told(collection, name):
    return [(each.number, str(each.end)) for each in history(collection, name)]


def test_tells_which_version_had_it_and_how_that_ended(bob, collection, memberships):
    add_aliases(by=bob, membership=memberships[0], names=["best", "other"], note="first")
    add_aliases(by=bob, membership=memberships[1], names=["best"])
    remove_aliases(by=bob, membership=memberships[1], names=["best"])
    add_aliases(by=bob, membership=memberships[2], names=["best"], note="passed field test")
    assert told(collection, "best") == [("v0", "moved"), ("v1", "removed"), ("v2", "now")]
    first, _second, last = history(collection, "best")
    assert (first.start.actor_name, first.start.note, first.end_event.after) == (
        "bob",
        "first",
        "v1",
    )
    assert (last.start.note, last.end_event, last.is_current) == ("passed field test", None, True)
    assert told(collection, "nobody") == []


def test_what_left_the_collection_lost_it(alice, bob, collection, memberships):
    for membership in memberships:
        add_aliases(by=bob, membership=membership, names=["best"])
        if membership == memberships[0]:
            unlink_version(by=bob, membership=membership)
        if membership == memberships[1]:
            delete_version(by=bob, version=membership.version, with_aliases=True)
    assert told(collection, "best") == [("v0", "unlinked"), ("v1", "deleted"), ("v2", "now")]
    unlinked, deleted, live = history(collection, "best")
    assert unlinked.membership is None
    assert deleted.membership.version.deleted_by == bob
    assert [each.is_live for each in (unlinked, deleted, live)] == [False, False, True]


def test_a_source_that_is_deleted_and_restored(bob, sequence, version):
    membership = version.memberships.get()
    add_aliases(by=bob, membership=membership, names=["best"])
    delete_version(by=bob, version=version, with_aliases=True)
    assert told(sequence, "best") == [("v0", "deleted")]
    restore_version(by=bob, version=version)
    assert told(sequence, "best") == [("v0", "deleted"), ("v0", "now")]


def test_says_where_events_do_not_agree_with_the_rows(bob, collection, memberships):
    Alias.objects.create(collection=collection, membership=memberships[0], name="best")
    assert not is_exact(None, holder_of(collection, "best"))
    assert is_exact(None, None)
    add_aliases(by=bob, membership=memberships[1], names=["best"])
    (interval,) = history(collection, "best")
    assert is_exact(interval, holder_of(collection, "best"))
    Alias.objects.all().delete()
    assert not is_exact(interval, None)


def test_a_page_of_times_takes_as_many_queries_as_one(
    bob, collection, memberships, django_assert_num_queries
):
    for number in range(60):
        add_aliases(by=bob, membership=memberships[number % 2], names=["best"])
    starts = list(starts_of(collection, "best").order_by("-pk"))
    for some, queries in ((starts[:1], 3), (starts[5:6], 2), (starts[20:50], 2)):
        with django_assert_num_queries(queries):
            found = intervals_of(collection, "best", some)
        assert len(found) == len(some)
    ends = [each.end for each in intervals_of(collection, "best", starts)]
    assert ends == [End.NOW] + [End.MOVED] * 59


def test_undoing_two_changes_of_one_alias_goes_back_before_both(bob, collection, memberships):
    changes = [
        add_aliases(by=bob, membership=membership, names=["best"])[0]
        for membership in memberships[:2]
    ]
    ids = [change.event_id for change in changes]
    undo_alias_changes(by=bob, collection=collection, event_ids=ids)
    assert not Alias.objects.filter(name="best").exists()
    assert is_exact(history(collection, "best")[-1], None)


class World:
    """Random acts on a registry's collection and on the sequence, and what each alias was then."""

    def __init__(self, seed, *, alice, collection, sequence):
        self.random = random.Random(seed)
        self.by, self.collections = alice, [collection, sequence]
        self.changes = []
        self.was = {(each.pk, name): [] for each in self.collections for name in NAMES}

    def act(self):
        acts = [self.give] * 8 + [self.remove] * 2 + [self.roll_back] * 3
        acts += [self.undo, self.unlink, self.link, self.delete, self.restore, self.rename]
        acts += [self.delete_collection]
        with suppress(DomainError, IndexError):  # nothing there to act on
            self.random.choice(acts)()
        self.note_rows()

    def note_rows(self):
        rows = Alias.objects.values_list("collection_id", "name", "membership__index")
        now = {(collection, name): f"v{index}" for collection, name, index in rows}
        for key, numbers in self.was.items():
            number = now.get(key)
            if (numbers[-1] if numbers else None) != number:
                numbers.append(number)

    def membership(self):
        return self.random.choice(list(Membership.objects.live().for_path()))

    def some_names(self):
        return self.random.sample(NAMES, self.random.randint(1, 2))

    def give(self):
        self.changes += add_aliases(
            by=self.by, membership=self.membership(), names=self.some_names(), note="n"
        )

    def remove(self):
        self.changes += remove_aliases(
            by=self.by, membership=self.membership(), names=self.some_names()
        )

    def roll_back(self):
        collection, name = self.random.choice(self.collections), self.random.choice(NAMES)
        starts = list(starts_of(collection, name))
        if starts:
            start = self.random.choice(starts)
            roll_back_alias(by=self.by, collection=collection, name=name, event_id=start.pk)

    def undo(self):
        for collection in self.collections:
            last = {change.name: change for change in self.changes[-2:]}  # each alias once
            ids = [change.event_id for change in last.values()]
            with suppress(DomainError):
                undo_alias_changes(by=self.by, collection=collection, event_ids=ids)

    def unlink(self):
        unlink_version(by=self.by, membership=self.membership())

    def link(self):
        version = self.random.choice(list(Version.objects.committed().for_path()))
        project, name = self.collections[0].project, self.collections[0].name
        link_version(
            by=self.by,
            version=version,
            project=project,
            collection_name=name,
            aliases=self.some_names(),
        )

    def delete(self):
        version = self.random.choice(list(Version.objects.committed().for_path()))
        delete_version(by=self.by, version=version, with_aliases=True)

    def restore(self):
        gone = list(Version.objects.exclude(deleted_at=None).for_path())
        if gone:
            restore_version(by=self.by, version=self.random.choice(gone))

    def delete_collection(self):
        """And bring it back, with what it had."""
        portfolio = self.collections[0]
        delete_collection(by=self.by, collection=portfolio)
        self.note_rows()
        restore_collection(by=self.by, collection=portfolio)
        portfolio.refresh_from_db()

    def rename(self):
        collection = self.collections[0]
        update_collection(by=self.by, collection=collection, name=f"c{self.random.random()}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_random_histories_are_told_as_they_were(seed, alice, collection, sequence, memberships):
    world = World(seed, alice=alice, collection=collection, sequence=sequence)
    for _ in range(60):
        world.act()
    told_any = 0
    for (pk, name), was in world.was.items():
        of = next(each for each in world.collections if each.pk == pk)
        found = history(of, name)
        holder = holder_of(of, name)
        assert [each.number for each in found] == [number for number in was if number]
        assert all(each.end != End.UNKNOWN for each in found)
        assert is_exact(found[-1] if found else None, holder)
        ended = [each.number for each in found if not each.is_current]
        assert len(found) - len(ended) == (1 if holder else 0)
        if holder:
            assert holder.event == found[-1].start
        told_any += len(found)
    assert told_any > 5
