"""Registries come into being here, and their names and settings are checked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from artifacts.models import AcceptedType, Project, ProjectMember
from artifacts.services.paths.paths import take_project_path
from registries.models import Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.names import (
    REGISTRY_PREFIX,
    check_registry_name,
    check_type_name,
    unavailable,
)
from registry_site.accounts.permissions import Action, Role, can, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.members import forget_standing
from registry_site.accounts.services.people import check_server_admin
from registry_site.errors import Conflict, Invalid

DEFAULT_ROLES = [Role.RESTRICTED_VIEWER, Role.VIEWER, Role.MEMBER]  # of who is no member
CORE_TYPES = ["model", "dataset"]  # a core registry bears the name of the one type it accepts


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
    """Make a registry, of which `by` becomes admin; `accepted_types` None accepts all types.

    Any member of the organization but a view-only one may. Core registries come with the
    organization: everyone in it may link there, and only the operator makes them.
    """
    if is_core:
        check_server_admin(by)
    elif by is not None:
        check(by, Action.EDIT, organization)
    check_registry_name(name)
    check_access(access)
    types = [] if accepted_types is None else check_types(accepted_types)
    check_free(by, organization, name)
    project = Project(
        entity=organization.entity,
        name=REGISTRY_PREFIX + name,
        description=description,
        access=access,
        default_role=Role.MEMBER if is_core else Role.VIEWER,
        accepts_all_types=accepted_types is None,
        created_by=by,
    )
    registry = Registry(
        organization=organization, project=project, name=name, is_core=is_core, owner=by
    )
    with taking_name(by, organization, name):
        project.save()
        registry.save()
    take_project_path(project)
    AcceptedType.objects.bulk_create(AcceptedType(project=project, name=each) for each in types)
    if by is not None and not is_core:
        ProjectMember.objects.create(project=project, user=by, role=Role.ADMIN)
        forget_standing(by)
    record_change(by, "create", registry, after={"access": access, "accepted_types": types or None})
    return registry


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


def record_change(by: User | None, verb: str, registry: Registry, **change: Any) -> None:
    """Append to the registry's history; `before` and `after` hold only what differs."""
    record_event(
        by=by,
        verb=verb,
        kind="registry",
        subject=registry.name,
        subject_id=registry.pk,
        project_id=registry.project_id,
        **change,
    )


def check_access(access: str) -> str:
    """Return a visibility, or raise Invalid for what is none."""
    if access not in Project.Access.values:
        raise Invalid(
            _("{value!r} is no visibility: give organization or restricted.").format(value=access)
        )
    return access


def check_default_role(role: str) -> str:
    """Return a role that everyone in the organization may have, or raise Invalid."""
    if role not in DEFAULT_ROLES:
        raise Invalid(
            _("{role!r} is no default role: give restricted_viewer, viewer or member.").format(
                role=role[:40]
            )
        )
    return role


def check_types(names: Collection[str]) -> list[str]:
    """Return the types that a registry accepts, once each; raises Invalid for none at all."""
    if not names:
        raise Invalid(_("Name at least one artifact type, or let the registry accept all types."))
    return [check_type_name(name) for name in dict.fromkeys(names)]


def check_free(
    by: User | None, organization: Organization, name: str, *, besides: Registry | None = None
) -> None:
    """Raise Conflict where another registry of the organization has the name.

    Raises Invalid, as for reserved names, where the person may not see that one.
    """
    registries = organization.registries.filter(name__iexact=name).select_related("project")
    taken = registries.first()
    if taken is None or taken == besides:
        return
    if by is not None and not can(by, Action.READ, taken.project):
        raise unavailable(name)
    raise Conflict(
        _("{organization} already has a registry {name!r}; choose another name.").format(
            organization=organization, name=taken.name
        )
    )


@contextmanager
def taking_name(by: User | None, organization: Organization, name: str) -> Iterator[None]:
    """Save a name; raises as `check_free` where another request took it a moment ago."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        check_free(by, organization, name)
        raise unavailable(name) from error
