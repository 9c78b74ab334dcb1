"""Paging by key: a page begins after a row, not after a count, so the last costs as the first."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

PAGE_SIZE = 50


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows and the query strings of its neighbours ("" where there is none)."""

    rows: list[Any]
    previous_query: str
    next_query: str


def page_by_key(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    request_get: Any,
    size: int = PAGE_SIZE,
    prefix: str = "",
) -> KeysetPage:
    """Return the page that `after` or `before` of the query string asks for.

    `order` names the fields of a unique key, all ascending or all descending. The other
    parameters of the query string stay in the neighbours' addresses.
    """
    after, before = request_get.get(f"{prefix}after", ""), request_get.get(f"{prefix}before", "")
    rows, more = slice_by_key(
        queryset, order=order, size=size, cursor=before or after, backwards=bool(before)
    )
    has_previous = bool(after) or (bool(before) and more)
    has_next = bool(before) or more
    kept = [
        (key, value)
        for key, values in request_get.lists()
        if key not in {f"{prefix}after", f"{prefix}before"}
        for value in values
    ]

    def query(name: str, row: Any) -> str:
        return "?" + urlencode([*kept, (f"{prefix}{name}", cursor_of(row, order))])

    return KeysetPage(
        rows=rows,
        previous_query=query("before", rows[0]) if rows and has_previous else "",
        next_query=query("after", rows[-1]) if rows and has_next else "",
    )


def slice_by_key(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    size: int,
    cursor: str = "",
    backwards: bool = False,
) -> tuple[list[Any], bool]:
    """Return up to `size` rows after the cursor (before it, if backwards) and whether more follow.

    Raises Invalid for a cursor that this server did not make.
    """
    names = [name.lstrip("-") for name in order]
    descending = order[0].startswith("-") != backwards
    rows = queryset.order_by(*(f"-{name}" if descending else name for name in names))
    found = _after(rows, names, cursor, descending, size + 1) if cursor else list(rows[: size + 1])
    page = found[:size]
    return (page[::-1] if backwards else page), len(found) > size


def cursor_of(row: Any, order: Sequence[str]) -> str:
    """Return the row's place in this order as opaque text."""
    values = []
    for name in order:
        value = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append({"at": value.isoformat()} if isinstance(value, datetime) else value)
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(
    rows: QuerySet, names: list[str], cursor: str, descending: bool, count: int
) -> list[Any]:
    """The first rows beyond the cursor, whose values anybody may have written."""
    try:
        beyond = _beyond(names, _read_cursor(cursor, len(names)), descending)
        return list(rows.filter(beyond)[:count])
    except (ValueError, KeyError, TypeError, OverflowError, ValidationError) as error:
        raise Invalid(_("This is no page of the list; begin again at its first page.")) from error


def _beyond(names: list[str], values: list[Any], descending: bool) -> Q:
    sign = "lt" if descending else "gt"
    condition, same = Q(), Q()
    for name, value in zip(names, values, strict=True):
        condition |= same & Q(**{f"{name}__{sign}": value})
        same &= Q(**{name: value})
    # the plain bound on the first field is what an index can start from
    return Q(**{f"{names[0]}__{sign}e": values[0]}) & condition


def _read_cursor(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except RecursionError as error:
        raise ValueError(cursor) from error
    if not isinstance(values, list) or len(values) != length:
        raise ValueError(cursor)
    values = [
        datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
        for value in values
    ]
    if any(
        not isinstance(value, int | str | datetime)
        or (isinstance(value, int) and abs(value) >= 2**63)
        or (isinstance(value, str) and "\x00" in value)
        for value in values
    ):
        raise ValueError(cursor)
    return values
