"""The table of a collection's versions, as its query string asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from artifacts.models import Collection
from artifacts.views.collection.metrics import MetricsPanel
from artifacts.views.collection.ticked_versions import Tick
from artifacts.views.collection.version_rows import VersionRow
from artifacts.views.collection.version_table import versions_of
from artifacts.views.saved_views import SavedViewsMenu, views_menu
from registries.views.collection.menus import unlink_items
from registry_site.accounts.models import User
from registry_site.markup.menus import MenuItem
from registry_site.pages import HtmxRequest, Table


@dataclass(frozen=True)
class RegistryVersions:
    """What `collection_detail.html#versions` shows, besides the collection."""

    rows: Sequence[VersionRow]
    page: Table  # the same rows without their menus
    metrics: MetricsPanel
    ticks: Sequence[Tick]
    text: str  # that filters the table
    views: SavedViewsMenu


def version_table(
    request: HtmxRequest, collection: Collection, query: QueryDict
) -> RegistryVersions:
    """Return the page of versions that the query asks for, and what one can do with it."""
    text = query.get("q", "").strip()
    url = collection.get_absolute_url()
    table = versions_of(request, collection, text, url=url, query=query)
    return RegistryVersions(
        rows=_with_menus(request.user, collection, table.page.rows),
        page=table.page,
        metrics=table.metrics,
        ticks=table.ticks,
        text=text,
        views=views_menu(request.user, query, collection.project, "versions", collection),
    )


def _with_menus(user: User, collection: Collection, rows: Sequence[VersionRow]) -> list[VersionRow]:
    label = _("Copy full name")
    unlinks = unlink_items(user, collection.project, rows)
    return [
        replace(row, menu=[MenuItem(label, icon="copy", copy=row.names.full_name), unlink])
        for row, unlink in zip(rows, unlinks, strict=True)
    ]
