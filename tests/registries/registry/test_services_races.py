"""Admins who race: names stay in step, a registry keeps an admin, sources outlive a deletion."""

import threading

import pytest
from django.db import connection

from artifacts.models import Membership, ProjectMember, Version
from artifacts.services.collections.links import link_version
from registries.models import Registry
from registries.services.members.members import add_members, remove_members
from registries.services.registry.creation import create_registry
from registries.services.registry.deletion import delete_registry
from registries.services.registry.renaming import rename_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import OrganizationMember
from registry_site.errors import Conflict, DomainError
from tests.factories import fresh, make_version

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run the jobs at the same time; return what each raised, None for those that went well."""
    gate, raised = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(number, job):
        try:
            gate.wait()
            job()
        except Exception as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_one_of_two_gets_the_name(bob, acme):
    registries = [create_registry(by=bob, organization=acme, name=name) for name in "ab"]
    by = [fresh(bob) for _registry in registries]
    raised = at_once(
        *(
            lambda by=by, each=each: rename_registry(by=by, registry=each, name="wanted")
            for by, each in zip(by, registries, strict=True)
        ),
        lambda: create_registry(by=fresh(bob), organization=acme, name="Wanted"),
    )
    assert [type(error) for error in raised].count(Conflict) == 2
    assert raised.count(None) == 1
    for registry in Registry.objects.select_related("project"):
        assert registry.project.name == f"wandb-registry-{registry.name}"


def test_two_admins_who_remove_each_other_leave_one(alice, bob, acme):
    registry = create_registry(by=bob, organization=acme, name="fraud", access="restricted")
    add_members(by=bob, registry=registry, users=[alice], role="admin")
    OrganizationMember.objects.filter(role="admin").update(role="member")
    people = fresh(alice), fresh(bob)
    raised = at_once(
        *(
            lambda by=by, other=other: remove_members(by=by, registry=registry, users=[other])
            for by, other in (people, people[::-1])
        )
    )
    assert raised.count(None) == 1
    assert ProjectMember.objects.filter(project=registry.project, role="admin").count() == 1


def test_members_added_at_once_are_added_once(bob, victor, vision, acme):
    registry = create_registry(by=bob, organization=acme, name="fraud")
    by = [fresh(bob) for _time in range(4)]
    raised = at_once(
        *(
            lambda by=by: add_members(by=by, registry=registry, users=[victor], teams=[vision])
            for by in by
        )
    )
    assert raised == [None] * 4
    assert ProjectMember.objects.filter(project=registry.project).count() == 3


def test_types_saved_at_once_are_all_saved(bob, acme):
    registry = create_registry(by=bob, organization=acme, name="typed", accepted_types=["model"])
    by = [fresh(bob) for _time in range(4)]
    raised = at_once(
        *(
            lambda by=by, name=name: update_registry(
                by=by, registry=registry, accepted_types=[name]
            )
            for by, name in zip(by, "abcd", strict=True)
        )
    )
    assert raised == [None] * 4
    assert Registry.objects.get().project.accepted_type_names == ["a", "b", "c", "d", "model"]


@pytest.mark.slow
@pytest.mark.parametrize("collection_name", ["kept", None], ids=["old", "new"])
def test_links_that_come_while_a_registry_goes(bob, sequence, acme, collection_name):
    registry = create_registry(by=bob, organization=acme, name="fraud")
    versions = [make_version(sequence) for _time in range(6)]
    by = [fresh(bob) for _version in versions]
    first = versions.pop()
    link_version(by=bob, version=first, project=registry.project, collection_name="kept")
    raised = at_once(
        *(
            lambda by=by, version=version: link_version(
                by=by,
                version=version,
                project=registry.project,
                collection_name=collection_name or str(version.pk),
            )
            for by, version in zip(by, versions, strict=False)
        ),
        lambda: delete_registry(by=fresh(bob), registry=registry),
    )
    assert all(error is None or isinstance(error, DomainError) for error in raised), raised
    assert raised[-1] is None
    assert not Membership.objects.filter(collection__kind="portfolio").exists()
    assert Version.objects.committed().count() == 6
