"""The table of product.md, walked: role × action × visibility, and `can`, `check`, `permitting`
agree on every cell."""

import itertools

import pytest

from artifacts.models import Collection, Membership, Project, Version
from registry_site.accounts.permissions import Action, Role, can, check
from registry_site.accounts.services.members import set_organization_member
from registry_site.errors import Denied, NotFound
from tests import factories

ALLOWED = {
    Role.RESTRICTED_VIEWER: {Action.READ},
    Role.VIEWER: {Action.READ, Action.DOWNLOAD},
    Role.MEMBER: {Action.READ, Action.DOWNLOAD, Action.EDIT},
    Role.ADMIN: set(Action),
    None: set(),
}
pytestmark = pytest.mark.django_db


def assert_role(user, project, role):
    """The role is this, and every way to ask agrees, for the project and what is in it."""
    user = factories.fresh(user)
    project = Project.objects.for_role().get(pk=project.pk)
    assert project.role_of(user) == role
    for action in Action:
        allowed = action in ALLOWED[role]
        assert can(user, action, project) is allowed
        assert Project.objects.permitting(action, user).filter(pk=project.pk).exists() is allowed
        inside = Collection.objects.permitting(action, user).filter(project=project)
        assert inside.exists() is allowed
        places = Membership.objects.permitting(action, user).filter(collection__project=project)
        assert places.exists() is allowed
        if allowed:
            check(user, action, project)
        else:
            with pytest.raises(NotFound if role is None else Denied):
                check(user, action, project)
    assert Project.objects.visible_to(user).filter(pk=project.pk).exists() is (role is not None)


def lower(*roles):
    """The lower one of two roles; None is the lowest."""
    return None if None in roles else max(roles, key=lambda role: role.rank)


def higher(*roles):
    return min((role for role in roles if role), key=lambda role: role.rank, default=None)


@pytest.fixture
def published(registry, version):
    """The registry with one linked version in it, so that lists have something to show."""
    collection = factories.make_collection(registry.project, "published")
    factories.make_membership(collection, version)
    return registry.project


@pytest.fixture
def reader(acme):
    return factories.make_user("reader")


@pytest.mark.parametrize(
    ("in_organization", "access", "default", "explicit"),
    list(
        itertools.product(
            [None, Role.ADMIN, Role.MEMBER, Role.VIEWER],
            ["organization", "restricted"],
            [Role.RESTRICTED_VIEWER, Role.VIEWER, Role.MEMBER],
            [None, Role.RESTRICTED_VIEWER, Role.MEMBER, Role.ADMIN],
        )
    ),
)
def test_role_in_a_registry(acme, published, reader, in_organization, access, default, explicit):
    published.access, published.default_role = access, default
    published.save(update_fields=["access", "default_role"])
    if in_organization:
        set_organization_member(by=None, organization=acme, user=reader, role=in_organization.value)
    if explicit:
        published.members.create(user=reader, role=explicit)
    by_default = None
    if in_organization == Role.ADMIN:
        by_default = Role.ADMIN
    elif in_organization and access == "organization":
        by_default = lower(default, Role.VIEWER) if in_organization == Role.VIEWER else default
    counts = explicit if in_organization else None  # it ends with the place in the organization
    assert_role(reader, published, higher(by_default, counts))


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.RESTRICTED_VIEWER, Role.VIEWER, Role.MEMBER, Role.ADMIN])
def test_role_in_a_registry_through_a_team(acme, published, reader, role):
    published.access = "restricted"
    published.save(update_fields=["access"])
    team = factories.make_team("readers", acme, reader="viewer")
    published.members.create(team=team, role=role)
    assert_role(reader, published, role)
    published.members.create(user=reader, role=Role.RESTRICTED_VIEWER)
    assert_role(reader, published, role)
    acme.members.filter(user=reader).delete()
    assert_role(reader, published, None)


@pytest.mark.slow
def test_role_in_a_team_project(project, version, alice, bob, victor, charlie, root):
    assert_role(alice, project, Role.ADMIN)
    assert_role(bob, project, Role.MEMBER)
    assert_role(victor, project, Role.VIEWER)
    assert_role(charlie, project, None)
    assert_role(root, project, Role.ADMIN)


def test_role_in_a_team_project_of_an_organization_admin(acme, project, version, reader):
    set_organization_member(by=None, organization=acme, user=reader, role="member")
    assert_role(reader, project, None)
    set_organization_member(by=None, organization=acme, user=reader, role="admin")
    assert_role(reader, project, Role.ADMIN)


def test_role_in_a_personal_project(alice, bob, root):
    project = factories.make_project(bob, "own")
    factories.make_version(factories.make_collection(project))
    assert_role(bob, project, Role.ADMIN)
    assert_role(alice, project, None)
    assert_role(root, project, Role.ADMIN)


def test_other_organization_sees_nothing(published, charlie):
    factories.make_organization("Globex", charlie="admin")
    assert_role(charlie, published, None)


def test_version_by_id_has_the_highest_role_of_its_places(published, version, reader, acme):
    assert version.role_of(factories.fresh(reader)) is None
    assert not Version.objects.visible_to(reader).exists()
    set_organization_member(by=None, organization=acme, user=reader, role="member")
    assert version.role_of(factories.fresh(reader)) == Role.MEMBER
    found = Version.objects.permitting(Action.EDIT, factories.fresh(reader))
    assert list(found) == [version]


def test_version_is_downloadable_in_one_registry_and_not_in_another(
    acme, published, version, reader
):
    closed = factories.make_registry_project(acme, "closed", access="restricted", types=["model"])
    factories.make_membership(factories.make_collection(closed), version)
    set_organization_member(by=None, organization=acme, user=reader, role="member")
    closed.members.create(user=reader, role=Role.RESTRICTED_VIEWER)
    assert_role(reader, closed, Role.RESTRICTED_VIEWER)
    assert_role(reader, published, Role.MEMBER)


def test_explicit_role_ends_with_the_place_in_the_organization(acme, published, bob, root):
    published.access = "restricted"
    published.save(update_fields=["access"])
    for user in (bob, root):
        published.members.create(user=user, role=Role.ADMIN)
    assert_role(bob, published, Role.ADMIN)
    acme.members.filter(user=bob).delete()
    assert_role(bob, published, None)
    factories.make_organization("Other", bob="admin")
    assert_role(bob, published, None)
    assert_role(root, published, Role.ADMIN)


def test_a_role_in_an_ordinary_project_is_none(project, version, charlie):
    project.members.create(user=charlie, role=Role.ADMIN)
    assert_role(charlie, project, None)


def test_refusal_names_rule_role_and_who_can_help(published, victor):
    with pytest.raises(Denied) as refusal:
        check(victor, Action.EDIT, published)
    assert refusal.value.message == (
        "Changing the registry model needs the role Member or above; yours is Viewer. "
        "Admins who can help: alice."
    )


def test_roles_ask_a_constant_number_of_queries(acme, victor, django_assert_num_queries):
    for number in range(30):
        factories.make_registry_project(acme, f"r{number}")
    projects = list(Project.objects.for_role())
    with django_assert_num_queries(1):
        assert all(can(victor, Action.READ, project) for project in projects)
