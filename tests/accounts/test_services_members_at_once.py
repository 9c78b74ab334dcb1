"""Requests about the same people at the same moment."""

import pytest

from registry_site.accounts.models import Invitation
from registry_site.accounts.services.invitations import invite
from registry_site.accounts.services.key_handover import create_key_to_show, show_key_once
from registry_site.accounts.services.members import remove_team_member
from registry_site.errors import DomainError
from tests import factories
from tests.artifacts.test_services_concurrency import at_once

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
        assert by.standing.teams[vision.pk] == "admin"  # read before the other's removal
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
