"""Creates registries, after checking their names and settings."""

from collections.abc import Collection

from django.db import transaction

from artifacts.models import AcceptedType, Project, ProjectMember
from artifacts.services.paths.paths import take_project_path
from registries.models import Registry
from registries.services.registry.checks import check_access, check_free, check_types, taking_name
from registries.services.registry.events import record_change
from registry_site.accounts.models import Organization, User, Verb
from registry_site.accounts.names import REGISTRY_PREFIX, check_registry_name
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.members import forget_roles
from registry_site.accounts.services.people import check_server_admin

CORE_TYPES = ["model", "dataset"]  # a core registry has the name of the one type it accepts


@transaction.atomic
def create_registry(
    *,
    by: User | None,
    organization: Organization,
    name: str,
    description: str | None = None,
    access: str = Project.Access.ORGANIZATION,
    accepted_types: Collection[str] | None = None,
    is_core: bool = False,
) -> Registry:
    """Make a registry and make `by` its admin; `accepted_types` None accepts all types.

    Any member of the organization may, except view-only ones. Core registries come with the
    organization: everyone in it may link there, and only the operator makes them.
    """
    _check_may_create(by, organization, is_core=is_core)
    check_registry_name(name)
    check_access(access)
    types = [] if accepted_types is None else check_types(accepted_types)
    check_free(by, organization, name)
    registry = Registry(organization=organization, name=name, is_core=is_core, owner=by)
    project = registry.project = Project(
        entity=organization.entity,
        name=REGISTRY_PREFIX + name,
        kind=Project.Kind.REGISTRY,
        description=description,
        access=access,
        default_role=Role.MEMBER if is_core else Role.VIEWER,
        accepts_all_types=accepted_types is None,
        created_by=by,
    )
    _save(by, registry, types)
    if by is not None and not is_core:
        ProjectMember.objects.create(project=project, user=by, role=Role.ADMIN)
        forget_roles(by)
    after = {"access": access, "accepted_types": types or None}
    record_change(by, Verb.CREATE, registry, after=after)
    return registry


def _check_may_create(by: User | None, organization: Organization, *, is_core: bool) -> None:
    if is_core:
        check_server_admin(by)
    elif by is not None:
        check(by, Action.EDIT, organization)


def _save(by: User | None, registry: Registry, types: list[str]) -> None:
    project = registry.project
    with taking_name(by, registry.organization, registry.name):
        project.save()
        registry.save()
    take_project_path(project)
    AcceptedType.objects.bulk_create(AcceptedType(project=project, name=each) for each in types)


@transaction.atomic
def create_core_registries(organization: Organization, *, by: User | None = None) -> list[Registry]:
    """Make those of the registries `model` and `dataset` that the organization lacks."""
    there = {name.lower() for name in organization.registries.values_list("name", flat=True)}
    return [
        create_registry(
            by=by, organization=organization, name=name, accepted_types=[name], is_core=True
        )
        for name in CORE_TYPES
        if name not in there
    ]
