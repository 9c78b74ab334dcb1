"""Clients that race: numbers stay unique and without gap, each alias sits on one version."""

import contextlib
import threading

import pytest
from django.db import connection

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.aliases import add_aliases
from artifacts.services.links import link_version
from artifacts.services.sweep import sweep
from artifacts.services.trash import delete_version, restore_version
from artifacts.services.versions import create_version
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
            by=factories.fresh(bob), version=version, project=registry.project,
            collection_name="race", aliases=["best"],
        )  # fmt: skip

    at_once([link(version) for version in versions])
    numbers = Membership.objects.filter(collection__name="race").values_list("index", flat=True)
    assert sorted(numbers) == list(range(CLIENTS))
    assert Alias.objects.filter(name="best").count() == 1


def test_the_same_link_at_once_is_made_once(bob, version, registry):
    def link():
        link_version(
            by=factories.fresh(bob), version=version, project=registry.project,
            collection_name="race",
        )  # fmt: skip

    at_once([link] * CLIENTS)
    assert Membership.objects.filter(collection__name="race").count() == 1


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
            by=by, version=version, project=registry.project, collection_name=name,
            aliases=["best"],
        )  # fmt: skip

    def name(by, version):
        source = version.memberships.get(collection=sequence)
        add_aliases(by=by, membership=source, names=["mine"])

    def log_again(by, version):
        create_version(
            by=by, project=sequence.project, type_name="model", digest=version.digest,
            collection_name=sequence.name, aliases=["again"], run=run,
        )  # fmt: skip

    run = factories.make_run(sequence.project, bob)
    delete = often(lambda by, each: delete_version(by=by, version=each, with_aliases=True))
    restore = often(lambda by, each: restore_version(by=by, version=each))
    at_once(
        [delete, delete, restore, often(link_to("a")), often(link_to("b")), often(name),
         often(log_again), sweep]
    )  # fmt: skip
    live = Membership.objects.live()
    assert not live.filter(version__deleted_at__isnull=False).exists()
    assert not Alias.objects.exclude(membership__in=live).exists()
    for collection in Collection.objects.all():
        assert collection.version_count == live.filter(collection=collection).count()
        numbers = list(collection.memberships.values_list("index", flat=True))
        assert len(set(numbers)) == len(numbers)
