"""Clients that race: numbers stay unique and without gap, each alias sits on one version."""

import contextlib
import threading

import pytest
from django.db import connection

from artifacts.models import Alias, Collection, Membership, Project, Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.aliases.periods import holder_of, starts_of
from artifacts.services.aliases.roll_back import move_alias, roll_back_alias
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.projects import create_project, rename_project
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.creation import Draft, create_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, NotFound
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


def at_once(jobs):
    """Run each job in a thread of its own, all begun together; raise what any of them raised."""
    gate, errors = threading.Barrier(len(jobs)), []

    def work(job):
        try:
            gate.wait()
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors


def test_links_at_once_get_different_numbers(bob, sequence, registry):
    versions = [factories.make_version(sequence) for _ in range(CLIENTS)]

    def link(version):
        return lambda: link_version(
            by=factories.fresh(bob),
            version=version,
            project=registry.project,
            collection_name="race",
            aliases=["best"],
        )

    at_once([link(version) for version in versions])
    numbers = Membership.objects.filter(collection__name="race").values_list("index", flat=True)
    assert sorted(numbers) == list(range(CLIENTS))
    assert Alias.objects.filter(name="best").count() == 1


@pytest.mark.parametrize("is_there", [True, False], ids=["collection", "no collection"])
def test_the_same_link_at_once_is_made_once(bob, version, registry, is_there):
    if is_there:
        factories.make_collection(registry.project, "race")

    def link():
        link_version(
            by=factories.fresh(bob),
            version=version,
            project=registry.project,
            collection_name="race",
        )

    at_once([link] * CLIENTS)
    assert Membership.objects.filter(collection__name="race").count() == 1


@pytest.mark.slow
def test_deletions_restorations_and_links_at_once_leave_nothing_half_done(bob, sequence, registry):
    """Nobody waits for each other in a ring, and nothing deleted stays linked or named."""
    versions = [factories.make_version(sequence) for _ in range(3)]

    def often(act):
        def job():
            for _turn in range(4):
                for version in versions:
                    fresh = Version.objects.for_path().get(pk=version.pk)
                    with contextlib.suppress(Conflict, NotFound):
                        act(factories.fresh(bob), fresh)

        return job

    def link_to(name):
        return lambda by, version: link_version(
            by=by,
            version=version,
            project=registry.project,
            collection_name=name,
            aliases=["best"],
        )

    def name(by, version):
        source = version.memberships.get(collection=sequence)
        add_aliases(by=by, membership=source, names=["mine"])

    def log_again(by, version):
        create_version(
            by=by,
            project=sequence.project,
            run=run,
            draft=Draft(
                type_name="model",
                digest=version.digest,
                collection_name=sequence.name,
                aliases=["again"],
            ),
        )

    run = factories.make_run(sequence.project, bob)
    delete = often(lambda by, each: delete_version(by=by, version=each, with_aliases=True))
    restore = often(lambda by, each: restore_version(by=by, version=each))
    at_once(
        [
            delete,
            delete,
            restore,
            often(link_to("a")),
            often(link_to("b")),
            often(name),
            often(log_again),
            sweep,
        ]
    )
    live = Membership.objects.live()
    assert not live.filter(version__deleted_at__isnull=False).exists()
    assert not Alias.objects.exclude(membership__in=live).exists()
    for collection in Collection.objects.all():
        assert collection.version_count == live.filter(collection=collection).count()
        numbers = list(collection.memberships.values_list("index", flat=True))
        assert len(set(numbers)) == len(numbers)


def test_links_while_the_collection_is_renamed_and_deleted(alice, sequence, registry):
    """Each number of a path is given once, whatever stands there by then."""
    versions = [factories.make_version(sequence) for _ in range(CLIENTS)]
    given = []

    def link(version):
        def job():
            for _turn in range(3):
                with contextlib.suppress(Conflict):  # renamed again while it was made
                    membership, is_new, _changes = link_version(
                        by=factories.fresh(alice),
                        version=version,
                        project=registry.project,
                        collection_name="race",
                    )
                    given.extend([(membership.full_name, version.pk)] * is_new)

        return job

    def move():
        for turn in range(6):
            for collection in Collection.objects.for_path().filter(name="race"):
                with contextlib.suppress(Conflict, NotFound):
                    if turn % 2:
                        delete_collection(by=factories.fresh(alice), collection=collection)
                    else:
                        update_collection(
                            by=factories.fresh(alice), collection=collection, name=f"race {turn}"
                        )

    at_once([*(link(version) for version in versions), move])
    names = [name for name, _version in given]
    assert sorted(names) == sorted(set(names))
    numbers = sorted(int(name.rpartition("v")[2]) for name in names)
    assert numbers == list(range(len(numbers)))


def test_the_name_made_anew_at_once_goes_on(bob, sequence, registry):
    """Those who make it wait for who leaves it, and one of them makes it."""
    versions = [factories.make_version(sequence) for _ in range(CLIENTS)]
    first, *_rest = link_version(
        by=bob, version=versions[0], project=registry.project, collection_name="race"
    )

    def rename():
        update_collection(by=factories.fresh(bob), collection=first.collection, name="other")

    def link(version):
        return lambda: link_version(
            by=factories.fresh(bob),
            version=version,
            project=registry.project,
            collection_name="race",
        )

    at_once([rename, *(link(version) for version in versions[1:])])
    numbers = Membership.objects.filter(version__in=versions[1:], collection__kind="portfolio")
    assert sorted(numbers.values_list("index", flat=True)) == list(range(1, CLIENTS))


@pytest.mark.slow
def test_links_while_the_project_is_renamed_and_made_anew(alice, vision, sequence):
    target = factories.make_project(vision, "target")
    versions = [factories.make_version(sequence) for _ in range(CLIENTS)]
    given = []

    def link(version):
        def job():
            for _turn in range(3):
                by = factories.fresh(alice)
                project = create_project(by=by, entity_name="vision", name="target")
                with contextlib.suppress(NotFound):  # renamed meanwhile
                    membership, is_new, _changes = link_version(
                        by=by, version=version, project=project, collection_name="race"
                    )
                    given.extend([membership.full_name] * is_new)

        return job

    def rename():
        for turn in range(3):
            found = Project.objects.at("vision", "target").first()
            if found:
                rename_project(by=factories.fresh(alice), project=found, name=f"former {turn}")

    assert target
    at_once([*(link(version) for version in versions), rename])
    assert sorted(given) == sorted(set(given))


def test_aliases_moved_at_once_tell_one_story(bob, collection, sequence):
    """Each move begins where the move before it ended, and the last one is where the alias is."""
    memberships = [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(4)
    ]

    def move(membership):
        def job():
            for turn in range(5):
                names = ["best", f"own-{membership.index}-{turn}"]
                add_aliases(by=factories.fresh(bob), membership=membership, names=names)

        return job

    at_once([move(membership) for membership in memberships])
    moves = Event.objects.filter(subject__endswith=":best").order_by("pk")
    stations = [None, *(event.after for event in moves)]
    assert [event.before for event in moves] == stations[:-1]
    holder = Alias.objects.get(collection=collection, name="best")
    assert (holder.membership.number, holder.event) == (stations[-1], moves.last())
    assert Alias.objects.filter(collection=collection).count() == 1 + 4 * 5


def test_admins_who_move_an_alias_at_once_overwrite_nobody_unread(alice, collection, sequence):
    """Both were asked while v0 had it: one moves it, the other is told."""
    memberships = [
        factories.make_membership(collection, factories.make_version(sequence)) for _ in range(4)
    ]
    add_aliases(by=alice, membership=memberships[0], names=["production"])
    start = starts_of(collection, "production").get()
    moved, told = [], []

    def act(operation, **where):
        def job():
            try:
                moved.extend(
                    operation(by=factories.fresh(alice), name="production", opened="v0", **where)
                )
            except Conflict as refusal:
                told.append(str(refusal))

        return job

    at_once([act(move_alias, membership=membership) for membership in memberships[1:]])
    assert (len(moved), len(told)) == (1, 2)
    del told[:]
    at_once([act(roll_back_alias, collection=collection, event_id=start.pk) for _ in range(3)])
    assert len(told) == 3
    assert holder_of(collection, "production").membership.number == moved[0].after
