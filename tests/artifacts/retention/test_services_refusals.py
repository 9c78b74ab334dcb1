"""What is linked to a registry or on legal hold is refused at every door: door × state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Membership, Run, RunOutput, Version
from artifacts.services.collections.collections import delete_collection
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.projects import delete_project
from artifacts.services.retention.holds import lift_hold, place_hold
from artifacts.services.runs.control import delete_run
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.trash import delete_version
from registries.services.registry.deletion import delete_registry
from registry_site.errors import Conflict
from tests import factories


@pytest.fixture
def membership(alice, version, registry, project):
    """A link of `iris-model:v0`, which a run logged, in a registry that could be deleted."""
    run = factories.make_run(project, alice)
    RunOutput.objects.create(run=run, version=version)
    registry.is_core = False
    registry.save(update_fields=["is_core"])
    return link_version(
        by=alice, version=version, project=registry.project, collection_name="c"
    ).membership


def expire(by, membership):
    old = timezone.now() - timedelta(days=9)
    Version.objects.update(ttl_seconds=60, created_at=old)
    sweep()


DOORS = {
    "version": lambda by, membership: delete_version(
        by=by, version=membership.version, with_aliases=True
    ),
    "run": lambda by, membership: delete_run(by=by, run=Run.objects.get(), with_artifacts=True),
    "sequence": lambda by, membership: delete_collection(
        by=by, collection=membership.version.sequence
    ),
    "project": lambda by, membership: delete_project(
        by=by, project=membership.version.sequence.project
    ),
    "ttl": expire,
    "unlink": lambda by, membership: unlink_version(by=by, membership=membership),
    "portfolio": lambda by, membership: delete_collection(by=by, collection=membership.collection),
    "registry": lambda by, membership: delete_registry(
        by=by, registry=membership.collection.project.registry
    ),
}
SOURCE = {"version", "run", "sequence", "project", "ttl"}  # what deletes the source
STATES = {
    # each with the doors that it closes, and what the refusal says
    "linked": (SOURCE, "registries keep what is linked to them.*c:v0"),
    "let go": ({"project", "ttl"}, "linked elsewhere"),
    "version held": (set(DOORS), "legal hold since .* by alice: “audit”"),
    "sequence held": (set(DOORS), "legal hold since .* by alice: “audit”"),
    "portfolio held": (set(DOORS), "legal hold since .* by alice: “audit”"),
}


def bring(state, alice, membership):
    if state != "linked":  # a hold holds by itself
        project = membership.collection.project
        project.keeps_linked = False
        project.save(update_fields=["keeps_linked"])
    if state.endswith("held"):
        thing = {
            "version": membership.version,
            "sequence": membership.version.sequence,
            "portfolio": membership.collection,
        }[state.partition(" ")[0]]
        return place_hold(by=alice, thing=thing, reason="audit")
    return None


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", STATES)
def test_door_by_state(door, state, alice, version, membership):
    hold = bring(state, alice, membership)
    closed, words = STATES[state]
    if door not in closed:
        DOORS[door](alice, membership)
        assert not Membership.objects.live().filter(pk=membership.pk).exists()
        return
    if door == "ttl":
        DOORS[door](alice, membership)
    else:
        with pytest.raises(Conflict, match=words):
            DOORS[door](alice, membership)
    assert Version.objects.committed().filter(pk=version.pk).exists()
    assert Membership.objects.live().filter(version=version).count() == 2
    assert Run.objects.exists()
    if hold and door in {"version", "run", "sequence", "unlink", "portfolio", "registry"}:
        lift_hold(by=alice, hold=hold, reason="over")
        DOORS[door](alice, membership)
        assert not Membership.objects.live().filter(pk=membership.pk).exists()


@pytest.mark.parametrize("state", ["version held", "sequence held"])
def test_what_is_held_does_not_expire(state, alice, version, membership):
    unlink_version(by=alice, membership=membership)
    thing = version if state == "version held" else version.sequence
    hold = place_hold(by=alice, thing=thing, reason="audit")
    expire(alice, membership)
    assert Version.objects.committed().filter(pk=version.pk).exists()
    lift_hold(by=alice, hold=hold, reason="over")
    assert sweep()["expired"] == 1


def test_links_in_an_ordinary_project_keep_nothing(bob, vision, version):
    shelf = factories.make_project(vision, "shelf")
    link_version(by=bob, version=version, project=shelf, collection_name="s")
    delete_version(by=bob, version=version, with_aliases=True)


def test_a_link_out_of_sight_is_counted_and_not_named(bob, alice, version, acme, registry):
    vault = factories.make_registry_project(acme, "vault", access="restricted")
    link_version(by=alice, version=version, project=vault, collection_name="secret")
    with pytest.raises(Conflict) as refusal:
        delete_version(by=bob, version=version, with_aliases=True)
    assert "1 link in registries that you can't open" in refusal.value.message
    assert "admins of the organization may in those that you can't open (alice)" in str(
        refusal.value
    )
    assert "vault" not in refusal.value.message
    assert "secret" not in refusal.value.message
    link_version(by=alice, version=version, project=registry.project, collection_name="c")
    with pytest.raises(Conflict, match="c:v0, 1 link in reg.*you may in the registry model; admi"):
        delete_version(by=bob, version=version, with_aliases=True)


def test_whoever_only_looks_is_told_who_unlinks(bob, alice, version, acme):
    shown = factories.make_registry_project(acme, "shown", default_role="viewer")
    shown.members.create(user=alice, role="admin")
    link_version(by=alice, version=version, project=shown, collection_name="c")
    with pytest.raises(Conflict, match=r"members of the registry shown may \(alice can help\)"):
        delete_version(by=factories.fresh(bob), version=version, with_aliases=True)


def test_a_run_without_its_artifacts_goes(bob, version, membership):
    delete_run(by=bob, run=Run.objects.get())
    assert not Run.objects.exists()
    assert Version.objects.committed().get() == version
