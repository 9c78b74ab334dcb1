"""A collection of a project in the artifact browser, with its versions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Collection
from artifacts.reads.pages.collection_header import read_collection_facts, read_governed_aliases
from artifacts.services.paths.departures import departures_of
from artifacts.services.usage.consumers import drift_of
from artifacts.views.aliases.release_strip import strip_panel
from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.collection.browser import browser_of, render_browser
from artifacts.views.collection.metrics import metric_columns
from artifacts.views.collection.version_rows import versions_file
from artifacts.views.collection.version_table import versions_of
from artifacts.views.menus import collection_menu, versions_url
from artifacts.views.paths import in_collection
from artifacts.views.retention.holds import holds_on
from artifacts.views.retention.rules import retention_context
from artifacts.views.saved_views import views_menu
from artifacts.views.texts import is_long
from artifacts.views.usage.code import first_version_code
from artifacts.views.usage.usage import drift_panel
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest


@require_safe
@in_collection
def collection_detail(request: HtmxRequest, collection: Collection) -> HttpResponse:
    if collection.project.is_registry:
        return redirect(collection)
    table = _version_table(request, collection)
    page = table["versions"]
    newest = () if table["query"] or page.previous_url else page.rows
    context = {
        "collection": collection,
        "browser": browser_of(request, collection.project, collection, newest),
        "breadcrumb": collection_crumbs(collection),
        **_about(request.user, collection),
        **table,
    }
    return render_browser(
        request, "artifacts/collection/collection_detail.html", context, fragment="versions"
    )


def _about(user: User, collection: Collection) -> dict[str, Any]:
    """Return what stands above the table of versions: what the collection is, and who uses it."""
    facts = read_collection_facts(collection)
    holds, text = holds_on(user, collection), collection.description or ""
    aliases = read_governed_aliases(collection)
    return {
        "holds": holds,
        "menu": collection_menu(user, collection, holds.item),
        "description": render_markdown(text),
        "is_description_long": is_long(text),
        "collection_tags": facts.tags,
        "first_code": first_version_code(collection),
        "departures": departures_of(
            by=user, collection=collection, deleted_count=facts.deleted_count
        ),
        "drift": drift_panel(drift_of(collection, aliases)),
        "strip": strip_panel(user, collection, aliases),
        **retention_context(user, collection),
    }


def _version_table(request: HtmxRequest, collection: Collection) -> dict[str, Any]:
    """Return the page of versions that the address asks for, and what one can do with it."""
    user, query = request.user, request.GET
    table = versions_of(request, collection, query.get("v", "").strip())
    can_edit = can(user, Action.EDIT, collection.project)
    return {
        "versions": table.page,
        "metrics": table.metrics,
        "ticks": table.ticks,
        "query": query.get("v", "").strip(),
        "delete_url": versions_url(collection) if can_edit else "",
        "views": views_menu(user, query, collection.project, "versions", collection),
    }


@exported
@in_collection
def versions_export(request: HtmxRequest, collection: Collection) -> Listing:
    return versions_file(
        request.user,
        collection,
        request.GET.get("v", "").strip(),
        metrics=metric_columns(request.user, collection, request.GET),
    )
