"""The table of a registry's collections, as its query string asks for it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Collection
from artifacts.reads.table_text import collections_showing
from artifacts.views.saved_views import SavedViewsMenu, views_menu
from registries.models import Registry
from registries.services.collection_rows import collection_cells, last_changed_cells
from registries.views.collection.menus import delete_item
from registries.views.registry.collection_rows import (
    COLLECTION_COLUMNS,
    CollectionRow,
    collection_rows,
)
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.permissions import Action, ask_url, role_reason
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem
from registry_site.pages import HtmxRequest, Table, list_page

COLLECTION_ORDERS = {
    "name": ("name", "id"),
    "changed": ("updated_at", "id"),
    "versions": ("version_count", "id"),
}
NEWEST_CHANGE = "-changed"


@dataclass(frozen=True)
class CollectionFilter:
    """What a query string asks for: a text, a type, and an order."""

    text: str
    type_name: str
    sort: str

    def __bool__(self) -> bool:
        return bool(self.text or self.type_name)


def _filter_of(query: QueryDict) -> CollectionFilter:
    sort = query.get("sort", "")
    if sort.lstrip("-") not in COLLECTION_ORDERS:
        sort = NEWEST_CHANGE
    return CollectionFilter(query.get("q", "").strip(), query.get("type", ""), sort)


@dataclass(frozen=True)
class SortColumn:
    """A column by which the table can be sorted, and how it is now."""

    url: str  # sorts by it; by the column that counts now, in the other direction
    direction: str  # "" for all columns but one


@dataclass(frozen=True)
class CollectionTable:
    """What `registry_detail.html#collections` shows."""

    registry: Registry
    page: Table  # of CollectionRow
    columns: dict[str, SortColumn]
    chosen: CollectionFilter
    views: SavedViewsMenu
    protected: AliasNames
    edit_reason: str  # why the person may not edit the registry, "" where they may
    ask_url: str  # where they ask for it

    @property
    def may_edit(self) -> bool:
        return not self.edit_reason


def collection_table(request: HtmxRequest, registry: Registry, query: QueryDict) -> CollectionTable:
    """Return the page of the registry's collections that the query asks for."""
    project, url = registry.project, registry.get_absolute_url()
    chosen = _filter_of(query)
    page = list_page(
        request,
        collections_listing(registry, query),
        summary=lambda count: _collection_summary(count, chosen.sort),
        url=url,
        query=query,
    )
    reason = role_reason(request.user, Action.EDIT, project)
    rows = [replace(row, menu=_collection_menu(row, reason)) for row in page.rows]
    return CollectionTable(
        registry=registry,
        page=replace(page, rows=rows),
        columns=_columns(url, query, chosen.sort),
        chosen=chosen,
        views=views_menu(request.user, query, project, "collections"),
        protected=project.protected_alias_names,
        edit_reason=reason,
        ask_url=ask_url(Action.EDIT, project) if reason else "",
    )


def collections_listing(registry: Registry, query: QueryDict) -> Listing:
    """Return the registry's collections that fit the query, in the order that it names."""
    chosen, project = _filter_of(query), registry.project
    collections = Collection.objects.filter(project=project)
    if chosen.text:
        collections = collections.filter(collections_showing(chosen.text))
    if chosen.type_name:
        collections = collections.filter(artifact_type__name=chosen.type_name)
    is_plain = not chosen and chosen.sort == NEWEST_CHANGE
    return Listing(
        url=f"{registry.get_absolute_url()}/-/collections",
        rows=collection_cells(collections),
        order=_ordered(chosen.sort),
        columns=COLLECTION_COLUMNS,
        complete=lambda cells: collection_rows(registry, cells),
        first=(lambda: last_changed_cells(project.pk)) if is_plain else None,
    )


def _ordered(sort: str) -> tuple[str, ...]:
    names = COLLECTION_ORDERS[sort.lstrip("-")]
    return tuple(f"-{name}" for name in names) if sort.startswith("-") else names


def _collection_menu(row: CollectionRow, reason: str) -> list[MenuItem]:
    return [
        MenuItem(
            _("Link new version"),
            f"{row.name.url}/-/link",
            "link",
            opens_dialog=True,
            reason=reason,
        ),
        MenuItem(_("Copy path"), icon="copy", copy=row.name.path),
        delete_item(row.name.url, reason),
    ]


def _columns(url: str, query: QueryDict, sort: str) -> dict[str, SortColumn]:
    """Return what the heads of sortable columns need; choosing one again reverses the order."""
    columns = {}
    query_rest = [(key, query[key]) for key in ("q", "type") if query.get(key)]
    for name in COLLECTION_ORDERS:
        falling = name != "name"  # numbers and times start with the largest
        direction, turned = "", f"-{name}" if falling else name
        if sort.lstrip("-") == name:
            direction = "descending" if sort.startswith("-") else "ascending"
            turned = name if sort.startswith("-") else f"-{name}"
        address = f"{url}?{urlencode([*query_rest, ('sort', turned)])}"
        columns[name] = SortColumn(address, direction)
    return columns


def _collection_summary(total: int, sort: str) -> str:
    count = ngettext("{count} collection", "{count} collections", total)
    order = {
        "name": _("by name"),
        "-name": _("by name, Z to A"),
        "changed": _("changed longest ago first"),
        "-changed": _("last changed first"),
        "versions": _("fewest versions first"),
        "-versions": _("most versions first"),
    }[sort]
    return f"{count} · {order}"
