"""A registry's name, its protected aliases and its end. Only its admins may."""

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.services.paths.paths import leave_project_path, move_project_path
from registries.models import Registry
from registries.services.registry.checks import check_free, taking_name
from registries.services.registry.events import record_change
from registries.services.registry.locks import lock_registry
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.names import REGISTRY_PREFIX, check_registry_name
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.errors import Conflict
from registry_site.texts.edits import Opened


@transaction.atomic
def rename_registry(
    *, by: User, registry: Registry, name: str, opened: Opened | None = None
) -> Registry:
    """Give a registry another name (without the prefix).

    Its id, collections, links and members stay, and the old name leads to it until another registry
    takes that name. Raises Conflict for a core registry, for a name that another registry of the
    organization has, and for a name under which the same numbers meant other versions; Unread where
    it was renamed after a form was `opened`.
    """
    check(by, Action.MANAGE, registry.project)
    locked = lock_registry(registry)
    name = settle_edit(
        by=by,
        opened=opened,
        now={"name": locked.name},
        texts={"name": name},
        kind=Kind.REGISTRY,
        subject_id=locked.pk,
    )["name"]
    if name == locked.name:
        return locked  # the request was repeated
    if reason := renaming_refusal(locked):
        raise Conflict(reason)
    check_registry_name(name)
    check_free(by, locked.organization, name, besides=locked)
    leave_project_path(locked.project, leads_on=True)
    before, locked.name = locked.name, name
    locked.project.name = REGISTRY_PREFIX + name
    with taking_name(by, locked.organization, name):
        locked.project.save(update_fields=["name", "updated_at"])
        locked.save(update_fields=["name"])
    move_project_path(locked.project)
    record_change(by, Verb.RENAME, locked, before={"name": before}, after={"name": name})
    return locked


def renaming_refusal(registry: Registry) -> str:
    """Return why the registry keeps its name, "" where it can have another."""
    if not registry.is_core:
        return ""
    return _(
        "A core registry keeps its name: code in every team of {organization} links to it by that."
    ).format(organization=registry.organization)
