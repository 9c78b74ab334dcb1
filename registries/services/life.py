"""A registry's settings, its name and its end. Only its admins may.

What governs access to it lies on its project, where `artifacts` enforces it at every door.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import AcceptedType, Collection, Membership, Project
from artifacts.services.paths import leave_project_path, move_project_path
from registries.models import Registry
from registries.services.registries import (
    check_access,
    check_free,
    check_types,
    record_change,
    taking_name,
)
from registry_site.accounts.models import User
from registry_site.accounts.names import (
    REGISTRY_PREFIX,
    check_registry_name,
    check_type_name,
)
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.members import forget_standing
from registry_site.errors import Conflict, NotFound


@transaction.atomic
def update_registry(
    *,
    by: User,
    registry: Registry,
    description: str | None = None,
    access: str | None = None,
    accepts_all_types: bool | None = None,
    accepted_types: Iterable[str] = (),
) -> Registry:
    """Change a registry's settings; what is None stays as it is.

    `accepted_types` are added: a type that was saved can't be taken back. Where the registry
    accepted all types until now, those in use stay accepted. Raises Conflict for opening a
    restricted registry to the organization, and for restricting a core registry.
    """
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    project = held.project
    before = _settings(project)
    if description is not None:
        project.description = description
    if access is not None:
        _set_access(held, access)
    _accept_types(project, accepts_all_types, accepted_types)
    after = _settings(project)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        project.save(update_fields=["description", "access", "accepts_all_types", "updated_at"])
        record_change(
            by, "update", held,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )  # fmt: skip
    return held


@transaction.atomic
def rename_registry(*, by: User, registry: Registry, name: str) -> Registry:
    """Give a registry another name (without the prefix).

    It stays the same registry: its id, collections, links and members; and the old name leads to
    it until somebody makes that anew. Raises Conflict for a core registry, for a name that the
    organization has given to another one, and for one whose numbers named other versions.
    """
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    if name == held.name:
        return held  # a repeated request
    if held.is_core:
        raise Conflict(
            _("{registry} can't be renamed: it is a core registry of {organization}.").format(
                registry=held.project, organization=held.organization
            )
        )
    check_registry_name(name)
    check_free(by, held.organization, name, besides=held)
    leave_project_path(held.project, leads_on=True)
    before, held.name = held.name, name
    held.project.name = REGISTRY_PREFIX + name
    with taking_name(by, held.organization, name):
        held.project.save(update_fields=["name", "updated_at"])
        held.save(update_fields=["name"])
    move_project_path(held.project)
    record_change(by, "rename", held, before={"name": before}, after={"name": name})
    return held


def delete_registry(*, by: User, registry: Registry) -> None:
    """Delete a registry with its collections and links; what is linked stays where it was logged.

    Raises Conflict for a core registry.
    """
    check(by, Action.MANAGE, registry.project)
    if registry.is_core:
        raise Conflict(
            _("{registry} can't be deleted: it is a core registry of {organization}.").format(
                registry=registry.project, organization=registry.organization
            )
        )
    with transaction.atomic():
        _delete(by, hold_registry(registry))
    forget_standing(by)


def hold_registry(registry: Registry) -> Registry:
    """Lock the registry and its project, read anew, to the end of the transaction."""
    found = Registry.objects.for_path().filter(pk=registry.pk)
    held = found.select_for_update(of=("self", "project")).first()
    if held is None:  # deleted a moment ago
        raise NotFound(_("There is no such registry that you may see."))
    return held


def _settings(project: Project) -> dict[str, Any]:
    types = project.accepted_types.order_by("name").values_list("name", flat=True)
    return {
        "description": project.description,
        "access": project.access,
        "accepts_all_types": project.accepts_all_types,
        "accepted_types": list(types),
    }


def _set_access(registry: Registry, access: str) -> None:
    project = registry.project
    if check_access(access) == project.access:
        return
    if registry.is_core:
        raise Conflict(
            _("{registry} can't be restricted: everyone in {organization} sees the core "
              "registries.").format(registry=project, organization=registry.organization)
        )  # fmt: skip
    if project.access == Project.Access.RESTRICTED:
        raise Conflict(
            _("{registry} is restricted and can't be opened to the whole organization again; "
              "make a new registry and link there.").format(registry=project)
        )  # fmt: skip
    project.access = access


def _accept_types(project: Project, all_types: bool | None, names: Iterable[str]) -> None:
    known = set(project.accepted_types.values_list("name", flat=True))
    wanted = {check_type_name(name) for name in names}
    if all_types is False and project.accepts_all_types:
        used = project.artifact_types.filter(collections__isnull=False)
        wanted |= set(used.values_list("name", flat=True))
    if all_types is False:
        check_types(known | wanted)
    AcceptedType.objects.bulk_create(
        (AcceptedType(project=project, name=name) for name in sorted(wanted - known)),
        ignore_conflicts=True,
    )
    if all_types is not None:
        project.accepts_all_types = all_types


def _delete(by: User, registry: Registry) -> None:
    project = registry.project
    portfolios = Collection.objects.filter(project=project)
    held = portfolios.select_for_update().order_by("pk")
    links = {each.name: each.version_count for each in held}
    record_change(by, "delete", registry, before=_settings(project) | {"collections": links})
    leave_project_path(project, leads_on=False)
    # as with a collection, memberships of what is in the trash stay to tell where it was linked
    Membership.objects.live().filter(collection__project=project).delete()
    project.saved_views.all().delete()
    now = timezone.now()
    portfolios.update(deleted_at=now, deleted_by=by, version_count=0)
    registry.delete()
    project.name, project.deleted_at, project.deleted_by = project.name_when_deleted, now, by
    project.save(update_fields=["name", "deleted_at", "deleted_by", "updated_at"])
