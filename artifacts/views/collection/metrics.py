"""The numbers of versions beside each other: columns of their table, and a chart of one of them.

All of it stands in the address: `metrics`, `columns` in their order, `best` (NAME:min or NAME:max),
`chart`, and while one chooses columns `choose`, with `find` for the names that are offered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.metrics import (
    Measured,
    best_of,
    commonest,
    directions_chosen,
    is_better_lower,
    is_metric_name,
)
from artifacts.models import Collection
from artifacts.querysets.collections import LATEST
from artifacts.reads.pages.names import CollectionName, VersionName
from artifacts.reads.pages.version_rows import read_aliases
from artifacts.services.versions.metrics import (
    MeasuredVersions,
    read_measured,
    read_measured_of,
)
from artifacts.views.collection.version_rows import Cell, FileRow, VersionRow
from registry_site.accounts.models import User
from registry_site.charts.lines import LineChart, Point, line_chart
from registry_site.http.exports import Columns
from registry_site.pages import files_of
from registry_site.queries.keyset import PAGE_SIZE
from registry_site.texts.numbers import short_number

DEFAULT_COLUMNS = 5
MOST_COLUMNS = 30
MOST_OFFERED = 100  # names to choose from; `find` narrows them
_KEYS = ("metrics", "columns", "best", "chart", "choose", "find")


@dataclass(frozen=True)
class Column:
    """One number as a column, with the addresses of what one can do to it."""

    name: str
    is_lowest_best: bool
    is_charted: bool
    chart_url: str
    turn_url: str  # makes the other direction the best
    earlier_url: str  # "" for the first
    later_url: str  # "" for the last


@dataclass(frozen=True)
class MetricsPanel:
    """What the metrics of a page of versions show: columns, the choice of them, and a chart."""

    is_shown: bool  # whether the table has metrics; if not, all else is empty
    toggle_url: str
    columns: Sequence[Column] = ()
    # of each version of the page, by the key of its membership
    cells: Mapping[int, Sequence[Cell]] = field(default_factory=dict)
    scope: str = ""  # of what the best values are the best
    filter_fields: Sequence[dict[str, str]] = ()  # fields of the form that filters the table
    directions: Sequence[str] = ()
    charted: str = ""
    chart: LineChart | None = None
    drawn: int = 0  # versions that the chart has; 0 where it has all of them
    hide_chart_url: str = ""
    choosing: bool = False
    choose_url: str = ""
    offered: Sequence[str] = ()
    more_offered: int = 0
    find: str = ""
    url: str = ""
    kept_in_form: Sequence[dict[str, str]] = ()  # fields of the form that chooses columns


def metrics_panel(
    user: User,
    collection: Collection,
    page: Sequence[VersionRow],
    *,
    url: str,
    query: QueryDict,
) -> MetricsPanel:
    """Return the panel of these rows of the table, with their cells."""
    if not query.get("metrics"):
        return MetricsPanel(is_shown=False, toggle_url=_address(url, query, metrics=["1"]))
    measured = read_measured(by=user, collection=collection)
    rows = [row.measured for row in measured.rows]
    measured_here = _measured_here(user, measured, page)
    names = _columns(query, rows)
    query = query.copy()
    query.setlist("columns", names)
    columns = _with_addresses(names, _directions(query, names), url, query)
    best = {each.name: best_of(rows, each.name, lowest=each.is_lowest_best) for each in columns}
    charted = query.get("chart", "")
    return MetricsPanel(
        **_choice(query, url, names, commonest([*rows[:PAGE_SIZE], *measured_here.values()])),
        is_shown=True,
        toggle_url=_address(url, query, **dict.fromkeys(_KEYS)),
        columns=columns,
        cells={
            pk: [_cell(numbers, name, best[name]) for name in names]
            for pk, numbers in measured_here.items()
        },
        scope=_scope(measured) if columns else "",
        filter_fields=_fields(query, lambda key: key in _KEYS),
        directions=query.getlist("best"),
        charted=charted,
        chart=_chart(collection, measured, charted) if is_metric_name(charted) else None,
        drawn=len(rows) if measured.is_cut else 0,
        hide_chart_url=_address(url, query, chart=None),
    )


def _measured_here(
    user: User, newest: MeasuredVersions, page: Sequence[VersionRow]
) -> dict[int, Measured]:
    """Return the metrics of the page's versions, of which the newest have been read already."""
    measured = {row.membership_id: row.measured for row in newest.rows}
    if older := [row.key for row in page if row.key not in measured]:
        rows = read_measured_of(by=user, memberships=older)
        measured |= {row.membership_id: row.measured for row in rows}
    return {row.key: measured[row.key] for row in page}


def _choice(
    query: QueryDict, url: str, names: Sequence[str], common: Sequence[str]
) -> dict[str, Any]:
    """Return what the panel shows while one chooses columns."""
    find = query.get("find", "").strip()
    offered = [name for name in common if name not in names and find.lower() in name.lower()]
    return {
        "choosing": bool(query.get("choose")),
        "choose_url": _address(url, query, choose=None if query.get("choose") else ["1"]),
        "offered": offered[:MOST_OFFERED],
        "more_offered": max(len(offered) - MOST_OFFERED, 0),
        "find": find,
        "url": url,
        "kept_in_form": _fields(query, lambda key: key not in {"columns", "find"}),
    }


def metric_columns(user: User, collection: Collection, query: QueryDict) -> Columns:
    """Return the same columns for the whole list as a file."""
    names = _chosen(query)
    if query.get("metrics") and not names:
        newest = read_measured(by=user, collection=collection, most=PAGE_SIZE)
        names = _columns(query, [row.measured for row in newest.rows])
    return {name: _reader(name) for name in names}


def _reader(name: str) -> Callable[[FileRow], Any]:
    return lambda row: row.measured.value(name)


# ------------------------------------------------------------------ columns


def _chosen(query: QueryDict) -> list[str]:
    names = dict.fromkeys(filter(is_metric_name, query.getlist("columns")))
    return list(names)[:MOST_COLUMNS]


def _columns(query: QueryDict, rows: Sequence[Measured]) -> list[str]:
    """Return the chosen columns, else what most of the newest versions have, each number once."""
    if chosen := _chosen(query):
        return chosen
    names = commonest(rows[:PAGE_SIZE])
    doubled = {name.replace("run.", "metadata.", 1) for name in names if name.startswith("run.")}
    return [name for name in names if name not in doubled][:DEFAULT_COLUMNS]


def _directions(query: QueryDict, names: Sequence[str]) -> dict[str, str]:
    """Return `min` or `max` for each name: as chosen, else as the name suggests."""
    chosen = directions_chosen(query.getlist("best"))
    return {name: chosen.get(name, "min" if is_better_lower(name) else "max") for name in names}


def _with_addresses(
    names: list[str], directions: dict[str, str], url: str, query: QueryDict
) -> list[Column]:
    def moved(at: int, to: int) -> str:
        order = names.copy()
        order.insert(to, order.pop(at))
        return _address(url, query, columns=order)

    def turned(name: str) -> str:
        other = {"min": "max", "max": "min"}[directions[name]]
        rest = [each for each in query.getlist("best") if each.rpartition(":")[0] != name]
        return _address(url, query, best=[*rest, f"{name}:{other}"])

    return [
        Column(
            name=name,
            is_lowest_best=directions[name] == "min",
            is_charted=query.get("chart") == name,
            chart_url=_address(url, query, chart=[name]),
            turn_url=turned(name),
            earlier_url=moved(at, at - 1) if at else "",
            later_url=moved(at, at + 1) if at + 1 < len(names) else "",
        )
        for at, name in enumerate(names)
    ]


def _cell(numbers: Measured, name: str, best: float | None) -> Cell:
    value, number = numbers.value(name), numbers.number(name)
    if number is None:
        return Cell(text=value or "", exact="", is_best=False)
    return Cell(text=short_number(number), exact=str(value), is_best=number == best)


def _scope(measured: MeasuredVersions) -> str:
    count = len(measured.rows)
    text = (
        ngettext("best of the newest {count} version", "best of the newest {count} versions", count)
        if measured.is_cut
        else ngettext("best of {count} version", "best of all {count} versions", count)
    )
    return text.format(count=f"{count:,}")


# ------------------------------------------------------------------ chart


def _chart(collection: Collection, measured: MeasuredVersions, name: str) -> LineChart:
    """Draw the number of each of the newest versions that has one, with its aliases."""
    aliases = read_aliases(row.membership_id for row in measured.rows)
    own = CollectionName.of(collection)
    points = []
    for at, row in enumerate(measured.rows):
        value = row.measured.value(name)
        if value is None:
            continue
        version = VersionName(own, row.index)
        marks = sorted(aliases.get(row.membership_id, ()))
        point = Point(
            x=row.index,
            y=float(value),
            label=version.number,
            marks=(*([LATEST] if at == 0 else []), *marks),
            url=version.get_absolute_url(),
        )
        points.append(point)
    query = QueryDict(mutable=True)
    query["columns"] = name
    return line_chart(
        points,
        title=name,
        x_label=_("Version"),
        x_text=lambda index: f"v{index:.0f}",
        height=240,
        files=files_of(f"{collection.get_absolute_url()}/-/versions", query),
    )


# ------------------------------------------------------------------ addresses


def _address(url: str, query: QueryDict, **changes: list[str] | None) -> str:
    """Return the address of the page with these parameters changed or removed."""
    changed = query.copy()
    for key, values in changes.items():
        if values is None:
            changed.pop(key, None)
        else:
            changed.setlist(key, values)
    return f"{url}?{changed.urlencode()}" if changed else url


def _fields(query: QueryDict, is_kept: Callable[[str], bool]) -> list[dict[str, str]]:
    """Return what a form sends along; it leads to the first page."""
    return [
        {"name": key, "value": value}
        for key, values in query.lists()
        if is_kept(key) and key not in {"after", "before"}
        for value in values
    ]
