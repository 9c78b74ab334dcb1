"""Clients that race: numbers stay unique and without gap, each alias sits on one version."""

import threading

import pytest
from django.db import connection

from artifacts.models import Alias, Membership
from artifacts.services.links import link_version
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
