"""Paging by key: a page starts after a row, not after a count, so every page costs the same."""

import base64
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

PAGE_SIZE = 50


@dataclass(frozen=True)
class Key:
    """A column of an order, or an expression with the name under which rows are annotated.

    Rows without a value stand last in either direction.
    """

    name: str
    descending: bool = False
    nullable: bool = False
    value: Any = None

    def ordering(self, backwards: bool) -> Any:
        descending = self.descending != backwards
        if not self.nullable:
            return f"-{self.name}" if descending else self.name
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.name).desc(**nulls) if descending else F(self.name).asc(**nulls)

    def beyond(self, value: Any, backwards: bool) -> Q | None:
        """Return a condition for rows after this value (or before it), None if none exist."""
        missing = Q(**{f"{self.name}__isnull": True})
        if value is None:
            return ~missing if backwards else None
        sign = "lt" if self.descending != backwards else "gt"
        condition = Q(**{f"{self.name}__{sign}": value})
        return condition | missing if self.nullable and not backwards else condition

    def same(self, value: Any) -> Q:
        if value is None:
            return Q(**{f"{self.name}__isnull": True})
        return Q(**{self.name: value})

    def takes(self, value: Any) -> bool:
        """Return whether a cursor may hold this value."""
        if isinstance(value, str):
            return "\x00" not in value
        if isinstance(value, float):
            return math.isfinite(value)
        if isinstance(value, int):
            return abs(value) < 2**63
        return isinstance(value, datetime) or (value is None and self.nullable)


Order = Sequence[str | Key]
Ready = Callable[[int, Sequence[Any] | None], list[Any] | None]


def _keys(order: Order) -> list[Key]:
    """Return the order's keys; a text is a column's name, with `-` in front if descending."""
    return [
        key if isinstance(key, Key) else Key(key.lstrip("-"), key.startswith("-")) for key in order
    ]


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows and the query strings of its neighbours ("" where there is none)."""

    rows: list[Any]
    previous_query: str
    next_query: str


def page_by_key(
    queryset: QuerySet,
    *,
    order: Order,
    request_get: Any,
    size: int = PAGE_SIZE,
    prefix: str = "",
    first: Callable[[], list[Any]] | None = None,
) -> KeysetPage:
    """Return the page that `after` or `before` of the query string asks for.

    `order` makes a unique key. The other parameters of the query string stay in the neighbours'
    addresses. `first` reads the first `size` + 1 rows in another way.
    """
    after, before = request_get.get(f"{prefix}after", ""), request_get.get(f"{prefix}before", "")
    if first and not (before or after):
        rows = first()
        rows, more = rows[:size], len(rows) > size
    else:
        rows, more = slice_by_key(
            queryset, order=order, size=size, cursor=before or after, backwards=bool(before)
        )
    has_previous = bool(after) or (bool(before) and more)
    has_next = bool(before) or more
    parameters = [
        (key, value)
        for key, values in request_get.lists()
        if key not in {f"{prefix}after", f"{prefix}before"}
        for value in values
    ]

    def query(name: str, row: Any) -> str:
        return "?" + urlencode([*parameters, (f"{prefix}{name}", cursor_of(row, order))])

    return KeysetPage(
        rows=rows,
        previous_query=query("before", rows[0]) if rows and has_previous else "",
        next_query=query("after", rows[-1]) if rows and has_next else "",
    )


def slice_by_key(
    queryset: QuerySet,
    *,
    order: Order,
    size: int,
    cursor: str = "",
    backwards: bool = False,
    detail: QuerySet | None = None,
    ready: Ready | None = None,
) -> tuple[list[Any], bool]:
    """Return up to `size` rows after the cursor (before it, if backwards), and whether more follow.

    `detail` is a queryset of the same rows with everything that is read of them; then only keys are
    sorted first, for a database sorts whole rows with all joins. `ready` is a prepared read of the
    same rows forwards, which gets how many there may be and the cursor's values; where it returns
    None, the queryset is read. Raises Invalid for a cursor that
    this server did not make.
    """
    keys = _keys(order)
    try:
        after = _read_cursor(cursor, keys) if cursor else None
        rows = ready(size + 1, after) if ready else None
        if rows is None:
            rows = _rows(queryset, keys, size + 1, after, backwards, detail)
    except (ValueError, KeyError, TypeError, OverflowError, ValidationError) as error:
        if not cursor:  # its values may be forged
            raise
        raise Invalid(_("This is no page of the list; begin again at its first page.")) from error
    page, more = rows[:size], len(rows) > size
    return (page[::-1] if backwards else page), more and bool(page)


def _rows(
    queryset: QuerySet,
    keys: list[Key],
    count: int,
    after: list[Any] | None,
    backwards: bool,
    detail: QuerySet | None,
) -> list[Any]:
    """Return the first `count` rows beyond the cursor, in one statement."""
    rows = _ordered(queryset, keys, backwards)
    if after is not None:
        rows = rows.filter(_beyond(keys, after, backwards))
    rows = rows[:count]
    if detail is not None:
        rows = _ordered(detail.filter(pk__in=rows.values("pk")), keys, backwards)
    return list(rows)


def _ordered(rows: QuerySet, keys: list[Key], backwards: bool) -> QuerySet:
    made = {key.name: key.value for key in keys if key.value is not None}
    rows = rows.annotate(**made) if made else rows
    return rows.order_by(*(key.ordering(backwards) for key in keys))


def cursor_of(row: Any, order: Order) -> str:
    """Return the row's position in this order as opaque text."""
    values = []
    for key in _keys(order):
        value = row
        for part in key.name.split("__"):
            value = getattr(value, part)
        values.append({"at": value.isoformat()} if isinstance(value, datetime) else value)
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _beyond(keys: list[Key], values: list[Any], backwards: bool) -> Q:
    condition, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        after = key.beyond(value, backwards)
        if after is not None:
            condition |= same & after
        same &= key.same(value)
    first, value = keys[0], values[0]
    if first.nullable:
        return condition
    # an index can start from a plain bound on the first key
    sign = "lt" if first.descending != backwards else "gt"
    return Q(**{f"{first.name}__{sign}e": value}) & condition


def _read_cursor(cursor: str, keys: list[Key]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except RecursionError as error:
        raise ValueError(cursor) from error
    if not isinstance(values, list) or len(values) != len(keys):
        raise ValueError(cursor)
    values = [
        datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
        for value in values
    ]
    if not all(key.takes(value) for key, value in zip(keys, values, strict=True)):
        raise ValueError(cursor)
    return values
