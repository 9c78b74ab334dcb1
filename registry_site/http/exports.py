"""Lists as files: CSV and JSON, written while the rows are read, however many there are.

A failure before the first row gets a page of its own. A later failure ends the connection without
the last chunk of the answer, so that no client takes a part for the whole.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import unquote

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header

from registry_site.queries.keyset import Order, cursor_of, slice_by_key

KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_PIECE = 64 * 1024  # characters per chunk of the answer
_FORMULA = re.compile(r"[=+\-@\t\r\n]")  # the beginning of a text that a spreadsheet computes
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

Columns = Mapping[str, Callable[[Any], Any]]  # functions from a row to a cell, by the column's name


@dataclass(frozen=True)
class Listing:
    """A list of which a page shows a part and a file has everything, in the same order."""

    url: str  # the files' address without the ending: `{page}/-/{list}`
    rows: Any  # a queryset, or an object that reads rows in pieces
    order: Order
    columns: Columns
    # makes the rows of a page or a chunk from what the query read
    complete: Callable[[list[Any]], list[Any]] = list
    # columns only for JSON: objects, which fit no cell
    objects: Columns = field(default_factory=dict)
    # makes columns only for CSV: the parts of these objects that fit cells
    cells: Callable[[], Columns] = dict
    has_pages: bool = True  # adds a column with the address of each row's page
    chunk: int = 250  # rows per query
    count: Callable[[], int] | None = None  # of all rows, where `rows.count()` would take longer
    # the first PAGE_SIZE + 1 rows, where a prepared statement reads them
    first: Callable[[], list[Any]] | None = None


def export_list(
    kind: str, listing: Listing, *, server: str, is_empty: bool
) -> StreamingHttpResponse:
    """Answer with the whole list, read by key in chunks; `is_empty` reads no row (HEAD).

    `server` is the part of an address before the path.
    """
    more = {} if is_empty else listing.objects if kind == "json" else listing.cells()
    columns = {**listing.columns, **more}
    if listing.has_pages:
        columns["url"] = lambda row: f"{server}{row.get_absolute_url()}"
    rows = iter(()) if is_empty else all_rows(listing)
    values = ([read(row) for read in columns.values()] for row in rows)
    name = unquote(listing.url).replace("/-/", "/")
    return export_response(kind, name, list(columns), values)


def all_rows(listing: Listing) -> Iterator[Any]:
    """Yield every row of the list; at most one chunk of rows is in memory at a time."""
    if not isinstance(listing.rows, QuerySet):
        yield from listing.rows
        return
    cursor, more = "", True
    while more:
        chunk, more = slice_by_key(
            listing.rows, order=listing.order, size=listing.chunk, cursor=cursor
        )
        yield from listing.complete(chunk)
        cursor = cursor_of(chunk[-1], listing.order) if more else ""


def export_response(
    kind: str, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any] | Sequence[Any]]
) -> StreamingHttpResponse:
    """Answer with the rows as the file `{name}.{kind}`; `kind` is one of KINDS.

    A row is a mapping from columns to values (what it lacks is null), or the values in the order of
    the columns. Times become ISO 8601 in UTC. In JSON each row is an object, and what is no number
    (NaN, infinity) is null. In CSV a list of texts is one cell, joined by `;`, and other nested
    values are JSON.
    """
    write = {"csv": _csv, "json": _json}[kind]
    pieces = write(columns, (_values(row, columns) for row in rows))
    first = next(pieces)
    # names may have characters that file systems refuse
    name = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "list"
    response = StreamingHttpResponse(chain([first], pieces), content_type=KINDS[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}")
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=0)
    return response


def _values(row: Mapping[str, Any] | Sequence[Any], columns: Sequence[str]) -> Sequence[Any]:
    return [row.get(column) for column in columns] if isinstance(row, Mapping) else row


def _csv(columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    """Yield CSV (RFC 4180) in UTF-8.

    It has no byte order mark: Excel needs one only where a file is opened by a double click (not by
    Data → From Text/CSV), and in every script it would be a part of the first column's name.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(map(_cell, columns))
    for row in rows:
        writer.writerow(map(_cell, row))
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode(errors="replace")  # half a surrogate pair


def _cell(value: Any) -> str:
    """Return the value as text, with an apostrophe in front if a spreadsheet would compute it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        value = ";".join(value)
    if isinstance(value, list | tuple | dict):
        return _json_text(value).decode() if _is_shallow(value) else ""
    text = str(value)
    if isinstance(value, str) and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _json(columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a JSON array of objects, one a line."""
    buffer = bytearray(b"[")
    between = b"\n"
    for row in rows:
        values = (value if _is_shallow(value) else None for value in row)
        buffer += between + _json_text(dict(zip(columns, values, strict=True)))
        between = b",\n"
        if len(buffer) >= _PIECE:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer + b"\n]\n")


def _is_shallow(value: Any) -> bool:
    """Return whether readers of JSON can parse all of it; deeper values are left out."""
    if not isinstance(value, list | tuple | dict):
        return True
    try:
        json.dumps(value, default=_plain)
    except RecursionError:
        return False
    return True


def _json_text(value: Any) -> bytes:
    try:
        return orjson.dumps(value, _plain, orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # too large a number, too deep, half a surrogate pair: all of them valid JSON
        text = json.dumps(value, default=_plain)
        return json.dumps(json.loads(text, parse_constant=lambda _name: None)).encode()


def _plain(value: Any) -> str:
    return _time(value) if isinstance(value, datetime) else str(value)


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
