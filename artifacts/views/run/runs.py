"""A run: what it was told, what it measured, used, made, saved and printed."""

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
from artifacts.views.json_tree.json_tree import config_of, run_trees, send_json, without_internals
from artifacts.views.lookup import run_at
from artifacts.views.menus import run_menu
from artifacts.views.run.console import console_page
from artifacts.views.run.history import history_section
from artifacts.views.run.media import media_section
from artifacts.views.usage.memberships import mark_collections, with_collections
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.login_or_key import KeyedRequest, by_login_or_key
from registry_site.http.exports import Listing
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


@require_safe
def run_detail(request: HtmxRequest, entity: str, project: str, run: str) -> HttpResponse:
    found = run_at(request.user, entity, project, run)
    context = {
        "run": found,
        "project": found.project,
        "path": found.path,
        "notes": render_markdown(found.notes),
        **run_trees(found, found.get_absolute_url(), request.GET, room=MOST_OF_TREE),
        "alerts": _newest(request, found.alerts.all(), "alerts_", MOST_ALERTS),
        "summary_media": media_section(
            request.user, found, "summary", without_internals(found.summary), request.GET
        ),
        "config_media": media_section(
            request.user, found, "config", config_of(found.config), request.GET
        ),
        "history": history_section(found, found.get_absolute_url(), request.GET),
        "inputs": _artifacts(request, with_collections(found.inputs.all()), "inputs_"),
        "outputs": _artifacts(request, found.outputs.all(), "outputs_"),
        "files": _files(request, found),
        "console": console_page(request, found),
        "breadcrumb": [
            {"label": entity, "url": found.project.entity.get_absolute_url()},
            {"label": project, "url": found.project.get_absolute_url()},
            {"label": found.display_name},
        ],
        "refresh_seconds": REFRESH if found.history_lines < MANY_LINES else REFRESH_LONG,
        "can_download": can(request.user, Action.DOWNLOAD, found.project),
        "menu": run_menu(request.user, found),
    }
    target = request.htmx.target
    fragment = target if target in {"run", "history", "files", "console"} else None
    return render_page(request, "artifacts/run/run_detail.html", context, fragment=fragment)


def _newest(request: HtmxRequest, rows: QuerySet[Any], prefix: str, size: int) -> Table:
    """The newest of what a run has, and the way to the older ones."""
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


@dataclass(frozen=True)
class RunArtifact:
    """A version that a run used or made, or its deletion; by which name the run asked for it."""

    row: Membership | None
    deletion: Deletion | None
    use: RunInput | None  # None of what it made


def _artifacts(request: HtmxRequest, uses: QuerySet[Any], prefix: str) -> dict[str, Any]:
    """These versions as the person may see them, and how many of them they may not see."""
    committed = uses.filter(version__version_index__isnull=False)
    page = _newest(request, committed, prefix, MOST_ARTIFACTS)
    inputs = {each.version_id: each for each in page.rows if isinstance(each, RunInput)}
    mark_collections(request.user, list(inputs.values()))
    pointers = read_versions(request.user, [use.version_id for use in page.rows])
    return {
        "page": page,
        "rows": [
            RunArtifact(each.row, each.deletion, inputs.get(pk))
            for pk, each in pointers.items()
            if not each.is_hidden
        ],
        "are_inputs": bool(inputs),
        "hidden": sum(each.is_hidden for each in pointers.values()),
    }


@by_login_or_key
def run_config(request: KeyedRequest, entity: str, project: str, run: str) -> HttpResponse:
    return send_json(run_at(request.user, entity, project, run).config, f"{run}-config.json")


@by_login_or_key
def run_summary(request: KeyedRequest, entity: str, project: str, run: str) -> HttpResponse:
    return send_json(run_at(request.user, entity, project, run).summary, f"{run}-summary.json")


@exported
def run_files_export(request: HtmxRequest, entity: str, project: str, run: str) -> Listing:
    return _files_listing(run_at(request.user, entity, project, run))


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
