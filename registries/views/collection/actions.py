"""What one may do to a collection or a linked version: addresses, entries of menus, why not."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, role_reason


def unlink_reason(user: User, membership: Membership) -> str:
    """Return why the person may not unlink this version, "" where they may."""
    return role_reason(user, _unlinking(membership), membership.collection.project)


def _unlinking(membership: Membership) -> Action:
    """What unlinking this version needs the right for."""
    carried = {alias.name for alias in membership.aliases.all()}
    protected = carried & membership.collection.project.protected_alias_names
    return Action.PROTECT if protected else Action.EDIT


def action_url(collection: Collection, route: str, *below: str) -> str:
    """Return the address of an action on the collection, or on the version `below` it."""
    project = collection.project
    address = [project.entity.organization.name, project.registry_name, collection.name]
    return reverse(f"registries:{route}", args=[*address, *below])


def delete_item(collection: Collection, reason: str) -> dict[str, Any]:
    """Return the entry of a menu that deletes the collection, off for those who may not."""
    url = action_url(collection, "collection_delete")
    return _danger(_("Delete"), "trash", url, reason)


def unlink_item(user: User, membership: Membership) -> dict[str, Any]:
    """Return the entry of a menu that unlinks the version, off for those who may not."""
    url = action_url(membership.collection, "unlink", membership.number)
    item = _danger(_("Unlink"), "unlink", url, unlink_reason(user, membership))
    return item | {"ask_url": ask_url(_unlinking(membership), membership.collection.project)}


def why_item(user: User, collection: Collection, version: str = "") -> list[dict[str, Any]]:
    """Return the entry that tells admins why somebody can or can't do something here."""
    project = collection.project
    if not can(user, Action.MANAGE, project):
        return []
    url = reverse("registries:why", args=[project.entity.organization.name, project.registry_name])
    about = {"collection": collection.name} | ({"version": version} if version else {})
    url = f"{url}?{urlencode(about)}"
    return [{"label": _("Why can (not)?"), "icon": "user", "url": url}]


def collection_crumbs(collection: Collection, here: str = "") -> list[dict[str, str]]:
    """Return the way from the organization's registries to the collection, or below it."""
    project = collection.project
    organization = project.entity.organization
    crumbs = [
        {"label": organization.name, "url": organization.get_absolute_url()},
        {"label": project.registry_name, "url": project.get_absolute_url()},
        {"label": collection.name, "url": collection.get_absolute_url() if here else ""},
    ]
    return [*crumbs, {"label": here}] if here else crumbs


def _danger(label: str, icon: str, url: str, reason: str) -> dict[str, Any]:
    return {
        "label": label,
        "icon": icon,
        "url": url,
        "danger": True,
        "dialog": True,
        "disabled": bool(reason),
        "reason": reason,
    }
