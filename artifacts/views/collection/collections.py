"""A collection of a project in the artifact browser, with its versions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Collection, Membership
from artifacts.reads.table_text import memberships_showing
from artifacts.services.paths.departures import departures_of
from artifacts.services.paths.placeholders import hidden_path
from artifacts.services.usage.consumers import drift_of
from artifacts.views.aliases.release_strip import strip_panel
from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.collection.browser import browser_of, render_browser
from artifacts.views.collection.metrics import metric_columns, metrics_panel
from artifacts.views.collection.ticked_versions import ticks_of
from artifacts.views.menus import collection_menu, versions_url
from artifacts.views.paths import in_collection
from artifacts.views.retention.holds import holds_on
from artifacts.views.retention.rules import retention_context
from artifacts.views.saved_views import views_menu
from artifacts.views.texts import is_long
from artifacts.views.usage.code import first_version_code
from artifacts.views.usage.names import aliases_of
from artifacts.views.usage.usage import drift_panel
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, Table, list_page

VERSION_COLUMNS = {
    "version": lambda membership: membership.number,
    "full_name": lambda membership: membership.full_name,
    "aliases": lambda membership: aliases_of(membership, is_latest=membership.is_latest),
    "tags": lambda membership: sorted(tag.name for tag in membership.version.tags.all()),
    "source": lambda membership: _source_name(membership),
    "run": lambda membership: membership.visible_run and membership.visible_run.path,
    "logged_by": lambda membership: (
        membership.version.created_by and membership.version.created_by.username
    ),
    "created_at": lambda membership: membership.version.created_at,
    "added_by": lambda membership: membership.created_by and membership.created_by.username,
    "added_at": lambda membership: membership.created_at,
    "size": lambda membership: membership.version.size,
    "files": lambda membership: membership.version.file_count,
    "digest": lambda membership: membership.version.digest,
    "description": lambda membership: membership.version.description,
}
VERSION_OBJECTS = {"metadata": lambda membership: membership.version.metadata}


@require_safe
@in_collection
def collection_detail(request: HtmxRequest, collection: Collection) -> HttpResponse:
    if collection.project.is_registry:
        return redirect(collection)
    context = {
        "collection": collection,
        "browser": browser_of(request, collection.project, collection),
        "breadcrumb": collection_crumbs(collection),
        **_about(request.user, collection),
        **_version_table(request, collection),
    }
    return render_browser(
        request, "artifacts/collection/collection_detail.html", context, fragment="versions"
    )


def _about(user: User, collection: Collection) -> dict[str, Any]:
    """Return what stands above the table of versions: what the collection is, and who uses it."""
    holds, text = holds_on(user, collection), collection.description or ""
    return {
        "holds": holds,
        "menu": collection_menu(user, collection, holds.item),
        "description": render_markdown(text),
        "is_description_long": is_long(text),
        "collection_tags": list(collection.tags.order_by("name")),
        "first_code": first_version_code(collection),
        "departures": departures_of(by=user, collection=collection),
        "drift": drift_panel(drift_of(collection)),
        "strip": strip_panel(user, collection),
        **retention_context(user, collection),
    }


def _version_table(request: HtmxRequest, collection: Collection) -> dict[str, Any]:
    """Return the page of versions that the address asks for, and what one can do with it."""
    user, query, url = request.user, request.GET, collection.get_absolute_url()
    versions = versions_of(request, collection, query.get("v", "").strip())
    can_edit = can(user, Action.EDIT, collection.project)
    return {
        "versions": versions,
        "metrics": metrics_panel(user, collection, versions.rows, url=url, query=query),
        "ticks": ticks_of(query, collection, versions.rows),
        "query": query.get("v", "").strip(),
        "delete_url": versions_url(collection) if can_edit else "",
        "views": views_menu(user, query, collection.project, "versions", collection),
    }


@exported
@in_collection
def versions_export(request: HtmxRequest, collection: Collection) -> Listing:
    return versions_listing(
        request.user,
        collection,
        request.GET.get("v", "").strip(),
        metrics=metric_columns(request.user, collection, request.GET),
    )


def versions_of(
    request: HtmxRequest, collection: Collection, text: str, *, url: str = "", query: Any = None
) -> Table:
    """Return a page of `versions_listing`.

    `url` and `query` are another page's, as `table_of` takes them.
    """
    return list_page(
        request,
        versions_listing(request.user, collection, text),
        summary=lambda n: ngettext(
            "{count} version · newest first", "{count} versions · newest first", n
        ),
        url=url,
        query=query,
    )


def versions_listing(
    user: User, collection: Collection, text: str, *, metrics: Columns | None = None
) -> Listing:
    """Return memberships that fit the text, each with what the person may see of it.

    `metrics` are further columns of a file.
    """
    memberships = Membership.objects.live().filter(collection=collection)
    newest = memberships.newest_first().values_list("pk", flat=True).first()
    if text:
        memberships = memberships.filter(
            memberships_showing(text, by=user, collection=collection, newest=newest)
        )

    def complete(memberships: list[Any]) -> None:
        for membership in memberships:
            run = membership.version.run
            membership.collection = collection  # one project, whose rules are read once
            membership.is_latest = membership.pk == newest
            membership.source = _source_of(user, membership)
            membership.visible_run = run if run and can(user, Action.READ, run.project) else None

    return Listing(
        url=f"{collection.get_absolute_url()}/-/versions",
        rows=memberships.for_row(),
        order=("-index",),
        columns={**VERSION_COLUMNS, **(metrics or {})},
        complete=complete,
        objects=VERSION_OBJECTS,
    )


def _source_name(membership: Any) -> str:
    """Return the source's full name, or its stand-in, by which scripts join rows."""
    if membership.source:
        return str(membership.source.full_name)
    return f"{hidden_path(membership.version.sequence)}:v{membership.version.version_index}"


def _source_of(user: User, membership: Membership) -> Membership | None:
    """Return the version's membership where it was logged, None where the person may not see it."""
    version = membership.version
    if not can(user, Action.READ, version.sequence.project):
        return None
    # a sequence numbers its memberships as its versions, so no row is read
    return Membership(
        collection=version.sequence, version=version, index=version.version_index or 0
    )
