"""The parts of a preview: facts, one page of each table, text, data, media."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from artifacts.previews.numbers import Number, number_columns, shortened_number
from artifacts.previews.reading import shortened

PAGE_ROWS = 100  # of one table at once
MOST_COLUMNS = 100
MOST_PAGE = 60_000  # bytes of one page of a table; at least one row is shown
FEW_COLUMNS, SHORT_CELL = 25, 60  # with more columns than these, values have fewer characters
_CELL = 25  # bytes of HTML around one value
MOST_CELL = 200  # characters of one value in a table
LAST_ROW = 1_000_000  # where paging ends

Pages = Mapping[str, str]  # the first row of the page, by the name of the table


@dataclass(frozen=True)
class FileLink:
    """A value that names another file of the version, or a folder."""

    text: str
    path: str
    is_folder: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A page of rows of plain text; `name` tells the tables of a file apart in addresses."""

    name: str
    title: str
    columns: Sequence[str]
    rows: list[list[Any]]
    start: int  # the number of the first row, from 0 on
    has_more: bool
    total: int | None = None  # where it is known
    numbers: frozenset[int] = frozenset()  # columns whose values are numbers

    @property
    def end(self) -> int:
        return self.start + len(self.rows)


@dataclass(frozen=True)
class NotebookCell:
    """A cell of a notebook, or one of its outputs; `label` is the number of its run."""

    kind: str  # markdown, code, text, output or error
    text: str
    language: str = ""
    label: str = ""


@dataclass
class Preview:
    """What a page shows of a file. `notes` say what was left out, and why."""

    facts: list[tuple[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    cells: list[NotebookCell] = field(default_factory=list)
    text: str = ""
    language: str = ""  # of `text`, as pygments calls it
    markdown: str = ""
    data: Any = None  # JSON
    media: str = ""  # image, audio or video: shown from the address of the bytes
    media_path: str = ""  # of the other file of the version whose media is shown


def table_of_rows(
    pages: Pages,
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    total: int | None = None,
    numbers: Iterable[int] = (),
) -> Table:
    """Return the requested page of rows; rows before it are skipped.

    `numbers` are columns known to be numeric; others are recognized by the values on the page.
    """
    start = first_row(pages, name)
    if isinstance(rows, Sequence):
        total = len(rows)
    read = [list(row[:MOST_COLUMNS]) for row in islice(rows, start, start + PAGE_ROWS + 1)]
    numbers = {*numbers, *number_columns(read, MOST_COLUMNS)}
    window: list[list[Any]] = []
    left, limit = MOST_PAGE, MOST_CELL if len(columns) <= FEW_COLUMNS else SHORT_CELL
    for row in read:
        window.append([_cell(each, at in numbers, limit) for at, each in enumerate(row)])
        left -= sum(map(_size, window[-1]))
        if left < 0 and len(window) > 1:
            break
    room = min(PAGE_ROWS, len(window) - 1 if left < 0 and len(window) > 1 else len(window))
    return Table(
        name=name,
        title=title,
        columns=[short_text(column, limit) for column in columns[:MOST_COLUMNS]],
        rows=window[:room],
        start=start,
        has_more=len(window) > room,
        total=total,
        numbers=frozenset(numbers),
    )


def _cell(value: Any, is_number: bool, limit: int) -> Any:
    if isinstance(value, FileLink):
        return value
    if is_number and (not isinstance(value, str) or len(value) < limit) and value is not None:
        return shortened_number(value)
    return short_text(value, limit)


def _size(cell: Any) -> int:
    """Return about how many bytes of HTML a cell takes."""
    texts = [cell.text, cell.whole] if isinstance(cell, Number) else [str(cell)]
    return _CELL + sum(len(escape(text).encode(errors="replace")) for text in texts)


def rows_from(start: int, rows: Iterable[Any]) -> Iterator[Any]:
    """Yield these rows behind `start` empty ones, which count in place of rows that are gone."""
    yield from ([] for _before in range(start))
    yield from rows


def first_row(pages: Pages, name: str) -> int:
    """Return the row at which the page of this table begins; 0 for what is no number."""
    text = pages.get(name, "")
    return min(int(text), LAST_ROW) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def short_text(value: Any, limit: int = MOST_CELL) -> str:
    """Return a value as short text on one page."""
    text = value if isinstance(value, str) else _text_of(value)
    return shortened(text, limit)


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[: 2 * MOST_CELL]
    return f"{value:,}" if isinstance(value, int) else str(value)


def shape_text(shape: Sequence[Any]) -> str:
    """Return a shape as people write it: 3 × 224 × 224."""
    return " × ".join(str(each) for each in shape) if shape else _("scalar")
