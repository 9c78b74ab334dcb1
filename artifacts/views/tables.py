"""A page of a table by key, in the shape that components/pagination.html takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from registry_site.keyset import PAGE_SIZE, page_by_key
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class Table:
    """Rows, what they are ("12 versions · newest first"), and where the neighbours are."""

    rows: list[Any]
    summary: str
    previous_url: str
    next_url: str


def table_of(
    request: HtmxRequest,
    queryset: QuerySet,
    *,
    order: Sequence[str],
    summary: str,
    size: int = PAGE_SIZE,
    prefix: str = "",
) -> Table:
    """Return the page of rows that the address asks for; `prefix` tells two tables apart."""
    page = page_by_key(queryset, order=order, request_get=request.GET, size=size, prefix=prefix)
    previous, following = (
        request.path + query if query else "" for query in (page.previous_query, page.next_query)
    )
    return Table(page.rows, summary, previous, following)
