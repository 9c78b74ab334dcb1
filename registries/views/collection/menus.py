"""Menus of a collection or a linked version: addresses, entries, and why one is disabled."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from registries.views.addresses import action_url
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, role_reason
from registry_site.markup.menus import danger_item


def unlink_reason(user: User, membership: Membership) -> str:
    """Return why the person may not unlink this version, "" where they may."""
    return role_reason(user, _unlinking(membership), membership.collection.project)


def _unlinking(membership: Membership) -> Action:
    """Return the action whose right unlinking this version needs."""
    carried = {alias.name for alias in membership.aliases.all()}
    protected = carried & membership.collection.project.protected_alias_names
    return Action.PROTECT if protected else Action.EDIT


def delete_item(collection: Collection, reason: str) -> dict[str, Any]:
    """Return the menu entry that deletes the collection, disabled for those who may not."""
    url = action_url(collection, "collection_delete")
    return danger_item(_("Delete"), url, reason=reason)


def unlink_item(user: User, membership: Membership) -> dict[str, Any]:
    """Return the menu entry that unlinks the version, disabled for those who may not."""
    url = action_url(membership.collection, "unlink", membership.number)
    item = danger_item(_("Unlink"), url, icon="unlink", reason=unlink_reason(user, membership))
    return item | {"ask_url": ask_url(_unlinking(membership), membership.collection.project)}


def why_item(user: User, collection: Collection, version: str = "") -> list[dict[str, Any]]:
    """Return the menu entry that explains people's rights, for admins; [] for others."""
    project = collection.project
    if not can(user, Action.MANAGE, project):
        return []
    url = reverse("registries:why", args=[project.entity.organization.name, project.registry_name])
    about = {"collection": collection.name} | ({"version": version} if version else {})
    url = f"{url}?{urlencode(about)}"
    return [{"label": _("Explain access"), "icon": "user", "url": url}]
