"""The two tables of a registry's pages, as their query strings ask for them."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import aliases_with_events
from artifacts.reads.table_text import collections_showing
from artifacts.views.saved_views import views_menu
from artifacts.views.usage.names import aliases_of
from registries.models import Registry
from registries.views.addresses import action_url
from registries.views.collection.menus import delete_item, role_reason
from registry_site.accounts.permissions import Action, ask_url
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, list_page

COLLECTION_ORDERS = {
    "name": ("name", "id"),
    "changed": ("updated_at", "id"),
    "versions": ("version_count", "id"),
}
NEWEST_CHANGE = "-changed"
_COLUMNS = {
    "collection": lambda row: row.name,
    "full_name": lambda row: row.target_path,
    "type": lambda row: row.artifact_type.name,
    "tags": lambda row: sorted(tag.name for tag in row.tags.all()),
    "versions": lambda row: row.version_count,
    "newest": lambda row: row.newest and row.newest.number,
    "newest_aliases": lambda row: row.newest and aliases_of(row.newest, is_latest=True),
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
    "updated_by": lambda row: row.updated_by and row.updated_by.username,
    "description": lambda row: row.description,
}


# ------------------------------------------------------------------ collections


def collection_table(request: HtmxRequest, registry: Registry, query: QueryDict) -> dict[str, Any]:
    """Return the context of `registry_detail.html#collections`."""
    project, url = registry.project, registry.get_absolute_url()
    text, type_name, sort = _filter_of(query)
    page = list_page(
        request,
        collections_listing(registry, query),
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
        "views": views_menu(request.user, query, project, "collections"),
        "sort": sort,
        "q": text,
        "type_name": type_name,
        "is_filtered": bool(text or type_name),
        "may_edit": not reason,
        "edit_reason": reason,
        "ask_url": ask_url(Action.EDIT, project) if reason else "",
        "protected": project.protected_alias_names,
    }


def collections_listing(registry: Registry, query: QueryDict) -> Listing:
    """The registry's collections that fit the query, in the order that it names."""
    text, type_name, sort = _filter_of(query)
    collections = Collection.objects.filter(project=registry.project)
    if text:
        collections = collections.filter(collections_showing(text))
    if type_name:
        collections = collections.filter(artifact_type__name=type_name)
    return Listing(
        url=f"{registry.get_absolute_url()}/-/collections",
        rows=collections.for_path()
        .select_related("updated_by")
        .prefetch_related("tags")
        .with_newest(),
        order=_ordered(sort),
        columns=_COLUMNS,
        complete=_add_newest,
    )


def _filter_of(query: QueryDict) -> tuple[str, str, str]:
    """The text, the type and the order that the address asks for."""
    sort = query.get("sort", "")
    if sort.lstrip("-") not in COLLECTION_ORDERS:
        sort = NEWEST_CHANGE
    return query.get("q", "").strip(), query.get("type", ""), sort


def _ordered(sort: str) -> tuple[str, ...]:
    names = COLLECTION_ORDERS[sort.lstrip("-")]
    return tuple(f"-{name}" for name in names) if sort.startswith("-") else names


def _add_newest(collections: list[Any]) -> None:
    newest = Membership.objects.prefetch_related(aliases_with_events()).in_bulk(
        [row.newest_id for row in collections if row.newest_id]
    )
    for collection in collections:
        collection.newest = newest.get(collection.newest_id)
        if collection.newest:
            collection.newest.collection = collection


def _collection_rows(collections: list[Any], reason: str) -> list[dict[str, Any]]:
    return [
        {
            "collection": collection,
            "newest": collection.newest,
            "newest_url": collection.newest.get_absolute_url() if collection.newest else "",
            "menu": _collection_menu(collection, reason),
            "menu_id": f"collection-{collection.pk}-menu",
        }
        for collection in collections
    ]


def _collection_menu(collection: Collection, reason: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Link new version"),
            "icon": "link",
            "dialog": True,
            "url": action_url(collection, "link_version"),
            "disabled": bool(reason),
            "reason": reason,
        },
        {"label": _("Copy path"), "icon": "copy", "copy": collection.target_path},
        delete_item(collection, reason),
    ]


def _columns(url: str, query: QueryDict, sort: str) -> dict[str, dict[str, str]]:
    """Return for each sortable column what its head needs; choosing it again turns it round."""
    columns = {}
    query_rest = [(key, query[key]) for key in ("q", "type") if query.get(key)]
    for name in COLLECTION_ORDERS:
        falling = name != "name"  # numbers and times begin with the largest
        direction, turned = "", f"-{name}" if falling else name
        if sort.lstrip("-") == name:
            direction = "descending" if sort.startswith("-") else "ascending"
            turned = name if sort.startswith("-") else f"-{name}"
        columns[name] = {
            "url": f"{url}?{urlencode([*query_rest, ('sort', turned)])}",
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
