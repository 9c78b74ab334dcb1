"""A project's overview: its runs and its collections."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Project, Run
from artifacts.views.breadcrumbs import project_crumbs
from artifacts.views.collection.listing import (
    CollectionRow,
    collections_listing,
    with_newest_versions,
)
from artifacts.views.paths import in_project
from artifacts.views.run.listing import runs_file, runs_listing
from artifacts.views.saved_views import SavedViewsMenu, views_menu
from artifacts.views.usage.code import log_code
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, files_of, list_page, render_page

COLLECTIONS_SHOWN = 10


@dataclass(frozen=True)
class LastCollections:
    """The collections of a project that changed last, with their newest versions."""

    rows: list[CollectionRow]
    files: list[dict[str, str]]  # the whole list as CSV and JSON
    summary: str
    is_cut: bool


@dataclass(frozen=True)
class ProjectPage:
    """What artifacts/project/project_detail.html shows."""

    project: Project
    runs: Table
    states: list[tuple[str, Any]]  # that runs can have, to filter by
    query: str  # that filters the runs
    state: str
    ticked: set[str]  # runs, by their names
    views: SavedViewsMenu
    collections: LastCollections
    can_log: bool
    log_code: str  # that logs a first run


@require_safe
@in_project
def project_detail(request: HtmxRequest, project: Project) -> HttpResponse:
    if project.is_registry:
        return redirect(project)
    page = ProjectPage(
        project=project,
        runs=_runs(request, project),
        states=Run.State.choices,
        query=request.GET.get("q", ""),
        state=request.GET.get("state", ""),
        ticked=set(request.GET.getlist("run")),
        views=views_menu(request.user, request.GET, project, "runs"),
        collections=_collections(project),
        can_log=can(request.user, Action.EDIT, project),
        log_code=log_code(project.entity.name, project.name),
    )
    context = {"page": page, "breadcrumb": project_crumbs(project)}
    return render_page(request, "artifacts/project/project_detail.html", context, fragment="runs")


@exported
@in_project
def runs_export(request: HtmxRequest, project: Project) -> Listing:
    return runs_file(project, request.GET)


@exported
@in_project
def collections_export(request: HtmxRequest, project: Project) -> Listing:
    return collections_listing(project)


def _runs(request: HtmxRequest, project: Project) -> Table:
    return list_page(
        request,
        runs_listing(project, request.GET),
        summary=lambda n: ngettext("{count} run · newest first", "{count} runs · newest first", n),
    )


def _collections(project: Project) -> LastCollections:
    """Return the collections changed last with their newest versions; the browser has all."""
    listing = collections_listing(project)
    newest = listing.rows.order_by("-updated_at", "-pk")[:COLLECTIONS_SHOWN]
    total = listing.rows.count()
    text = ngettext(
        "{count} collection · last changed first", "{count} collections · last changed first", total
    )
    return LastCollections(
        rows=with_newest_versions(list(newest)),
        files=files_of(listing.url, QueryDict()),
        summary=text.format(count=f"{total:,}"),
        is_cut=total > COLLECTIONS_SHOWN,
    )
