"""Requests about the same people at the same moment."""

import pytest

from registry_site.accounts.models import Event, Invitation
from registry_site.accounts.services.invitations import (
    accept_invitation,
    allow_invitation,
    decline_invitation,
    invite,
    refuse_invitation,
    withdraw_invitation,
)
from registry_site.accounts.services.keys.handover import create_key_to_show, show_key_once
from registry_site.accounts.services.members import remove_organization_member, remove_team_member
from registry_site.accounts.services.people import create_team
from registry_site.errors import DomainError
from tests import factories
from tests.artifacts.versions.test_services_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(*jobs):
    """Run the jobs at once; what each returned, or the kind of its refusal."""
    found = []

    def attempt(job):
        try:
            found.append(job())
        except DomainError as refusal:
            found.append(type(refusal).__name__)

    at_once([lambda job=job: attempt(job) for job in jobs])
    return found


def test_two_admins_can_not_remove_each_other(alice, bob, vision):
    factories.set_team_member(by=None, team=vision, user=bob, role="admin")

    def remove(by, user):
        by = factories.fresh(by)
        assert by.roles.teams[vision.pk] == "admin"  # read before the other's removal
        return lambda: remove_team_member(by=by, team=vision, user=user)

    found = outcomes(remove(alice, bob), remove(bob, alice))
    assert sorted(map(str, found)) == ["Conflict", "None"]
    assert vision.members.filter(role="admin").count() == 1


def test_the_same_invitation_at_once_is_made_once(alice, vision):
    def job():
        return invite(by=factories.fresh(alice), team=vision, email="dora@example.com").email

    assert sorted(outcomes(*[job] * 4)) == ["Conflict"] * 3 + ["dora@example.com"]
    assert Invitation.objects.count() == 1


def test_a_new_key_asked_for_at_once_is_shown_once(alice):
    key = create_key_to_show(by=alice, user=alice, name="x")

    found = outcomes(*[lambda: show_key_once(by=alice, key=key)] * 4)
    assert sorted(text is not None for text in found) == [False, False, False, True]


def test_an_invitation_is_answered_once(alice, charlie, vision):
    """Accepted twice, declined and withdrawn at once: one of them has happened."""
    pk = invite(by=alice, team=vision, username="charlie").pk

    def withdraw():
        withdraw_invitation(by=factories.fresh(alice), team=vision, pk=pk)
        return "withdrawn"

    def decline():
        decline_invitation(by=factories.fresh(charlie), pk=pk)
        return "declined"

    def accept():
        return accept_invitation(by=factories.fresh(charlie), pk=pk).role

    found = outcomes(accept, accept, withdraw, decline)

    happened = Event.objects.filter(verb__in=["accept", "withdraw", "decline"]).get().verb
    assert vision.members.filter(user=charlie).exists() == (happened == "accept")
    assert charlie.organization_members.exists() == (happened == "accept")
    assert found.count("member") == (happened == "accept")
    assert found.count("declined") == (happened == "decline")
    assert "withdrawn" in found  # nothing to withdraw is fine
    assert not Invitation.objects.exists()


def test_who_is_let_in_and_refused_at_once_is_one_of_both(alice, bob, charlie, acme):
    nlp = create_team(by=bob, organization=acme, name="nlp")
    pk = invite(by=factories.fresh(bob), team=nlp, username="charlie").pk

    def allow():
        return allow_invitation(by=factories.fresh(alice), pk=pk).is_agreed

    def refuse():
        return refuse_invitation(by=factories.fresh(alice), pk=pk).pk

    found = outcomes(allow, allow, refuse, refuse)
    assert found.count("NotFound") == 3
    assert Invitation.objects.filter(is_agreed=True).exists() == (True in found)


def test_who_accepts_while_being_removed_keeps_no_half(alice, charlie, vision, acme):
    """A membership of the team without one of the organization would be left by nobody's act."""
    factories.set_organization_member(by=None, organization=acme, user=charlie, role="viewer")
    acme.members.filter(user=charlie).update(is_guest=True)
    pk = invite(by=alice, team=vision, username="charlie").pk

    outcomes(
        lambda: accept_invitation(by=factories.fresh(charlie), pk=pk).role,
        lambda: remove_organization_member(
            by=factories.fresh(alice), organization=acme, user=factories.fresh(charlie)
        ),
    )

    in_team = vision.members.filter(user=charlie).exists()
    assert in_team <= acme.members.filter(user=charlie).exists()
    assert not Invitation.objects.exists()
