"""Edits of one version or collection at once: each sees what the one before it left."""

import threading

import pytest
from django.db import connection

from artifacts.models import Collection, Version
from artifacts.services.collections.collections import update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.versions import versions as version_services
from artifacts.services.versions.versions import update_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6
SECONDS = 60  # longer than any of this takes


def together(*jobs):
    """Run the jobs in threads of their own, begun at once; return what each raised, or None."""
    gate, raised = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(number, job):
        try:
            gate.wait(SECONDS)
            job()
        except Exception as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), "one waits for ever"
    return raised


def chain(kind, pk):
    """The changes of one thing in their order, as pairs of before and after."""
    events = Event.objects.filter(kind=kind, subject_id=pk, verb="update").order_by("pk")
    return list(events.values_list("before", "after"))


def test_a_ttl_that_is_set_while_the_version_is_linked(bob, version, registry, monkeypatch):
    """What is linked has no TTL, whoever comes first: the link comes where the other has looked."""
    looked, linked = threading.Event(), threading.Event()
    is_linked = version_services.is_linked

    def look_slowly(row):
        answer = is_linked(row)
        looked.set()
        linked.wait(1)  # the link is done by then, or waits for this transaction
        return answer

    monkeypatch.setattr(version_services, "is_linked", look_slowly)

    def set_ttl():
        row = Version.objects.for_path().get(pk=version.pk)
        update_version(by=factories.fresh(bob), version=row, ttl_seconds=3600)

    def link():
        looked.wait(SECONDS)
        row = Version.objects.for_path().get(pk=version.pk)
        link_version(
            by=factories.fresh(bob), version=row, project=registry.project, collection_name="race"
        )
        linked.set()

    refused, failed = together(set_ttl, link)
    assert failed is None
    assert refused is None or isinstance(refused, Conflict)
    assert version.memberships.live().count() == 2
    assert Version.objects.get(pk=version.pk).ttl_seconds == 0


def test_a_version_that_many_describe_at_once(bob, version):
    """The history is one line: each change begins with what the one before it ended with."""
    rows = [Version.objects.for_path().get(pk=version.pk) for _ in range(CLIENTS)]

    def describe(number):
        return lambda: update_version(
            by=factories.fresh(bob),
            version=rows[number],
            description=f"text {number}",
            metadata={"number": number},
        )

    assert together(*map(describe, range(CLIENTS))) == [None] * CLIENTS
    changes = chain("version", version.pk)
    assert len(changes) == CLIENTS
    assert [before for before, _after in changes[1:]] == [after for _before, after in changes[:-1]]
    held = Version.objects.get(pk=version.pk)
    assert changes[-1][1] == {"description": held.description, "metadata": held.metadata}


def test_a_collection_that_many_rename_and_describe_at_once(bob, sequence):
    rows = [Collection.objects.for_path().get(pk=sequence.pk) for _ in range(CLIENTS)]

    def change(number):
        given = {"name": f"name {number}"} if number % 2 else {"description": f"text {number}"}
        return lambda: update_collection(by=factories.fresh(bob), collection=rows[number], **given)

    assert together(*map(change, range(CLIENTS))) == [None] * CLIENTS
    changes = chain("collection", sequence.pk)
    assert len(changes) == CLIENTS
    assert [before for before, _after in changes[1:]] == [after for _before, after in changes[:-1]]
    held = Collection.objects.get(pk=sequence.pk)
    assert changes[-1][1] == {"name": held.name, "description": held.description}
    for number in range(1, CLIENTS, 2):  # each of its names leads to it
        name = f"name {number}"
        left = held.former_paths.filter(name=name).exists()
        assert left != (held.name == name)
