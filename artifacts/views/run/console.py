"""What a run printed, a page of lines at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import ngettext

from artifacts.formats.console import ConsoleLine, read_console_line
from artifacts.models import Run, RunLine
from artifacts.views.paths import in_run
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, list_page
from registry_site.texts.terminal import terminal_html

CONSOLE_LINES = 150  # on one page
MOST_OF_LINE = 4_000  # characters of one of them
_SPAN = re.compile(r"</?span[^>]*>")
MOST_SIGNS = 12_000  # characters of all of them
_CONSOLE_COLUMNS = {
    "line": lambda line: line.line,
    "at": lambda line: line.read.at,
    "level": lambda line: line.read.level,
    "label": lambda line: line.read.label,
    "content": lambda line: line.read.content,
}


@exported
@in_run
def console_export(request: HtmxRequest, run: Run) -> Listing:
    listing = _console_listing(run)
    return replace(listing, order=("line",))  # as it was printed


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


@dataclass(frozen=True)
class LineRow:
    """A line of a console: its number, and what was read from it."""

    line: int
    read: ConsoleLine


def _read_console_lines(lines: list[RunLine]) -> list[LineRow]:
    return [LineRow(line.line, read_console_line(line.text)) for line in lines]


def console_page(request: HtmxRequest, run: Run) -> Table:
    """Return a page of lines, the last lines first; within a page they go from top to bottom."""
    table = list_page(
        request,
        _console_listing(run),
        summary=lambda n: ngettext(
            "{count} line · last page first", "{count} lines · last page first", n
        ),
        size=CONSOLE_LINES,
        prefix="console_",
    )
    return replace(table, rows=_lines_as_html(list(reversed(table.rows))))


def _lines_as_html(lines: Sequence[LineRow]) -> list[dict[str, Any]]:
    """Return the lines as HTML; the longest are cut where all together are too long."""
    texts = [line.read.content.rstrip("\r\n").rpartition("\r")[2] for line in lines]
    most = min(MOST_OF_LINE, longest_that_fits([len(text) for text in texts], MOST_SIGNS))
    return [
        {
            "text": _html(text[:most]),
            "at": line.read.at,
            "is_error": line.read.is_error,
            "is_cut": len(text) > most,
        }
        for line, text in zip(lines, texts, strict=True)
    ]


def longest_that_fits(lengths: Sequence[int], room: int) -> int:
    """Return the length to which the longest must be cut, so that all of them fit the room."""
    left, most = room, max(lengths, default=0)
    for place, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - place)
        if length > share:
            return share
        left -= length
    return most


def _html(text: str) -> str:
    """Return a line as a terminal shows it, without colours where they would fill the page."""
    html = terminal_html(text)
    return html if len(html) <= 2 * len(text) + 60 else mark_safe(_SPAN.sub("", html))
