"""A project's overview: its runs and its collections."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership, Project, Run
from artifacts.querysets.collections import LATEST, aliases_with_events
from artifacts.querysets.runs import RunQuerySet
from artifacts.reads.table_text import runs_showing
from artifacts.views.lookup import project_at
from artifacts.views.project.saved_views import views_menu
from artifacts.views.run.columns import RUN_COLUMNS, RUN_OBJECTS, flat_columns, flatten
from artifacts.views.usage.code import log_code
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, files_of, list_page, render_page

COLLECTIONS_SHOWN = 10
_COLLECTION_COLUMNS = {
    "collection": lambda row: row.name,
    "full_name": lambda row: row.target_path,
    "type": lambda row: row.artifact_type.name,
    "kind": lambda row: row.kind,
    "versions": lambda row: row.version_count,
    "newest": lambda row: row.newest and row.newest.number,
    "newest_aliases": lambda row: row.newest and aliases_of(row.newest, is_latest=True),
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
}


@require_safe
def project_detail(request: HtmxRequest, entity: str, project: str) -> HttpResponse:
    found = project_at(request.user, entity, project)
    if found.is_registry:
        return redirect(found)
    context = {
        "project": found,
        "runs": _runs(request, found),
        "states": Run.State.choices,
        "query": request.GET.get("q", ""),
        "state": request.GET.get("state", ""),
        "views": views_menu(request.user, request.GET, found, "runs"),
        "collections": _collections(found),
        "can_log": can(request.user, Action.EDIT, found),
        "ticked": set(request.GET.getlist("run")),
        "log_code": log_code(found.entity.name, found.name),
        "breadcrumb": [
            {"label": found.entity.name, "url": found.entity.get_absolute_url()},
            {"label": found.name},
        ],
    }
    return render_page(request, "artifacts/project/project_detail.html", context, fragment="runs")


@exported
def runs_export(request: HtmxRequest, entity: str, project: str) -> Listing:
    listing = runs_listing(project_at(request.user, entity, project), request.GET)
    return replace(
        listing,
        rows=listing.rows.defer(None),  # with what no page of the list shows
        complete=flatten,
        cells=lambda: flat_columns(listing),
        chunk=100,
    )


@exported
def collections_export(request: HtmxRequest, entity: str, project: str) -> Listing:
    return collections_listing(project_at(request.user, entity, project))


def runs_listing(project: Project, query: QueryDict) -> Listing:
    """The project's runs that fit the query."""
    runs = runs_fitting(Run.objects.filter(project=project), query)
    return Listing(
        url=f"{project.get_absolute_url()}/-/runs",
        rows=runs.listed().select_related("user__entity", "project__entity"),
        order=("-created_at", "-pk"),
        columns=RUN_COLUMNS,
        objects=RUN_OBJECTS,
    )


def _runs(request: HtmxRequest, project: Project) -> Table:
    return list_page(
        request,
        runs_listing(project, request.GET),
        summary=lambda n: ngettext("{count} run · newest first", "{count} runs · newest first", n),
    )


def runs_fitting(runs: RunQuerySet, wanted: Any) -> RunQuerySet:
    """Runs whose row has the text of `q` in it, in the state of `state`."""
    if text := wanted.get("q", "").strip():
        runs = runs.filter(runs_showing(text))
    if wanted.get("state") in Run.State.values:
        runs = runs.with_state_now().filter(state_now=wanted["state"])
    return runs


def collections_listing(project: Project, type_name: str = "", url: str = "") -> Listing:
    """The project's collections, of one type or of all, with their newest versions.

    `url` is the page of a list that is not the project's own.
    """
    listed = Collection.objects.filter(project=project).listed()
    if type_name:
        listed = listed.filter(artifact_type__name=type_name)
    return Listing(
        url=f"{url or project.get_absolute_url()}/-/collections",
        rows=listed.with_newest().for_path(),
        order=("-updated_at", "-pk"),
        columns=_COLLECTION_COLUMNS,
        complete=with_newest_versions,
    )


def _collections(project: Project) -> dict[str, Any]:
    """The collections changed last, each with its newest version; the browser has the others."""
    listing = collections_listing(project)
    newest = listing.rows.order_by("-updated_at", "-pk")[:COLLECTIONS_SHOWN]
    total = listing.rows.count()
    text = ngettext(
        "{count} collection · last changed first", "{count} collections · last changed first", total
    )
    return {
        "rows": with_newest_versions(list(newest)),
        "files": files_of(listing.url, QueryDict()),
        "total": total,
        "summary": text.format(count=f"{total:,}"),
        "is_cut": total > COLLECTIONS_SHOWN,
    }


def with_newest_versions(collections: list[Any]) -> list[Any]:
    """Set `newest` of each collection annotated with `newest_id`, for all in two queries."""
    ids = [collection.newest_id for collection in collections if collection.newest_id]
    found = Membership.objects.for_path().prefetch_related(aliases_with_events()).in_bulk(ids)
    for collection in collections:
        collection.newest = found.get(collection.newest_id)
    return collections


def aliases_of(membership: Membership, *, is_latest: bool) -> list[str]:
    """The membership's aliases by name, as all pages show them: `latest` in front."""
    names = sorted(alias.name for alias in membership.aliases.all())
    return [LATEST, *names] if is_latest else names
