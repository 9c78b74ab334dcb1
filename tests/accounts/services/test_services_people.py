import pytest

from registry_site.accounts.models import Entity, Event, Organization
from registry_site.accounts.services import members, people, profile
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.factories import fresh


def test_everybody_shares_one_list_of_names(cast):
    for name in ("alice", "ALICE", "Vision", "acme"):
        with pytest.raises(Conflict, match="share one list"):
            people.create_user(by=None, username=name)


@pytest.mark.parametrize(
    "name", ["", " a", "a b", "a/b", "-a", "settings", "..", "a" * 65, "é", "a\x00", "orgs"]
)
def test_user_names_that_are_refused(db, name):
    with pytest.raises(Invalid):
        people.create_user(by=None, username=name)
    assert not Entity.objects.exists()


def test_organization_entity_is_a_slug(cast, root):
    lab = people.create_organization(by=root, name="Flower Lab")
    clash = people.create_organization(by=root, name="Vision")

    assert lab.entity.name == "flower-lab"
    assert clash.entity.name == "vision-org"


@pytest.mark.parametrize("given", [{"name": "ACME"}, {"name": "New", "entity_name": "acme"}])
def test_organization_names_are_taken_once(cast, given):
    with pytest.raises(Conflict):
        people.create_organization(by=None, **given)


def test_only_server_admins_make_people_and_organizations(alice):
    with pytest.raises(Denied):
        people.create_user(by=alice, username="dora")
    with pytest.raises(Denied):
        people.create_organization(by=alice, name="New")


def test_team_is_not_made_by_viewers_nor_strangers(victor, charlie, acme):
    with pytest.raises(Denied):
        people.create_team(by=victor, organization=acme, name="nlp")
    with pytest.raises(NotFound):
        people.create_team(by=charlie, organization=acme, name="nlp")


def test_server_admin_makes_a_team_without_joining(root, acme):
    team = people.create_team(by=root, organization=acme, name="nlp")

    assert not team.members.exists()


def test_team_member_joins_the_organization(charlie, vision, acme):
    members.set_team_member(by=None, team=vision, user=charlie, role="member")

    assert acme.members.get(user=charlie).role == "member"
    assert fresh(charlie).roles.teams == {vision.pk: "member"}


def test_team_member_keeps_the_place_in_the_organization(alice, victor, vision, acme):
    members.set_team_member(by=alice, team=vision, user=victor, role="member")

    assert acme.members.get(user=victor).role == "viewer"


def test_roles_are_given_by_admins_only(bob, charlie, vision, acme):
    with pytest.raises(Denied, match="Admins who can help: alice"):
        members.set_team_member(by=bob, team=vision, user=charlie, role="member")
    with pytest.raises(Denied):
        members.set_organization_member(by=bob, organization=acme, user=bob, role="admin")


def test_role_must_be_one(alice, bob, vision):
    with pytest.raises(Invalid, match="no role"):
        members.set_team_member(by=alice, team=vision, user=bob, role="restricted_viewer")


def test_default_entity_follows_the_rule(bob, victor, charlie, vision, acme):
    assert people.default_entity_of(bob) == vision.entity
    assert people.default_entity_of(victor) == victor.entity
    assert people.default_entity_of(charlie) == charlie.entity

    nlp = factories.make_team("nlp", acme, bob="member", victor="member")
    assert people.default_entity_of(fresh(bob)) == vision.entity
    assert people.default_entity_of(fresh(victor)) == nlp.entity


def test_default_entity_set_holds_only_while_one_may_log(bob, vision, acme):
    nlp = factories.make_team("nlp", acme, bob="member")
    people.set_default_entity(by=fresh(bob), name="nlp")
    assert people.default_entity_of(fresh(bob)) == nlp.entity

    members.set_team_member(by=None, team=nlp, user=bob, role="viewer")
    assert people.default_entity_of(fresh(bob)) == vision.entity


def test_changes_are_events(alice, charlie, vision, acme):
    members.set_organization_member(by=alice, organization=acme, user=charlie, role="member")
    members.set_team_member(by=alice, team=vision, user=charlie, role="viewer")
    profile.change_password(by=alice, current="correct-horse", new="battery-staple")

    membership, role, password = Event.objects.order_by("pk").filter(actor=alice)
    assert (role.kind, role.verb, role.before) == ("team", "set_role", None)
    assert role.after == {"user": "charlie", "role": "viewer"}
    assert membership.kind == "organization"
    assert membership.after == {"user": "charlie", "role": "member"}
    assert (password.verb, password.after) == ("set_password", None)


def test_the_same_role_again_is_no_event(alice, bob, vision):
    before = Event.objects.count()
    members.set_team_member(by=alice, team=vision, user=bob, role="member")

    assert Event.objects.count() == before


def test_profile_unchanged_is_no_event(alice):
    profile.update_profile(by=alice, name="", email="alice@example.com")

    assert not Event.objects.filter(verb="update").exists()


def test_long_email_is_refused(alice):
    with pytest.raises(Invalid):
        profile.update_profile(by=alice, name="", email="a" * 60 + "@" + "b." * 100 + "com")


def test_organizations_permitting_agrees_with_can(cast, acme, alice, bob, victor, charlie, root):
    from registry_site.accounts.permissions import Action, can

    factories.make_organization("Other", alice="viewer")
    for user in map(fresh, (alice, bob, victor, charlie, root)):
        for action in Action:
            allowed = set(Organization.objects.permitting(action, user))
            assert allowed == {one for one in Organization.objects.all() if can(user, action, one)}
