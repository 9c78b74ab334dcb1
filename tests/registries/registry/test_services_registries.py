import pytest

from artifacts.models import Project, ProjectMember
from registries.models import Registry
from registries.services.home import registries_of
from registries.services.organizations.organizations import create_organization_with_registries
from registries.services.registry.creation import create_core_registries, create_registry
from registry_site.accounts.models import Event, Organization
from registry_site.accounts.permissions import Role
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests import factories
from tests.factories import fresh


def test_registry_is_a_project_of_the_org_entity(bob, acme):
    registry = create_registry(
        by=bob, organization=acme, name="Fraud models", description="Card fraud"
    )

    project = registry.project
    assert (project.entity, project.name) == (acme.entity, "wandb-registry-Fraud models")
    assert (project.access, project.default_role) == ("organization", "viewer")
    assert (project.description, project.accepts_all_types) == ("Card fraud", True)
    assert (registry.is_core, registry.owner) == (False, bob)


def test_registry_creator_becomes_admin_at_once(bob, acme):
    assert bob.roles.organizations  # read before, so that it would be stale
    registry = create_registry(by=bob, organization=acme, name="mine", access="restricted")

    assert registry.project.role_of(bob) == Role.ADMIN
    assert ProjectMember.objects.get(project=registry.project).role == "admin"


def test_restricted_registry_is_known_to_its_members_only(bob, alice, victor, acme):
    registry = create_registry(by=bob, organization=acme, name="secret", access="restricted")

    def sees(user):
        return registry in Registry.objects.visible_to(fresh(user))

    assert sees(bob)
    assert sees(alice)  # admin of the organization
    assert not sees(victor)


def test_registry_types_are_kept(bob, acme):
    registry = create_registry(
        by=bob, organization=acme, name="typed", accepted_types=["model", "eval set", "model"]
    )

    assert registry.project.accepted_type_names == ["eval set", "model"]
    assert not registry.project.accepts_all_types


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "wandb-registry-x"},
        {"name": "a/b"},
        {"name": "a:b"},
        {"name": "x" * 114},
        {"name": ".."},
        {"access": "public"},
        {"accepted_types": []},
        {"accepted_types": ["a/b"]},
    ],
)
def test_registry_refused_leaves_nothing(bob, acme, given):
    with pytest.raises(Invalid):
        create_registry(by=bob, organization=acme, **({"name": "new"} | given))
    assert not Project.objects.exists()


def test_registry_names_are_taken_once_whatever_the_capitals(bob, acme, registry):
    with pytest.raises(Conflict, match="already has a registry 'model'"):
        create_registry(by=bob, organization=acme, name="MODEL")


def test_registry_name_may_repeat_in_another_organization(root, registry):
    other = factories.make_organization("Other")

    assert create_registry(by=root, organization=other, name="model").pk != registry.pk


def test_registry_is_not_made_by_viewers_nor_strangers(victor, charlie, acme):
    with pytest.raises(Denied, match="role Member or above; yours is Viewer"):
        create_registry(by=victor, organization=acme, name="new")
    with pytest.raises(NotFound):
        create_registry(by=charlie, organization=acme, name="new")


def test_core_registries_are_not_made_by_members(alice, acme):
    with pytest.raises(Denied):
        create_registry(by=alice, organization=acme, name="model", is_core=True)


def test_registry_creation_is_an_event(bob, acme):
    registry = create_registry(by=bob, organization=acme, name="new", accepted_types=["model"])

    event = Event.objects.get(kind="registry")
    assert (event.actor, event.subject_id) == (bob, registry.pk)
    assert event.project_id == registry.project_id
    assert event.after == {"access": "organization", "accepted_types": ["model"]}


def test_organization_comes_with_its_core_registries(root):
    organization = create_organization_with_registries(by=root, name="Flower Lab")

    cores = organization.registries.order_by("name")
    assert [registry.name for registry in cores] == ["dataset", "model"]
    for registry in cores:
        assert registry.is_core
        assert registry.project.accepted_type_names == [registry.name]
        assert registry.project.default_role == Role.MEMBER
        assert not registry.project.members.exists()


def test_organization_refused_brings_no_registry(alice):
    with pytest.raises(Denied):
        create_organization_with_registries(by=alice, name="Flower Lab")
    assert not Organization.objects.filter(name="Flower Lab").exists()


def test_core_registries_are_made_once(acme, registry):
    assert [made.name for made in create_core_registries(acme)] == ["dataset"]
    assert create_core_registries(acme) == []


def test_everyone_in_the_organization_may_link_to_core_but_viewers(bob, victor, acme):
    registry, _dataset = create_core_registries(acme)

    assert registry.project.role_of(fresh(bob)) == Role.MEMBER
    assert registry.project.role_of(fresh(victor)) == Role.VIEWER


def test_a_home_page_has_the_registry_of_the_last_link_in_front(bob, acme, version):
    for name in ("aaa", "bbb", "ccc"):
        registry = create_registry(by=None, organization=acme, name=name)
        if name != "aaa":
            collection = factories.make_collection(registry.project)
            factories.make_membership(collection, version, by=bob)

    assert [row.name for row in registries_of(fresh(bob))] == ["ccc", "bbb", "aaa"]
