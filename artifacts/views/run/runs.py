"""A run: its config, metrics, alerts, inputs, outputs, files and console."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.formats.markdown import render_markdown
from artifacts.models import Membership, Run, RunInput
from artifacts.services.paths.pointers import Deletion, read_versions
from artifacts.views.breadcrumbs import run_crumbs
from artifacts.views.json_tree.json_tree import (
    Tree,
    config_of,
    run_trees,
    send_json,
    without_internals,
)
from artifacts.views.menus import run_menu
from artifacts.views.paths import in_run
from artifacts.views.run.console import console_page
from artifacts.views.run.history import HistorySection, history_section
from artifacts.views.run.media import MediaSection, media_section
from artifacts.views.usage.memberships import Place, place_of, with_collections
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.login_or_key import KeyedRequest, by_login_or_key
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem
from registry_site.pages import HtmxRequest, Table, list_page, render_page
from registry_site.queries.keyset import page_by_key

# seconds after which the page of a run that goes on asks again; long histories take long to read
REFRESH, REFRESH_LONG, MANY_LINES = 10, 60, 20_000
MOST_ALERTS = 3  # on one page
MOST_ARTIFACTS = 8  # inputs, and outputs, on one page
MOST_FILES = 20  # on one page
MOST_OF_TREE = 12_000  # bytes of config, and of the summary
_FILE_COLUMNS = {
    "file": lambda file: file.name,
    "size": lambda file: file.blob.size,
    "md5": lambda file: file.blob.md5,
    "sha256": lambda file: file.blob.sha256,
    "updated_at": lambda file: file.updated_at,
}


@dataclass(frozen=True)
class RunArtifact:
    """A version that a run used or made, or its deletion, with the place where it was reached."""

    row: Membership | None
    deletion: Deletion | None
    place: Place | None  # where it was reached; None for what the run made


@dataclass(frozen=True)
class RunArtifacts:
    """A page of the versions that a run used or made, as far as the person may see them."""

    page: Table
    rows: list[RunArtifact]
    are_inputs: bool
    hidden: int  # how many the person may not see


@dataclass(frozen=True)
class RunPage:
    """What run_detail.html shows of a run."""

    notes: str  # as HTML
    config: Tree | None
    summary: Tree | None
    config_media: MediaSection | None
    summary_media: MediaSection | None
    alerts: Table
    history: HistorySection
    inputs: RunArtifacts
    outputs: RunArtifacts
    files: Table
    console: Table
    refresh_seconds: int
    can_download: bool
    menu: list[MenuItem]


@require_safe
@in_run
def run_detail(request: HtmxRequest, run: Run) -> HttpResponse:
    context = {"run": run, "page": _page(request, run), "breadcrumb": run_crumbs(run)}
    target = request.htmx.target
    fragment = target if target in {"run", "history", "files", "console"} else None
    return render_page(request, "artifacts/run/run_detail.html", context, fragment=fragment)


def _page(request: HtmxRequest, run: Run) -> RunPage:
    url, query = run.get_absolute_url(), request.GET
    trees = run_trees(run, url, query, room=MOST_OF_TREE)
    return RunPage(
        notes=render_markdown(run.notes),
        config=trees["config"],
        summary=trees["summary"],
        config_media=_media(request, run, "config", config_of(run.config)),
        summary_media=_media(request, run, "summary", without_internals(run.summary)),
        alerts=_newest(request, run.alerts.all(), "alerts_", MOST_ALERTS),
        history=history_section(run, url, query),
        inputs=_artifacts(request, with_collections(run.inputs.all()), "inputs_"),
        outputs=_artifacts(request, run.outputs.all(), "outputs_"),
        files=_files(request, run),
        console=console_page(request, run),
        refresh_seconds=REFRESH if run.history_lines < MANY_LINES else REFRESH_LONG,
        can_download=can(request.user, Action.DOWNLOAD, run.project),
        menu=run_menu(request.user, run),
    )


def _media(request: HtmxRequest, run: Run, name: str, value: dict[str, Any]) -> MediaSection | None:
    return media_section(request.user, run, name, value, request.GET)


def _newest(request: HtmxRequest, rows: QuerySet[Any], prefix: str, size: int) -> Table:
    """Return the newest rows of one kind, with the way to the older ones."""
    # no files: the API has them all, and a page of a run shows the newest
    page = page_by_key(rows, order=("-pk",), request_get=request.GET, size=size, prefix=prefix)
    url = escape_uri_path(request.path)
    return Table(
        rows=page.rows,
        total=len(page.rows),
        summary=_("newest first"),
        previous_url=page.previous_query and url + page.previous_query,
        next_url=page.next_query and url + page.next_query,
    )


def _artifacts(request: HtmxRequest, uses: QuerySet[Any], prefix: str) -> RunArtifacts:
    committed = uses.filter(version__version_index__isnull=False)
    page = _newest(request, committed, prefix, MOST_ARTIFACTS)
    inputs = [use for use in page.rows if isinstance(use, RunInput)]
    places = {use.version_id: place_of(request.user, use) for use in inputs}
    pointers = read_versions(request.user, [use.version_id for use in page.rows])
    return RunArtifacts(
        page=page,
        rows=[
            RunArtifact(each.row, each.deletion, places.get(pk))
            for pk, each in pointers.items()
            if not each.is_hidden
        ],
        are_inputs=bool(inputs),
        hidden=sum(each.is_hidden for each in pointers.values()),
    )


@by_login_or_key
@in_run
def run_config(request: KeyedRequest, run: Run) -> HttpResponse:
    return send_json(run.config, f"{run.name}-config.json")


@by_login_or_key
@in_run
def run_summary(request: KeyedRequest, run: Run) -> HttpResponse:
    return send_json(run.summary, f"{run.name}-summary.json")


@exported
@in_run
def run_files_export(request: HtmxRequest, run: Run) -> Listing:
    return _files_listing(run)


def _files_listing(run: Run) -> Listing:
    return Listing(
        url=f"{run.get_absolute_url()}/-/files",
        rows=run.files.filter(blob__isnull=False).select_related("blob"),
        order=("name",),
        columns=_FILE_COLUMNS,
        has_pages=False,
    )


def _files(request: HtmxRequest, run: Run) -> Table:
    return list_page(
        request,
        _files_listing(run),
        summary=lambda n: ngettext("{count} file · by name", "{count} files · by name", n),
        size=MOST_FILES,
        prefix="files_",
    )
