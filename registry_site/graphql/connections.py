"""Lists as the SDK reads them: forward pages by key, with as many queries for any length.

Rows come with everything prefetched that the SDK asks of them; resolvers of nested fields read
only that. A request may read a limited number of lists, so that no document multiplies queries.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry_site.errors import Invalid
from registry_site.graphql.binding import Context
from registry_site.queries.keyset import Order, Ready, cursor_of, slice_by_key

# Django 5.2 prefetches on SQLite with an OR for each row; SQLite allows 1,000 levels.
PAGE, MAX_PAGE, MAX_LISTS = 50, 900, 60


def connection(
    context: Context,
    queryset: QuerySet,
    *,
    first: int | None,
    after: str | None,
    order: Order = ("pk",),
    limit: int = MAX_PAGE,
    edge: Callable[[Any], dict[str, Any]] | None = None,
    detail: QuerySet | None = None,
    total: int | None = None,
    fill: Callable[[list[Any]], None] | None = None,
    ready: Ready | None = None,
) -> dict[str, Any]:
    """Return a page of the queryset as a connection.

    `totalCount` is counted only when requested, unless `total` is given. `edge` makes the fields of
    an edge from its row where the node is not the row itself. `detail` is the queryset from which
    the page's rows are read where sorting with all its joins would cost too much. `fill` adds to
    the rows what belongs to them. `ready` is a prepared read of the same rows (see keyset.py).
    """
    context.lists += 1
    if context.lists > MAX_LISTS:
        raise Invalid(_("One request may read {n} lists at most.").format(n=MAX_LISTS))
    rows, more = slice_by_key(
        queryset,
        order=order,
        size=min(_size(first), limit),
        cursor=after or "",
        detail=detail,
        ready=ready,
    )
    if fill:
        fill(rows)
    fields_of = edge or (lambda row: {"node": row})
    # few ask for cursors of edges: a function is called where its field is asked for
    edges = [{"cursor": partial(cursor_of, row, order)} | fields_of(row) for row in rows]
    return _connection(edges, more=more, total=queryset.count if total is None else total)


def _size(first: int | None) -> int:
    size = PAGE if first is None else first
    if size < 0:
        raise Invalid(_("A page has 0 or more entries: `first` was {n}.").format(n=size))
    return size


def whole_list(nodes: Sequence[Any]) -> dict[str, Any]:
    """Return a complete list of rows as a connection of one page."""
    edges = [{"cursor": str(number), "node": node} for number, node in enumerate(nodes, 1)]
    return _connection(edges, more=False, total=len(nodes))


def _connection(
    edges: list[dict[str, Any]], *, more: bool, total: int | Callable[[], int]
) -> dict[str, Any]:
    return {
        "edges": edges,
        "totalCount": total,
        "pageInfo": {
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasNextPage": more,
            "hasPreviousPage": False,
        },
    }
