"""What runs logged over time: charts of one run, several runs over each other, and files of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.history import how_often, metrics_of, step_of, value_at
from artifacts.models import Membership, Run, RunLine
from artifacts.services.pointers import Deletion, deletions_of_runs
from artifacts.views.lookup import membership_named, run_at
from registry_site.accounts.views.exports import exported
from registry_site.errors import DomainError, Gone, Invalid
from registry_site.exports import Listing, all_rows
from registry_site.json_text import read_line
from registry_site.pages import HtmxRequest, files_of, render_page
from registry_site.templatetags.charts import (
    MOST_SERIES,
    LineChart,
    Point,
    Series,
    is_drawable,
    line_chart,
    lines_chart,
)

STEP = "_step"
MOST_POINTS = 1_000  # of one chart; a longer history is thinned out evenly
MOST_CHARTS = 24
MOST_KEYS = 200  # to choose from, and columns of a file


# ------------------------------------------------------------------ one run


def charts_of(run: Run) -> list[LineChart]:
    """One chart for each number in the history."""
    texts = RunLine.objects.sample(run, "history", MOST_POINTS)
    series: dict[str, list[Point]] = {}
    for number, text in enumerate(texts):
        row = read_line(text)
        for key, item in metrics_of(row):
            value = None if key.startswith("_") else _number(item)
            if value is not None:
                series.setdefault(key, []).append(_point(row, number, value))
    url = f"{run.get_absolute_url()}/-/history"
    return [
        line_chart(series[key], title=key, x_label=_("Step"), files=_files(url, key=key))
        for key in sorted(series)[:MOST_CHARTS]
    ]


def history_files(run: Run) -> list[dict[str, str]]:
    """Its whole history, of which no chart has to have all."""
    return _files(f"{run.get_absolute_url()}/-/history")


@exported
def run_history_export(request: HtmxRequest, entity: str, project: str, run: str) -> Listing:
    found = run_at(request.user, entity, project, run)
    asked = [key for key in request.GET.getlist("key") if key != STEP]
    keys = list(dict.fromkeys(asked))[:MOST_KEYS] or _keys_of(found)
    url = f"{found.get_absolute_url()}/-/history"
    return _listing(url, [STEP, *keys], _history(found, keys))


def _listing(url: str, columns: Sequence[str], rows: Iterable[list[Any]]) -> Listing:
    """Rows for a file alone, of which no page shows a part."""
    readers = {name: itemgetter(number) for number, name in enumerate(columns)}
    return Listing(url=url, rows=rows, order=(), columns=readers, has_pages=False)


def _history(run: Run, keys: Sequence[str]) -> Iterator[list[Any]]:
    """Step and values of each line that has one of these keys, read in chunks."""
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


# ------------------------------------------------------------------ several runs


@require_safe
def histories(request: HtmxRequest) -> HttpResponse:
    context: dict[str, Any] = {"versions": request.GET.getlist("version")}
    status = 200
    try:
        places = _places(request.user, request.GET)
    except DomainError as refusal:
        places, status, context["refusal"] = {}, refusal.status, refusal.message
        context["deletion"] = refusal.deletion if isinstance(refusal, Gone) else None
    runs = _by_run(places)
    keys = _common_keys(list(runs))
    key = request.GET.get("key", "") or next(iter(keys), "")
    context |= {
        "keys": keys,
        "key": key,
        "without_run": _without_run(request.user, places),
        "chart": _chart(request.GET, runs, key) if runs and key else None,
        "is_thinned": any(run.history_lines > _most_points(len(runs)) for run in runs),
    }
    return render_page(request, "artifacts/histories.html", context, status=status)


@exported
def histories_export(request: HtmxRequest) -> Listing:
    runs = _by_run(_places(request.user, request.GET))
    key = request.GET.get("key", "") or next(iter(_common_keys(list(runs))), "")
    rows = (
        [";".join(place.full_name for place in places), run.path, *row]
        for run, places in runs.items()
        if key
        for row in _history(run, [key])
    )
    columns = ["version", "run", STEP]
    value = key if key and key not in columns else "value"
    return _listing(reverse("artifacts:histories"), [*columns, value], rows)


def _places(user: Any, query: QueryDict) -> dict[Membership, Run | None]:
    """The versions that the address names, each with its run, None where one may not see it."""
    names = list(dict.fromkeys(filter(None, map(str.strip, query.getlist("version")))))
    if len(names) > MOST_SERIES:
        raise Invalid(
            _("{most} versions can be drawn, and {count} were chosen. Choose fewer.").format(
                most=MOST_SERIES, count=len(names)
            )
        )
    places = [membership_named(user, name) for name in names]
    runs = (
        Run.objects.visible_to(user).for_path().in_bulk({p.version.run_id for p in places} - {None})
    )
    return {place: runs.get(place.version.run_id) for place in places}


def _without_run(
    user: Any, places: dict[Membership, Run | None]
) -> list[tuple[Membership, Deletion | None]]:
    """The versions without a run that the person can open, and the deletion of those runs."""
    without = [place for place, run in places.items() if run is None]
    deleted = deletions_of_runs(user, filter(None, (each.version.run_id for each in without)))
    return [(place, deleted.get(place.version.run_id or 0)) for place in without]


def _by_run(places: dict[Membership, Run | None]) -> dict[Run, list[Membership]]:
    """A run that logged several of the versions is drawn once."""
    runs: dict[Run, list[Membership]] = {}
    for place, run in places.items():
        if run is not None:
            runs.setdefault(run, []).append(place)
    return runs


def _keys_of(run: Run) -> list[str]:
    """Where its history has numbers."""
    return [
        key
        for key, known in run.history_keys.items()
        if not key.startswith("_")
        and any(t["type"] == "number" for t in known.get("typeCounts", ()))
    ][:MOST_KEYS]


def _common_keys(runs: Sequence[Run]) -> list[str]:
    """What most of the runs have, and of that what was logged most often."""
    counts = Counter(key for run in runs for key in _keys_of(run))
    often = {key: sum(how_often(run.history_keys, key) for run in runs) for key in counts}
    order = sorted(counts, key=lambda key: (-counts[key], -often[key], key))
    return order[:MOST_KEYS]


def _chart(query: QueryDict, runs: dict[Run, list[Membership]], key: str) -> LineChart:
    """Their lines over each other, each thinned out evenly."""
    most = _most_points(len(runs))
    series = [
        Series(label, _points(run, key, most), run.get_absolute_url())
        for run, label in zip(runs, _labels(list(runs.values())), strict=True)
    ]
    asked = [("version", name) for name in query.getlist("version")]
    url = reverse("artifacts:histories")
    files = files_of(url, QueryDict(urlencode([*asked, ("key", key)])))
    return lines_chart(series, title=key, x_label=_("Step"), width=960, height=360, files=files)


def _most_points(lines: int) -> int:
    """Of each line, so that all fit one chart."""
    return MOST_POINTS // lines


def _labels(groups: Sequence[Sequence[Membership]]) -> list[str]:
    """The versions of each line: in full where short names would mean several."""
    names = {str(place) for places in groups for place in places}
    is_clear = len(names) == sum(map(len, groups))
    return [
        ", ".join(str(place) if is_clear else place.full_name for place in places)
        for places in groups
    ]


def _points(run: Run, key: str, most: int) -> list[Point]:
    rows = RunLine.objects.sample_with(run, [key, STEP], most)
    rows = rows or RunLine.objects.sample_with(run, [key], most)
    values = ((row, number, _number(row[key])) for number, row in enumerate(rows))
    return [_point(row, number, value) for row, number, value in values if value is not None]


# ------------------------------------------------------------------ values


def _files(url: str, **query: str) -> list[dict[str, str]]:
    return files_of(url, QueryDict(urlencode(query)))


def _point(row: dict[str, Any], number: int, value: float) -> Point:
    step = _number(row.get(STEP))
    step = number if step is None or not is_drawable(step) else step
    return Point(step, value, label=f"{step:g}")


def _value(row: dict[str, Any], key: str) -> Any:
    try:
        return value_at(row, key)
    except KeyError:
        return None


def _number(value: Any) -> float | None:
    """The value as a float, if it is a number that one can draw; NaN is one that breaks a line."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
