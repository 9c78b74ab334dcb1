import pytest

from artifacts.models import ProjectMember
from registries.models import Registry
from registries.services.members.members import add_members, remove_members, set_member_role
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event, OrganizationMember
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.errors import Conflict, Invalid, NotFound
from tests import factories
from tests.registries.registry.test_services_renaming_and_deletion import last_event, role_of


def test_members_come_in_as_viewers_and_once(bob, victor, vision, custom):
    update_registry(by=bob, registry=custom, access="restricted")
    for _time in range(2):
        add_members(by=bob, registry=custom, users=[victor, victor], teams=[vision])

    rows = custom.project.members.exclude(user=bob).values_list("user", "team", "role")
    assert set(rows) == {(victor.pk, None, "viewer"), (None, vision.pk, "viewer")}
    assert role_of(victor, custom) == Role.VIEWER
    event = last_event(custom)
    assert event.after == {"users": ["victor"], "teams": ["vision"], "role": "viewer"}


def test_added_again_a_member_keeps_the_role(bob, custom):
    add_members(by=bob, registry=custom, users=[bob])
    assert ProjectMember.objects.get(project=custom.project).role == "admin"


def test_people_and_teams_from_elsewhere_are_no_members(bob, charlie, custom):
    other = factories.make_organization("Other", charlie="admin")
    team = factories.make_team("others", other)
    message = "^Only people and teams of the organization Acme can be members of the registry fraud"
    for given in (
        {"users": [bob, charlie]},
        {"users": [None]},
        {"teams": [team]},
        {"teams": [None]},
    ):
        with pytest.raises(Invalid, match=message):
            add_members(by=bob, registry=custom, **given)
    assert custom.project.members.count() == 1


def test_who_adds_somebody_from_outside_is_told_who_can(bob, charlie, custom):
    message = (
        r"registry fraud\. Admins of Acme can add people from outside, who thereby come into it as "
        r"view-only: alice\.$"
    )
    for users in ([charlie], [None]):
        with pytest.raises(Invalid, match=message):
            add_members(by=bob, registry=custom, users=users)


@pytest.mark.parametrize("person", ["alice", "root"])
def test_an_organization_admin_brings_people_from_outside_in_as_view_only(
    request, bob, charlie, acme, custom, person
):
    by = request.getfixturevalue(person)
    factories.make_organization("Other", charlie="member")

    add_members(by=by, registry=custom, users=[charlie, bob], role="member")

    member = acme.members.get(user=charlie)
    assert (member.role, member.is_guest) == ("viewer", True)
    assert custom.project.members.get(user=charlie).role == "member"
    assert role_of(charlie, custom) == Role.MEMBER
    event = last_event(custom)
    after = {"users": ["charlie"], "teams": [], "role": "member", "let_in": ["charlie"]}
    assert event.after == after
    came = Event.objects.get(kind="organization", verb="set_role", actor=by)
    assert came.after == {"user": "charlie", "role": "viewer", "is_guest": True}
    add_members(by=by, registry=custom, users=[charlie])
    assert last_event(custom) == event


def test_nothing_is_left_of_adding_that_is_refused_in_part(alice, charlie, acme, custom):
    others = factories.make_team("others", factories.make_organization("Other"))
    service = create_service_account(
        by=charlie_as_admin(others, charlie), team=others, description="CI"
    )
    closed = factories.make_user("closed")
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    for given in (
        {"teams": [others]},
        {"users": [None]},
        {"users": [service]},
        {"users": [closed]},
    ):
        with pytest.raises(Invalid, match="^Only people and teams of the organization Acme"):
            add_members(by=alice, registry=custom, **({"users": []} | given))
        given["users"] = [*given.get("users", []), charlie]
        with pytest.raises(Invalid):
            add_members(by=alice, registry=custom, **given)
    assert not acme.members.filter(user=charlie).exists()


def charlie_as_admin(team, charlie):
    factories.set_team_member(by=None, team=team, user=charlie, role="admin")
    return factories.fresh(charlie)


@pytest.mark.parametrize("role", ["admin", "member", "viewer", "restricted_viewer"])
def test_a_role_is_set_for_a_person_and_for_a_team(alice, victor, vision, registry, role):
    add_members(by=alice, registry=registry, users=[victor], teams=[vision])
    for member in (victor, vision, vision):
        set_member_role(by=alice, registry=registry, member=member, role=role)

    assert {member.role for member in registry.project.members.all()} == {role}


def test_an_unknown_role_names_those_that_there_are(alice, victor, registry):
    add_members(by=alice, registry=registry, users=[victor])
    message = "'owner' is not a role: give admin, member, viewer or restricted_viewer"
    with pytest.raises(Invalid, match=message):
        set_member_role(by=alice, registry=registry, member=victor, role="owner")


def test_only_members_have_a_role_to_change(alice, victor, vision, registry):
    for member in (victor, vision, None):
        with pytest.raises(NotFound, match="the registry model has no such member"):
            set_member_role(by=alice, registry=registry, member=member, role="member")


def test_removed_members_and_those_who_never_were(bob, victor, vision, custom):
    add_members(by=bob, registry=custom, users=[victor], teams=[vision])
    for _time in range(2):
        remove_members(by=bob, registry=custom, users=[victor, None], teams=[vision])

    assert [member.user for member in custom.project.members.all()] == [bob]
    assert Event.objects.filter(verb="remove_members").count() == 1
    assert last_event(custom).before == {"users": ["victor"], "teams": ["vision"]}


def test_the_last_admin_may_go_while_the_organization_has_one(bob, custom):
    update_registry(by=bob, registry=custom, access="restricted")
    remove_members(by=bob, registry=custom, users=[bob])
    assert role_of(bob, custom) is None
    assert Registry.objects.visible_to(bob).count() == 0  # known at once, in the same request


@pytest.fixture
def headless(acme, bob, custom):
    """An organization without an admin: Bob alone manages his restricted registry."""
    OrganizationMember.objects.filter(role="admin").update(role="member")
    return update_registry(by=bob, registry=custom, access="restricted")


def test_the_last_admin_stays_where_nobody_else_could_manage(bob, vision, headless):
    message = "Nobody would be left who may manage the registry fraud"
    with pytest.raises(Conflict, match=message):
        remove_members(by=bob, registry=headless, users=[bob])
    with pytest.raises(Conflict, match=message):
        set_member_role(by=bob, registry=headless, member=bob, role="member")
    assert role_of(bob, headless) == Role.ADMIN
    add_members(by=bob, registry=headless, teams=[vision], role="admin")
    set_member_role(by=bob, registry=headless, member=bob, role="member")


def test_a_team_of_nobody_manages_nothing(bob, acme, headless):
    empty = factories.make_team("empty", acme)
    add_members(by=bob, registry=headless, teams=[empty], role="admin")
    with pytest.raises(Conflict):
        remove_members(by=bob, registry=headless, users=[bob])
