"""People from outside come into a team only if its organization lets them in and they accept."""

import pytest

from registry_site.accounts.models import Event, Invitation
from registry_site.accounts.services import invitations, members, people, profile
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.factories import fresh


@pytest.fixture
def nlp(bob, acme):
    """A team that Bob, a plain member of Acme, has made himself."""
    return people.create_team(by=bob, organization=acme, name="nlp")


@pytest.fixture
def charlies(charlie):
    """Charlie has an organization and a team of his own."""
    lab = factories.make_organization("Lab", charlie="member")
    return factories.make_team("charlies", lab, charlie="member")


def last_event():
    return Event.objects.latest("pk")


def is_in(user, team):
    return team.members.filter(user=user).exists()


# ------------------------------------------------------------------ what waits for whom


def test_an_outsider_invited_by_a_member_waits_for_the_organization_then_is_asked(
    alice, bob, charlie, acme, nlp
):
    invitation = invitations.invite(by=fresh(bob), team=nlp, username="Charlie", role="viewer")

    assert (invitation.user, invitation.is_agreed) == (charlie, False)
    assert not Invitation.objects.answerable_by(charlie).exists()
    with pytest.raises(NotFound):
        invitations.accept_invitation(by=charlie, pk=invitation.pk)
    assert list(Invitation.objects.awaiting_agreement_of(alice)) == [invitation]

    invitations.allow_invitation(by=alice, pk=invitation.pk)

    assert not Invitation.objects.awaiting_agreement_of(alice).exists()
    assert not charlie.team_members.exists()
    assert not charlie.organization_members.exists()

    member = invitations.accept_invitation(by=charlie, pk=invitation.pk)

    assert (member.team, member.role) == (nlp, "viewer")
    assert acme.members.get(user=charlie).role == "member"
    assert not Invitation.objects.exists()
    done = Event.objects.filter(subject="nlp").order_by("pk").values_list("verb", "actor_name")
    assert list(done)[-4:] == [
        ("invite", "bob"),
        ("allow", "alice"),
        ("accept", "charlie"),
        ("set_role", "bob"),
    ]


@pytest.mark.parametrize("person", ["alice", "root"])
def test_the_invitation_of_who_may_let_in_is_the_agreement(request, person, charlie, vision):
    invitation = invitations.invite(
        by=request.getfixturevalue(person), team=vision, username="charlie"
    )

    assert invitation.is_agreed
    assert not is_in(charlie, vision)
    invitations.accept_invitation(by=charlie, pk=invitation.pk)
    assert is_in(charlie, vision)


def test_people_of_the_organization_join_at_once(bob, victor, nlp):
    assert invitations.invite(by=fresh(bob), team=nlp, username="victor").user == victor
    assert is_in(victor, nlp)


def test_an_admin_agrees_by_inviting_again(alice, bob, charlie, nlp):
    for given in ({"username": "charlie"}, {"email": "dora@example.com"}):
        invitations.invite(by=fresh(bob), team=nlp, **given)
        with pytest.raises(Conflict, match="is invited to nlp already"):
            invitations.invite(by=fresh(bob), team=nlp, **given)
        again = invitations.invite(by=alice, team=nlp, role="admin", **given)
        assert (again.is_agreed, again.role) == (True, "member")
        with pytest.raises(Conflict, match="is invited to nlp already"):
            invitations.invite(by=alice, team=nlp, **given)
    assert Invitation.objects.count() == 2


def test_who_may_let_in(bob, victor, charlie, nlp):
    invitation = invitations.invite(by=fresh(bob), team=nlp, username="charlie")
    for operation in (invitations.allow_invitation, invitations.refuse_invitation):
        for person in (bob, victor):
            with pytest.raises(Denied, match="Admins who can help: alice"):
                operation(by=fresh(person), pk=invitation.pk)
        with pytest.raises(NotFound):
            operation(by=charlie, pk=invitation.pk)
    invitation.refresh_from_db()
    assert not invitation.is_agreed


def test_only_the_invited_person_answers(alice, bob, charlie, root, nlp):
    invitation = invitations.invite(by=alice, team=nlp, username="charlie")
    for operation in (invitations.accept_invitation, invitations.decline_invitation):
        for person in (alice, bob, root):
            with pytest.raises(NotFound):
                operation(by=fresh(person), pk=invitation.pk)
    assert Invitation.objects.filter(pk=invitation.pk).exists()


def test_refused_declined_withdrawn_it_is_gone_and_an_event(alice, bob, charlie, nlp):
    bob = fresh(bob)
    ends = {
        "refuse": lambda pk: invitations.refuse_invitation(by=alice, pk=pk),
        "withdraw": lambda pk: invitations.withdraw_invitation(by=bob, team=nlp, pk=pk),
    }
    for verb, end in ends.items():
        end(invitations.invite(by=bob, team=nlp, username="charlie").pk)
        assert last_event().verb == verb
        assert last_event().after == {"user": "charlie", "role": "member", "is_agreed": False}
        assert not Invitation.objects.exists()
    pk = invitations.invite(by=alice, team=nlp, username="charlie").pk
    invitations.decline_invitation(by=charlie, pk=pk)
    assert (last_event().verb, last_event().actor) == ("decline", charlie)
    for operation in (invitations.accept_invitation, invitations.decline_invitation):
        with pytest.raises(NotFound, match="was answered, or withdrawn"):
            operation(by=charlie, pk=pk)
    assert not charlie.team_members.exists()


# ------------------------------------------------------------------ addresses


def test_inviting_an_address_tells_nothing_of_accounts_outside(alice, charlie, vision):
    made = [
        invitations.invite(by=alice, team=vision, email=email)
        for email in ("charlie@example.com", "nobody@example.com")
    ]
    assert [(each.user, each.who, each.is_agreed) for each in made] == [
        (None, "charlie@example.com", True),
        (None, "nobody@example.com", True),
    ]
    assert invitations.claimants(made) == {}

    invitations.accept_invitation(by=charlie, pk=made[0].pk)
    assert is_in(charlie, vision)


def test_an_address_counts_only_while_an_admin_vouches_for_it(alice, charlie, vision):
    invitation = invitations.invite(by=alice, team=vision, email="Charlie@Example.com")
    profile.update_profile(by=charlie, name="", email="charlie@example.com")
    assert Invitation.objects.answerable_by(charlie).exists()
    profile.update_profile(by=charlie, name="", email="other@example.com")
    profile.update_profile(by=charlie, name="", email="charlie@example.com")

    with pytest.raises(NotFound):
        invitations.accept_invitation(by=charlie, pk=invitation.pk)
    claimants = invitations.claimants([invitation])
    assert claimants == {"charlie@example.com": [charlie]}


def test_an_account_made_later_is_asked_as_well(alice, root, vision):
    invitation = invitations.invite(by=alice, team=vision, email="dora@example.com")
    dora = people.create_user(by=root, username="dora", email="dora@example.com")

    assert not dora.team_members.exists()
    assert list(Invitation.objects.answerable_by(dora)) == [invitation]


def test_whom_the_organization_takes_in_is_in_the_teams_that_invited_them(alice, bob, root, acme):
    nlp = people.create_team(by=bob, organization=acme, name="nlp")
    other = factories.make_team("others", factories.make_organization("Other"))
    invitations.invite(by=fresh(bob), team=nlp, email="dora@example.com", role="viewer")
    invitations.invite(by=root, team=other, email="dora@example.com")

    dora = people.add_person(
        by=root, organization=acme, role="member", username="dora", email="dora@example.com"
    )

    assert dora.team_members.get().team == nlp
    assert Invitation.objects.get().team == other
    assert people.default_entity_of(fresh(dora)) == dora.entity  # it is only viewed


# ------------------------------------------------------------------ other ways in


def test_no_operation_brings_an_outsider_into_a_team(alice, bob, charlie, root, acme, vision):
    for by in (alice, root):
        with pytest.raises(Invalid, match="charlie is not of Acme: invite them to vision"):
            members.set_team_member(by=by, team=vision, user=charlie, role="member")
        with pytest.raises(Invalid, match="charlie is not of Acme: invite them to nlp"):
            people.create_team(by=by, organization=acme, name="nlp", admin=charlie)
    assert not charlie.team_members.exists()
    assert not charlie.organization_members.exists()
    assert people.create_team(by=alice, organization=acme, name="nlp", admin=bob).members.get()


def test_service_accounts_and_closed_ones_go_nowhere_else(alice, charlie, charlies, vision):
    service = create_service_account(by=alice, team=vision, description="CI")
    with pytest.raises(Invalid, match="works for that team only"):
        invitations.invite(
            by=factories.make_user("eve", is_admin=True), team=charlies, username=service.username
        )
    with pytest.raises(Invalid, match="works for that team only"):
        members.set_organization_member(
            by=None, organization=charlies.organization, user=service, role="member"
        )
    members.remove_team_member(by=alice, team=vision, user=service)
    with pytest.raises(Invalid, match="is closed"):
        members.set_organization_member(
            by=alice, organization=vision.organization, user=fresh(service), role="member"
        )


def test_who_leaves_takes_invitations_along(alice, bob, charlie, acme, vision, charlies):
    factories.set_organization_member(by=None, organization=acme, user=bob, role="admin")
    of_bob = invitations.invite(by=fresh(bob), team=vision, username="charlie")
    assert of_bob.is_agreed
    members.remove_organization_member(by=alice, organization=acme, user=bob)
    of_bob.refresh_from_db()
    assert not of_bob.is_agreed

    invitations.allow_invitation(by=alice, pk=of_bob.pk)
    members.set_organization_member(by=alice, organization=acme, user=charlie, role="viewer")
    members.remove_organization_member(by=alice, organization=acme, user=charlie)
    assert not Invitation.objects.exists()


def test_who_is_admin_no_more_has_let_in_nobody(alice, bob, charlie, acme, vision):
    factories.set_organization_member(by=None, organization=acme, user=bob, role="admin")
    invitation = invitations.invite(by=fresh(bob), team=vision, username="charlie")

    members.set_organization_member(by=alice, organization=acme, user=bob, role="member")
    invitation.refresh_from_db()
    assert not invitation.is_agreed


# ------------------------------------------------------------------ where scripts log


def accept_invitation_to(team, user):
    invitation = invitations.invite(
        by=factories.make_user("eve", is_admin=True), team=team, username=user.username
    )
    invitations.accept_invitation(by=user, pk=invitation.pk)


def test_a_strangers_team_never_becomes_the_default(alice, bob, vision, charlies, acme):
    accept_invitation_to(charlies, bob)
    assert is_in(bob, charlies)
    assert people.default_entity_of(fresh(bob)) == vision.entity

    members.set_team_member(by=alice, team=vision, user=bob, role="viewer")
    assert people.default_entity_of(fresh(bob)) == bob.entity
    members.set_team_member(by=alice, team=vision, user=bob, role="member")
    assert people.default_entity_of(fresh(bob)) == vision.entity
    members.remove_team_member(by=alice, team=vision, user=bob)
    assert people.default_entity_of(fresh(bob)) == bob.entity
    members.remove_organization_member(by=alice, organization=acme, user=bob)
    assert people.default_entity_of(fresh(bob)) == bob.entity

    people.set_default_entity(by=fresh(bob), name="charlies")
    assert people.default_entity_of(fresh(bob)) == charlies.entity


def test_an_organization_that_takes_somebody_in_asks_them_for_each_team(
    bob, victor, vision, charlies, charlie
):
    lab = charlies.organization
    members.set_organization_member(by=None, organization=lab, user=charlie, role="admin")
    member = members.set_organization_member(
        by=fresh(charlie), organization=lab, user=victor, role="member"
    )
    assert lab.members.get(pk=member.pk).is_guest
    assert last_event().after == {"user": "victor", "role": "member", "is_guest": True}

    with pytest.raises(Invalid, match="victor is not of Lab: invite them"):
        members.set_team_member(by=fresh(charlie), team=charlies, user=victor, role="member")
    made = invitations.invite(by=fresh(charlie), team=charlies, email="victor@example.com")
    assert (made.user, made.is_agreed) == (victor, True)
    assert not is_in(victor, charlies)
    invitations.accept_invitation(by=victor, pk=made.pk)
    assert people.default_entity_of(fresh(victor)) == victor.entity


def test_the_first_team_of_who_was_nowhere_becomes_the_default(alice, charlie, vision):
    accept_invitation_to(vision, charlie)
    assert people.default_entity_of(fresh(charlie)) == vision.entity


def test_another_team_of_the_own_organization_does_not_move_it(alice, bob, vision, acme):
    """Nor does leaving that other team, nor coming back to it."""
    nlp = people.create_team(by=alice, organization=acme, name="nlp")
    for _turn in range(2):
        invitations.invite(by=fresh(alice), team=nlp, username="bob")
        assert people.default_entity_of(fresh(bob)) == vision.entity
        members.remove_team_member(by=fresh(alice), team=nlp, user=bob)
        assert people.default_entity_of(fresh(bob)) == vision.entity


def test_the_operator_may_put_a_person_into_two_organizations(bob, vision, charlies, alice):
    members.set_team_member(by=None, team=charlies, user=bob, role="member")
    members.remove_team_member(by=alice, team=vision, user=bob)
    assert people.default_entity_of(fresh(bob)) == charlies.entity


def test_a_membership_of_a_team_alone_moves_nothing(bob, charlies):
    """Such a row would be the rest of a removal that an older release left half-way."""
    bob.team_members.all().delete()
    charlies.members.create(user=bob, role="member")
    assert people.default_entity_of(fresh(bob)) == bob.entity


def test_a_guest_is_still_at_home_in_one_organization(bob, charlies, acme):
    """Nobody else's act makes `api.create_team("x")` ask to which organization it belongs."""
    accept_invitation_to(charlies, bob)
    assert people.home_of(fresh(bob)) == acme
    assert people.only_organization_of(fresh(bob)) == acme

    acme.members.filter(user=bob).delete()
    assert people.home_of(fresh(bob)) is None
    assert people.only_organization_of(fresh(bob)) == charlies.organization


def test_code_to_copy_has_own_teams_in_front(alice, bob, vision, charlies):
    members.remove_team_member(by=alice, team=vision, user=bob)
    accept_invitation_to(charlies, bob)
    members.set_team_member(by=alice, team=vision, user=bob, role="member")

    teams = factories.Team.objects.loggable_by(fresh(bob))
    assert [str(team) for team in teams] == ["vision", "charlies"]
