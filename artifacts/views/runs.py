"""A run: what it was told, what it measured, used, made, saved and printed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.console import read_console_line
from artifacts.markdown import render_markdown
from artifacts.models import Run, RunInput, RunLine, RunOutput
from artifacts.services.pointers import read_versions
from artifacts.views.json_tree import config_of, run_trees, send_json, without_internals
from artifacts.views.lookup import run_at
from artifacts.views.run_history import history_section
from artifacts.views.run_media import media_section
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.doors import KeyedRequest, by_login_or_key
from registry_site.accounts.views.exports import exported
from registry_site.exports import Listing
from registry_site.pages import HtmxRequest, Table, list_page, render_page
from registry_site.terminal import terminal_html

# seconds after which the page of a run that goes on asks again; long histories take long to read
REFRESH, REFRESH_LONG, MANY_LINES = 10, 60, 20_000
MOST_ALERTS = 100
MOST_ARTIFACTS = 100  # inputs, and outputs, of one run
CONSOLE_LINES = 500
MOST_OF_LINE = 4_000  # characters of one console line
_FILE_COLUMNS = {
    "file": lambda file: file.name,
    "size": lambda file: file.blob.size,
    "md5": lambda file: file.blob.md5,
    "sha256": lambda file: file.blob.sha256,
    "updated_at": lambda file: file.updated_at,
}
_CONSOLE_COLUMNS = {
    "line": lambda line: line.line,
    "at": lambda line: line.read.at,
    "level": lambda line: line.read.level,
    "label": lambda line: line.read.label,
    "content": lambda line: line.read.content,
}


@require_safe
def run_detail(request: HtmxRequest, entity: str, project: str, run: str) -> HttpResponse:
    found = run_at(request.user, entity, project, run)
    context = {
        "run": found,
        "project": found.project,
        "path": found.path,
        "notes": render_markdown(found.notes),
        **run_trees(found, found.get_absolute_url(), request.GET),
        "alerts": found.alerts.order_by("-created_at", "-pk")[:MOST_ALERTS],
        "summary_media": media_section(
            request.user, found, "summary", without_internals(found.summary), request.GET
        ),
        "config_media": media_section(
            request.user, found, "config", config_of(found.config), request.GET
        ),
        "history": history_section(found, found.get_absolute_url(), request.GET),
        "inputs": _artifacts(request.user, RunInput.objects.filter(run=found)),
        "outputs": _artifacts(request.user, RunOutput.objects.filter(run=found)),
        "files": _files(request, found),
        "console": _console(request, found),
        "breadcrumb": [
            {"label": entity, "url": found.project.entity.get_absolute_url()},
            {"label": project, "url": found.project.get_absolute_url()},
            {"label": found.display_name},
        ],
        "refresh_seconds": REFRESH if found.history_lines < MANY_LINES else REFRESH_LONG,
        "can_download": can(request.user, Action.DOWNLOAD, found.project),
    }
    target = request.htmx.target
    fragment = target if target in {"run", "history", "files", "console"} else None
    return render_page(request, "artifacts/run_detail.html", context, fragment=fragment)


def _artifacts(user: Any, uses: QuerySet[Any]) -> dict[str, Any]:
    """These versions as the person may see them, and how many they may not see."""
    committed = uses.filter(version__version_index__isnull=False)
    versions = committed.order_by("-pk").values_list("version_id", flat=True)[:MOST_ARTIFACTS]
    pointers = read_versions(user, versions).values()
    return {
        "rows": [each for each in pointers if not each.is_hidden],
        "hidden": sum(each.is_hidden for each in pointers),
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


@exported
def console_export(request: HtmxRequest, entity: str, project: str, run: str) -> Listing:
    listing = _console_listing(run_at(request.user, entity, project, run))
    return replace(listing, order=("line",))  # as it was printed


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
        prefix="files_",
    )


def _console_listing(run: Run) -> Listing:
    return Listing(
        url=f"{run.get_absolute_url()}/-/console",
        rows=RunLine.objects.of_stream(run, "console"),
        order=("-line",),
        columns=_CONSOLE_COLUMNS,
        chunk=2_000,
        complete=_read_console_lines,
        has_pages=False,
    )


def _read_console_lines(lines: list[Any]) -> None:
    for line in lines:
        line.read = read_console_line(line.text)


def _console(request: HtmxRequest, run: Run) -> Table:
    """The last lines first, as one reads a log that goes on; within the page from top to bottom."""
    table = list_page(
        request,
        _console_listing(run),
        summary=lambda n: ngettext(
            "{count} line · last page first", "{count} lines · last page first", n
        ),
        size=CONSOLE_LINES,
        prefix="console_",
    )
    table.rows[:] = list(_console_texts(reversed(table.rows)))
    return table


def _console_texts(lines: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for line in lines:
        read = line.read
        yield {
            "text": terminal_html(_shortened(read.content).rstrip("\r\n")),
            "at": read.at,
            "is_error": read.is_error,
        }


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_OF_LINE else f"{text[:MOST_OF_LINE]}…"
