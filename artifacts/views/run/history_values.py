"""The numbers that one run logged over time: those of one metric as a table, and all as files."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.formats.run_history import (
    MOST_METRICS,
    is_typed,
    measured,
    numbers_among,
    step_of,
    value_at,
)
from artifacts.models import Run, RunLine
from artifacts.services.runs.curves import read_curves
from artifacts.views.breadcrumbs import run_crumbs
from artifacts.views.paths import in_run
from artifacts.views.run.history import is_line, metric_chart
from registry_site.accounts.views.exports import exported
from registry_site.charts.curves import Curve, Extent
from registry_site.charts.lines import LineChart
from registry_site.http.exports import Listing, all_rows
from registry_site.pages import HtmxRequest, Table, list_page, render_page
from registry_site.texts.json_text import read_line
from registry_site.texts.numbers import exact_number

STEP = "_step"
_PAGE_ROWS = 100
_MOST_VALUE = 200  # characters of what is no number, in a table of numbers


@dataclass(frozen=True)
class MetricPage:
    """What run_history.html shows of one metric."""

    key: str
    table: Table
    chart: LineChart | None
    extent: Extent


@require_safe
@in_run
def run_history(request: HtmxRequest, run: Run) -> HttpResponse:
    names = numbers_among(run.history_keys)
    name = request.GET.get("key", "") or next(iter(names), "")
    curve = read_curves(run, [name])[name]
    page = MetricPage(
        key=name,
        table=_table(request, run, name),
        chart=_chart(run, name, curve) if is_line(curve) else None,
        extent=curve.extent,
    )
    context = {"run": run, "page": page, "breadcrumb": run_crumbs(run, name)}
    fragment = "numbers" if request.htmx.target == "numbers" else None
    return render_page(request, "artifacts/run/run_history.html", context, fragment=fragment)


def _table(request: HtmxRequest, run: Run, name: str) -> Table:
    """Return a page of the values of one metric, each with its step."""
    table = list_page(
        request,
        Listing(
            url=f"{run.get_absolute_url()}/-/history",
            rows=RunLine.objects.of_stream(run, "history").holding(name),
            order=("line",),
            columns={},
        ),
        summary=lambda n: ngettext("{count} value · by step", "{count} values · by step", n),
        size=_PAGE_ROWS,
    )
    return replace(table, rows=list(_values_in(table.rows, name)))


def _chart(run: Run, name: str, curve: Curve) -> LineChart:
    """Draw the metric as on the page of its run; its numbers are on this page."""
    return replace(metric_chart(run, name, curve, height=240), table_url="#numbers")


def _values_in(lines: Sequence[RunLine], name: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        value = _value(read_line(line.text), name)
        if value is not None:
            yield f"{line.line if line.step is None else line.step:,}", value_text(value)


def value_text(value: Any) -> str:
    """Return what a table shows of a value: a number with all its digits, NaN as its word."""
    if measured(value) is not None:
        return value if isinstance(value, str) else exact_number(value)[:_MOST_VALUE]
    if isinstance(value, dict) and is_typed(value):
        return value["_type"][:_MOST_VALUE]
    return (value if isinstance(value, str) else json.dumps(value))[:_MOST_VALUE]


# ------------------------------------------------------------------ files


@exported
@in_run
def run_history_export(request: HtmxRequest, run: Run) -> Listing:
    names = [key for key in request.GET.getlist("key") if key != STEP]
    keys = list(dict.fromkeys(names))[:MOST_METRICS] or numbers_among(run.history_keys)
    url = f"{run.get_absolute_url()}/-/history"
    return history_listing(url, [STEP, *keys], history_rows(run, keys))


def history_listing(url: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> Listing:
    """Return rows for a file alone; no page shows a part of them."""
    readers = {name: itemgetter(number) for number, name in enumerate(columns)}
    return Listing(url=url, rows=rows, order=(), columns=readers, has_pages=False)


def history_rows(run: Run, keys: Sequence[str]) -> Iterator[list[Any]]:
    """Yield step and values of each line that has one of these keys, read in chunks."""
    lines = Listing(
        url="",
        rows=RunLine.objects.of_stream(run, "history").only("line", "text"),
        order=("line",),
        columns={},
    )
    for line in all_rows(lines):
        row = read_line(line.text)
        values = [_value(row, key) for key in keys]
        if any(value is not None for value in values):
            step = step_of(row)
            yield [line.line if step is None else step, *values]


def _value(row: dict[str, Any], key: str) -> Any:
    try:
        return value_at(row, key)
    except KeyError:
        return None
