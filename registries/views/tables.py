"""The two tables of a registry's pages, as their query strings ask for them."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection, Membership
from artifacts.views.collections import versions_of
from registries.models import Registry
from registries.views.actions import action_url, delete_item, role_reason, unlink_item
from registry_site.accounts.permissions import Action
from registry_site.pages import HtmxRequest, table_of

COLLECTION_ORDERS = {
    "name": ("name", "id"),
    "changed": ("updated_at", "id"),
    "versions": ("version_count", "id"),
}
NEWEST_CHANGE = "-changed"


# ------------------------------------------------------------------ collections


def collection_table(request: HtmxRequest, registry: Registry, query: QueryDict) -> dict[str, Any]:
    """Return the context of `registry_detail.html#collections`."""
    project, url = registry.project, registry.get_absolute_url()
    text, type_name = query.get("q", "").strip(), query.get("type", "")
    sort = query.get("sort", "")
    if sort.lstrip("-") not in COLLECTION_ORDERS:
        sort = NEWEST_CHANGE
    collections = Collection.objects.filter(project=project)
    if text:
        collections = collections.matching(text)
    if type_name:
        collections = collections.filter(artifact_type__name=type_name)
    page = table_of(
        request,
        collections.for_path().select_related("updated_by").prefetch_related("tags").with_newest(),
        order=_ordered(sort),
        summary=lambda n: _collection_summary(n, sort),
        url=url,
        query=query,
    )
    reason = role_reason(request.user, Action.EDIT, project)
    return {
        "registry": registry,
        "rows": _collection_rows(page.rows, reason),
        "page": page,
        "columns": _columns(url, query, sort),
        "sort": sort,
        "q": text,
        "type_name": type_name,
        "is_filtered": bool(text or type_name),
        "may_edit": not reason,
        "edit_reason": reason,
        "protected": project.protected_alias_names,
    }


def _ordered(sort: str) -> tuple[str, ...]:
    names = COLLECTION_ORDERS[sort.lstrip("-")]
    return tuple(f"-{name}" for name in names) if sort.startswith("-") else names


def _collection_rows(collections: list[Collection], reason: str) -> list[dict[str, Any]]:
    newest = Membership.objects.prefetch_related("aliases").in_bulk(
        [row.newest_id for row in collections if row.newest_id]
    )
    rows = []
    for collection in collections:
        place = newest.get(collection.newest_id)
        if place:
            place.collection = collection
        rows.append(
            {
                "collection": collection,
                "newest": place,
                "newest_url": place.get_absolute_url() if place else "",
                "menu": _collection_menu(collection, reason),
                "menu_id": f"collection-{collection.pk}-menu",
            }
        )
    return rows


def _collection_menu(collection: Collection, reason: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Link new version"), "icon": "link", "dialog": True,
         "url": action_url(collection, "link_version"),
         "disabled": bool(reason), "reason": reason},
        {"label": _("Copy path"), "icon": "copy", "copy": collection.target_path},
        delete_item(collection, reason),
    ]  # fmt: skip


def _columns(url: str, query: QueryDict, sort: str) -> dict[str, dict[str, str]]:
    """Return for each sortable column what its head needs; choosing it again turns it round."""
    columns = {}
    kept = [(key, query[key]) for key in ("q", "type") if query.get(key)]
    for name in COLLECTION_ORDERS:
        falling = name != "name"  # numbers and times begin with the largest
        direction, turned = "", f"-{name}" if falling else name
        if sort.lstrip("-") == name:
            direction = "descending" if sort.startswith("-") else "ascending"
            turned = name if sort.startswith("-") else f"-{name}"
        columns[name] = {
            "url": f"{url}?{urlencode([*kept, ('sort', turned)])}",
            "direction": direction,
        }
    return columns


def _collection_summary(total: int, sort: str) -> str:
    count = ngettext("{count} collection", "{count} collections", total)
    order = {
        "name": _("by name"),
        "-name": _("by name, last first"),
        "changed": _("changed longest ago first"),
        "-changed": _("changed last first"),
        "versions": _("fewest versions first"),
        "-versions": _("most versions first"),
    }[sort]
    return f"{count} · {order}"


# ------------------------------------------------------------------ versions


def version_table(request: HtmxRequest, collection: Collection, query: QueryDict) -> dict[str, Any]:
    """Return the context of `collection_detail.html#versions`."""
    text = query.get("q", "").strip()
    url = collection.get_absolute_url()
    page = versions_of(request, collection, text, url=url, query=query)
    edit = role_reason(request.user, Action.EDIT, collection.project)
    return {
        "collection": collection,
        "rows": [_version_row(request.user, place) for place in page.rows],
        "page": page,
        "q": text,
        "is_empty": not collection.version_count,
        "protected": collection.project.protected_alias_names,
        "may_edit": not edit,
        "edit_reason": edit,
    }


def _version_row(user: Any, membership: Membership) -> dict[str, Any]:
    return {
        "membership": membership,
        "url": membership.get_absolute_url(),
        "menu_id": f"version-{membership.pk}-menu",
        "menu": [
            {"label": _("Copy full name"), "icon": "copy", "copy": membership.full_name},
            unlink_item(user, membership),
        ],
    }
