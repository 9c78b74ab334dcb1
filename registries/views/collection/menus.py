"""Menus of a collection or a linked version: addresses, entries, and why one is disabled."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project
from artifacts.views.collection.version_rows import VersionRow
from registries.views.addresses import action_url
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, role_reason
from registry_site.markup.menus import MenuItem, danger_item


def unlink_reason(user: User, membership: Membership) -> str:
    """Return why the person may not unlink this version, "" where they may."""
    project = membership.collection.project
    return role_reason(user, _unlinking(project, _aliases_of(membership)), project)


def _unlinking(project: Project, aliases: set[str]) -> Action:
    """Return the action whose right unlinking a version with these aliases needs."""
    return Action.PROTECT if aliases & project.protected_alias_names else Action.EDIT


def _aliases_of(membership: Membership) -> set[str]:
    return {alias.name for alias in membership.alias_rows}


def delete_item(collection_url: str, reason: str) -> MenuItem:
    """Return the menu entry that deletes the collection, disabled for those who may not."""
    return danger_item(_("Delete"), f"{collection_url}/-/delete", reason=reason)


def unlink_item(user: User, membership: Membership) -> MenuItem:
    """Return the menu entry that unlinks the version, disabled for those who may not."""
    project = membership.collection.project
    url = action_url(membership.collection, "unlink", membership.number)
    action = _unlinking(project, _aliases_of(membership))
    return replace(_unlink_item(user, action, project), url=url)


def unlink_items(user: User, project: Project, rows: Iterable[VersionRow]) -> list[MenuItem]:
    """Return the same entry for each row of a table."""
    items = {
        action: _unlink_item(user, action, project) for action in (Action.EDIT, Action.PROTECT)
    }
    return [
        replace(
            items[_unlinking(project, set(row.aliases))], url=f"{row.get_absolute_url()}/-/unlink"
        )
        for row in rows
    ]


def _unlink_item(user: User, action: Action, project: Project) -> MenuItem:
    return MenuItem(
        _("Unlink"),
        icon="unlink",
        is_danger=True,
        opens_dialog=True,
        reason=role_reason(user, action, project),
        ask_url=ask_url(action, project),
    )


def why_item(user: User, collection: Collection, version: str = "") -> list[MenuItem]:
    """Return the menu entry that explains people's rights, for admins; [] for others."""
    project = collection.project
    if not can(user, Action.MANAGE, project):
        return []
    url = reverse("registries:why", args=[project.entity.organization.name, project.registry_name])
    about = {"collection": collection.name} | ({"version": version} if version else {})
    url = f"{url}?{urlencode(about)}"
    return [MenuItem(_("Explain access"), url, "user")]
