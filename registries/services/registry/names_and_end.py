"""A registry's name, its protected aliases and its end. Only its admins may."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from artifacts.services.paths.paths import leave_project_path, move_project_path
from artifacts.services.retention.holds import check_collections_not_held
from registries.models import Registry
from registries.services.registry.registries import (
    check_free,
    record_change,
    taking_name,
)
from registries.services.registry.settings import hold_registry, read_settings
from registry_site.accounts.models import User
from registry_site.accounts.names import REGISTRY_PREFIX, check_registry_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.members import forget_standing
from registry_site.errors import Conflict
from registry_site.texts.edits import Opened


@transaction.atomic
def rename_registry(
    *, by: User, registry: Registry, name: str, opened: Opened | None = None
) -> Registry:
    """Give a registry another name (without the prefix).

    It stays the same registry: its id, collections, links and members; and the old name leads to
    it until somebody makes that anew. Raises Conflict for a core registry, for a name that the
    organization has given to another one, and for one whose numbers named other versions; Unread
    where it was renamed after a form was `opened`.
    """
    check(by, Action.MANAGE, registry.project)
    held = hold_registry(registry)
    name = settle_edit(
        by=by,
        opened=opened,
        now={"name": held.name},
        given={"name": name},
        kind="registry",
        subject_id=held.pk,
    )["name"]
    if name == held.name:
        return held  # a repeated request
    if reason := renaming_refusal(held):
        raise Conflict(reason)
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


def renaming_refusal(registry: Registry) -> str:
    """Return why the registry keeps its name, "" where it can have another."""
    if not registry.is_core:
        return ""
    return _(
        "A core registry keeps its name: code in every team of {organization} links to it by that."
    ).format(organization=registry.organization)


def delete_registry(*, by: User, registry: Registry) -> None:
    """Delete a registry with its collections and links; what is linked stays where it was logged.

    Raises Conflict for a core registry, and while something in it is on legal hold.
    """
    check_deletable(by=by, registry=registry)
    with transaction.atomic():
        _delete(by, hold_registry(registry))
    forget_standing(by)


def check_deletable(*, by: User, registry: Registry) -> None:
    """Raise as `delete_registry` does, without deleting anything."""
    check(by, Action.MANAGE, registry.project)
    if reason := delete_refusal(registry):
        raise Conflict(reason)
    portfolios = Collection.objects.filter(project=registry.project)
    check_collections_not_held(by=by, collections=portfolios, thing=registry.project)


def delete_refusal(registry: Registry) -> str:
    """Return why the registry is never deleted, "" where it can be."""
    if not registry.is_core:
        return ""
    return _("{registry} can't be deleted: it is a core registry of {organization}.").format(
        registry=registry.project, organization=registry.organization
    )


def _delete(by: User, registry: Registry) -> None:
    project = registry.project
    portfolios = Collection.objects.filter(project=project)
    held = portfolios.select_for_update().order_by("pk")
    links = {each.name: each.version_count for each in held}
    check_collections_not_held(by=by, collections=portfolios, thing=project)
    record_change(by, "delete", registry, before=read_settings(registry) | {"collections": links})
    leave_project_path(project, leads_on=False)
    # as with a collection, memberships of what is in the trash stay to tell where it was linked
    Membership.objects.live().filter(collection__project=project).delete()
    project.saved_views.all().delete()
    now = timezone.now()
    portfolios.update(deleted_at=now, deleted_by=by, version_count=0)
    registry.delete()
    project.name, project.deleted_at, project.deleted_by = project.name_when_deleted, now, by
    project.save(update_fields=["name", "deleted_at", "deleted_by", "updated_at"])
