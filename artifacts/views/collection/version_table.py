"""The table of a collection's versions: a page of rows with their metrics, and what is ticked."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import ngettext

from artifacts.models import Collection
from artifacts.views.collection.metrics import MetricsPanel, metrics_panel
from artifacts.views.collection.ticked_versions import Tick, names_ticked, ticks_of
from artifacts.views.collection.version_rows import versions_listing
from registry_site.pages import HtmxRequest, Table, list_page


@dataclass(frozen=True)
class VersionTable:
    """What the pages of both kinds of collection show of its versions."""

    page: Table  # its rows are VersionRows
    metrics: MetricsPanel
    ticks: list[Tick]


def versions_of(
    request: HtmxRequest, collection: Collection, text: str, *, url: str = "", query: Any = None
) -> VersionTable:
    """Return the page of `versions_listing` that the address asks for.

    `url` and `query` are another page's, as `table_of` takes them.
    """
    page = list_page(
        request,
        versions_listing(request.user, collection, text),
        summary=lambda n: ngettext(
            "{count} version · newest first", "{count} versions · newest first", n
        ),
        url=url,
        query=query,
    )
    query = request.GET if query is None else query
    metrics = metrics_panel(
        request.user, collection, page.rows, url=collection.get_absolute_url(), query=query
    )
    ticked = names_ticked(query)
    rows = [
        replace(
            row,
            is_ticked=row.names.full_name in ticked,
            cells=metrics.cells.get(row.key, ()),
        )
        for row in page.rows
    ]
    return VersionTable(replace(page, rows=rows), metrics, ticks_of(query, collection, rows))
