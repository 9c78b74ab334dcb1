"""A collection of a project in the artifact browser, with its versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Collection
from artifacts.reads.pages.collection_header import read_collection_facts
from artifacts.reads.pages.governed_aliases import read_governed_aliases
from artifacts.services.paths.departures import Departures, departures_of
from artifacts.services.usage.consumers import drift_of
from artifacts.views.aliases.release_strip import StripPanel, strip_panel
from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.collection.browser import browser_of, render_browser
from artifacts.views.collection.metrics import metric_columns
from artifacts.views.collection.version_rows import VersionRow, versions_file
from artifacts.views.collection.version_table import VersionTable, versions_of
from artifacts.views.menus import collection_menu, versions_url
from artifacts.views.paths import in_collection
from artifacts.views.retention.holds import ShownHold, holds_on
from artifacts.views.retention.rules import Retention, retention_on
from artifacts.views.saved_views import SavedViewsMenu, views_menu
from artifacts.views.texts import is_long
from artifacts.views.usage.code import first_version_code
from artifacts.views.usage.usage import DriftPanel, drift_panel
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class CollectionPage:
    """What stands above the table of versions: what the collection is, and who uses it."""

    tags: Sequence[str]
    menu: Sequence[MenuItem]
    holds: Sequence[ShownHold]
    retention: Retention | None  # None for a portfolio
    strip: StripPanel | None
    description: SafeString
    is_description_long: bool
    drift: DriftPanel | None
    departures: Departures
    first_code: str  # that logs or links the first version


@dataclass(frozen=True)
class CollectionVersions(VersionTable):
    """The table of versions, and what one can do with it."""

    text: str  # that filters it
    delete_url: str  # "" for those who may not delete versions
    views: SavedViewsMenu

    @property
    def newest(self) -> Sequence[VersionRow]:
        """The collection's newest versions, [] where the table has others."""
        return [] if self.text or self.page.previous_url else self.page.rows


@require_safe
@in_collection
def collection_detail(request: HtmxRequest, collection: Collection) -> HttpResponse:
    if collection.project.is_registry:
        return redirect(collection)
    page = _collection_page(request.user, collection)
    table = _version_table(request, collection)
    context = {
        "collection": collection,
        "browser": browser_of(request, collection.project, collection, versions=table.newest),
        "breadcrumb": collection_crumbs(collection),
        "page": page,
        "table": table,
    }
    return render_browser(
        request, "artifacts/collection/collection_detail.html", context, fragment="versions"
    )


def _collection_page(user: User, collection: Collection) -> CollectionPage:
    facts = read_collection_facts(collection)
    holds, text = holds_on(user, collection), collection.description or ""
    aliases = read_governed_aliases(collection)
    return CollectionPage(
        tags=facts.tags,
        menu=collection_menu(user, collection, holds.item),
        holds=holds.rows,
        retention=retention_on(user, collection),
        strip=strip_panel(user, collection, aliases),
        description=render_markdown(text),
        is_description_long=is_long(text),
        drift=drift_panel(drift_of(collection, aliases)),
        departures=departures_of(by=user, collection=collection, deleted_count=facts.deleted_count),
        first_code=first_version_code(collection),
    )


def _version_table(request: HtmxRequest, collection: Collection) -> CollectionVersions:
    """Return the page of versions that the address asks for."""
    user, query = request.user, request.GET
    text = query.get("v", "").strip()
    table = versions_of(request, collection, text)
    can_edit = can(user, Action.EDIT, collection.project)
    return CollectionVersions(
        page=table.page,
        metrics=table.metrics,
        ticks=table.ticks,
        text=text,
        delete_url=versions_url(collection) if can_edit else "",
        views=views_menu(user, query, collection.project, "versions", collection),
    )


@exported
@in_collection
def versions_export(request: HtmxRequest, collection: Collection) -> Listing:
    return versions_file(
        request.user,
        collection,
        request.GET.get("v", "").strip(),
        metrics=metric_columns(request.user, collection, request.GET),
    )
