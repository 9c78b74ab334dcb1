"""Legal holds: who memberships and lifts them, why, and what is told of it."""

import contextlib

import pytest

from artifacts.models import LegalHold, Version
from artifacts.services.collections.links import link_version
from artifacts.services.retention.holds import holds_of, lift_hold, place_hold, reach_hold
from artifacts.services.trash.tombstones import reduce_version
from artifacts.services.trash.trash import delete_version
from registry_site.accounts.models import Event
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.artifacts.versions.test_services_concurrency import at_once


def hold(by, thing, reason="audit 2026"):
    return place_hold(by=by, thing=thing, reason=reason)


def test_place_and_lift_are_told_wherever_the_version_is(alice, version, registry):
    link_version(by=alice, version=version, project=registry.project, collection_name="c")
    placed = hold(alice, version, "  audit 2026 ")
    assert (placed.reason, placed.placed_by, placed.organization.name) == (
        "audit 2026",
        alice,
        "Acme",
    )
    lifted = lift_hold(by=alice, hold=placed, reason="audit is over")
    assert (lifted.lifted_by, lifted.lift_reason) == (alice, "audit is over")
    told = (
        Event.objects.filter(verb__contains="hold")
        .order_by("pk")
        .values_list("verb", "kind", "subject")
    )
    source, link = "vision/iris/iris-model:v0", "acme/wandb-registry-model/c:v0"
    assert list(told) == [
        ("hold", "version", source),
        ("hold", "collection", link),
        ("lift_hold", "version", source),
        ("lift_hold", "collection", link),
    ]


def test_only_admins_of_the_organization_list_and_reach_its_holds(
    alice, bob, victor, charlie, version, acme
):
    other = factories.make_organization("Other", alice="admin")
    alice = factories.fresh(alice)
    placed = hold(alice, version)
    for person, refusal in ((bob, Denied), (victor, Denied), (charlie, NotFound)):
        with pytest.raises(refusal):
            holds_of(by=person, organization=acme)
        with pytest.raises(refusal):
            reach_hold(by=person, organization=acme, pk=placed.pk)
    assert list(holds_of(by=alice, organization=acme)) == [placed]
    assert reach_hold(by=alice, organization=acme, pk=placed.pk) == placed
    assert not holds_of(by=alice, organization=other)
    with pytest.raises(NotFound, match="no such hold"):
        reach_hold(by=alice, organization=other, pk=placed.pk)


def test_history_is_kept(alice, version):
    lift_hold(by=alice, hold=hold(alice, version), reason="over")
    hold(alice, version, "again")
    assert LegalHold.objects.of(version).count() == 2
    assert LegalHold.objects.active().get().reason == "again"


def test_history_outlives_what_was_held(alice, version):
    lift_hold(by=alice, hold=hold(alice, version), reason="over")
    delete_version(by=alice, version=version, with_aliases=True)
    reduce_version(version)
    assert LegalHold.objects.get().full_name == "vision/iris/iris-model:v0"


@pytest.mark.parametrize("kind", ["version", "collection"])
def test_who_may_place_and_lift(kind, alice, bob, victor, charlie, root, version, sequence):
    thing = version if kind == "version" else sequence
    for person in (bob, victor):
        with pytest.raises(Denied, match="Managing Acme needs the role Admin"):
            hold(person, thing)
    with pytest.raises(NotFound):
        hold(charlie, thing)
    placed = hold(root, thing)
    with pytest.raises(Denied):
        lift_hold(by=bob, hold=placed, reason="x")
    with pytest.raises(NotFound):
        lift_hold(by=charlie, hold=placed, reason="x")
    lift_hold(by=alice, hold=placed, reason="x")


def test_a_team_admin_is_no_organization_admin(acme, version, vision):
    lead = factories.make_user("lead")
    vision.members.create(user=lead, role="admin")
    with pytest.raises(NotFound):  # of the organization such a person may not even know
        hold(factories.fresh(lead), version)


def test_what_can_not_be_held(alice, version, sequence):
    for reason, words in (("  ", "Say why"), ("x" * 2001, "2001 characters")):
        with pytest.raises(Invalid, match=words):
            hold(alice, version, reason)
    own = factories.make_collection(factories.make_project(alice, "own"))
    with pytest.raises(Invalid, match="personal account"):
        hold(alice, factories.make_version(own))
    pending = Version.objects.create(sequence=sequence, digest="0")
    with pytest.raises(Conflict, match="not committed"):
        hold(alice, pending)
    placed = hold(alice, version)
    with pytest.raises(Conflict, match="on legal hold already"):
        hold(alice, version)
    for text in ("", " "):
        with pytest.raises(Invalid, match="Say why"):
            lift_hold(by=alice, hold=placed, reason=text)
    lift_hold(by=alice, hold=placed, reason="over")
    with pytest.raises(Conflict, match="lifted already"):
        lift_hold(by=alice, hold=placed, reason="over")


def test_what_was_deleted_can_not_be_held(alice, version, sequence):
    delete_version(by=alice, version=version, with_aliases=True)
    with pytest.raises(Conflict, match="was deleted"):
        hold(alice, version)


def test_a_hold_out_of_sight_says_nothing(alice, bob, version, acme):
    vault = factories.make_registry_project(acme, "vault", access="restricted", keeps_linked=False)
    membership = link_version(
        by=alice, version=version, project=vault, collection_name="secret"
    ).membership
    hold(alice, membership.collection, "a word that is not theirs")
    with pytest.raises(Conflict) as refusal:
        delete_version(by=bob, version=version, with_aliases=True)
    message = refusal.value.message
    assert "legal hold through a collection that you can't open" in message
    assert not any(word in message for word in ("vault", "secret", "theirs"))


@pytest.mark.django_db(transaction=True)
def test_two_who_hold_at_once_place_one(alice, version):
    refused = []

    def membership():
        try:
            hold(factories.fresh(alice), version)
        except Conflict as refusal:
            refused.append(refusal)

    at_once([membership] * 4)
    assert (LegalHold.objects.count(), len(refused)) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_deletion_and_hold_at_once_leave_one_of_both(alice, version):
    def membership():
        with contextlib.suppress(Conflict):
            hold(factories.fresh(alice), version)

    def delete():
        with contextlib.suppress(Conflict):
            delete_version(by=factories.fresh(alice), version=version, with_aliases=True)

    at_once([membership, delete])
    version.refresh_from_db()
    assert bool(version.deleted_at) != LegalHold.objects.active().exists()
