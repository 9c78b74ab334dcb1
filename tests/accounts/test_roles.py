"""Roles come with the person: with the key of a script, with the session of a browser."""

from base64 import b64encode

import pytest
from django.contrib.auth import SESSION_KEY

from artifacts.models import ProjectMember
from registry_site.accounts.authentication.api_keys import need_user
from registry_site.accounts.authentication.backends import PeopleWithRoles
from registry_site.accounts.models import OrganizationMember, Team, TeamMember, User
from registry_site.accounts.permissions import Grant, Role, Source
from registry_site.accounts.roles import Roles, read_roles_of
from registry_site.accounts.services.keys.api_keys import create_api_key
from tests import factories

pytestmark = pytest.mark.on_postgres


@pytest.fixture
def everybody(registry, vision, alice, bob, victor, charlie):
    """People with roles of every kind, some of them in an organization where they are nobody."""
    factories.make_team("audio", registry.organization, bob="admin")
    factories.make_organization("Elsewhere", bob="viewer", charlie="admin")
    factories.make_team("quiet", factories.Organization.objects.get(name="Elsewhere"))
    members = registry.project.members
    members.create(user=bob, role=Role.VIEWER)
    members.create(team=vision, role=Role.MEMBER)
    members.create(user=charlie, role=Role.ADMIN)  # counts for nothing outside of Acme
    return list(User.objects.order_by("pk"))


def plain_roles_of(user):
    """Return the same, asked of one table after the other."""
    roles = Roles(is_server_admin=user.is_admin, entities={user.entity_id: Role.ADMIN})
    for member in OrganizationMember.objects.filter(user=user).order_by("pk"):
        roles.organizations[member.organization_id] = Role(member.role)
        roles.organization_entities[member.organization.entity_id] = Role(member.role)
    for member in TeamMember.objects.filter(user=user).order_by("pk"):
        roles.teams[member.team_id] = roles.entities[member.team.entity_id] = Role(member.role)
        roles.team_entities[member.team_id] = member.team.entity_id
    for organization, role in roles.organizations.items():
        if role == Role.ADMIN:
            teams = Team.objects.filter(organization=organization)
            roles.entities |= dict.fromkeys(teams.values_list("entity_id", flat=True), role)
    for member in ProjectMember.objects.order_by("pk"):
        if member.project.entity_id not in roles.organization_entities:
            continue
        if member.user_id == user.pk:
            grant = Grant(Role(member.role), Source.MEMBERSHIP)
        elif member.team_id in roles.teams:
            grant = Grant(Role(member.role), Source.TEAM, team_id=member.team_id)
        else:
            continue
        roles.projects.setdefault(member.project_id, []).append(grant)
    return roles


def test_roles_are_those_of_the_tables(everybody):
    for user in everybody:
        assert read_roles_of(user) == plain_roles_of(user), user
    kinds = [read_roles_of(user) for user in everybody]
    assert any(len(grants) == 2 for roles in kinds for grants in roles.projects.values())


def test_a_key_brings_the_person_and_their_roles(
    everybody, registry, rf, django_assert_num_queries
):
    for user in everybody:
        text = create_api_key(by=user, user=user, name="laptop")[1]
        request = rf.get("/", headers={"Authorization": basic(text)})
        need_user(request)  # notes when the key was last used
        with django_assert_num_queries(1):
            person = need_user(request)
            registry.project.role_of(person)
        assert person.roles == plain_roles_of(user), user


def basic(text):
    return f"Basic {b64encode(f'api:{text}'.encode()).decode()}"


def test_a_session_brings_the_person_and_their_roles(
    everybody, registry, django_assert_num_queries
):
    for user in everybody:
        with django_assert_num_queries(1):
            person = PeopleWithRoles().get_user(user.pk)
            registry.project.role_of(person)
        assert (person, person.roles) == (user, plain_roles_of(user))


def test_a_closed_account_has_no_session(client, alice):
    client.force_login(alice)
    assert client.session[SESSION_KEY] == str(alice.pk)
    alice.is_active = False
    alice.save()
    assert client.get("/settings").status_code == 302
