"""What one run logged over time, on its page: charts of its metrics, a few at a time.

Which charts are drawn stands in the address: `metrics` is a group of names (`train/`), `find` a
part of a name, `metrics_from` the number of the first one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.formats.run_history import MOST_METRICS, media_among, numbers_among
from artifacts.models import Run
from artifacts.services.runs.curves import read_curves
from registry_site.charts.curves import Curve
from registry_site.charts.lines import LineChart, Series, lines_chart
from registry_site.pages import files_of
from registry_site.queries.natural_order import natural_key
from registry_site.texts.numbers import exact_number, short_number

MOST_CHARTS = 8  # on one page
MOST_GROUPS = 12  # that are offered, with the one of all
MOST_MEDIA = 20  # names of what else was logged
OTHERS = "-"  # the group of names without a prefix
_KEYS = ("metrics", "find", "metrics_from")


@dataclass(frozen=True)
class Group:
    """Metrics whose names begin alike, with the address of their charts."""

    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Single:
    """A metric that is no line: one value alone, or none that is a number."""

    title: str
    value: str
    exact: str
    note: str
    table_url: str


@dataclass(frozen=True)
class HistorySection:
    """The charts of a run's page, in the shape that components/lists/pagination.html takes, too."""

    charts: list[LineChart]
    singles: list[Single]
    is_thinned: bool
    total: int  # of all metrics
    groups: list[Group]
    more_groups: int
    find: str
    hidden: list[dict[str, str]]  # what the form that finds names sends along
    summary: str
    previous_url: str
    next_url: str
    files: list[dict[str, str]]
    media: list[tuple[str, str]]
    media_total: int

    @property
    def more_media(self) -> int:
        return self.media_total - len(self.media)


def history_section(run: Run, url: str, query: QueryDict) -> HistorySection:
    """Return what the page of a run shows of its history; a few charts are read and drawn."""
    names = numbers_among(run.history_keys)
    group, find = query.get("metrics", ""), query.get("find", "").strip()
    chosen = [name for name in names if _fits(name, group, find)]
    if find and not chosen and len(run.history_keys) >= MOST_METRICS:
        chosen = [find]  # not counted, which doesn't mean that it isn't there
    start = _start(query, len(chosen))
    charted = chosen[start : start + MOST_CHARTS]
    curves = read_curves(run, charted)
    groups = _groups(names, group, url, query)
    media = media_among(run.history_keys)
    return HistorySection(
        charts=[metric_chart(run, name, curve) for name, curve in curves.items() if is_line(curve)],
        singles=[_single(run, name, curve) for name, curve in curves.items() if not is_line(curve)],
        is_thinned=any(curve.is_thinned for curve in curves.values()),
        total=len(names),
        groups=groups[:1] + sorted(groups[1:MOST_GROUPS], key=lambda each: natural_key(each.label)),
        more_groups=max(0, len(groups) - MOST_GROUPS),
        find=find,
        hidden=_fields(query, ("find", "metrics_from")),
        summary=_summary(run, len(names), len(chosen), start, len(charted)),
        previous_url=_at(url, query, max(0, start - MOST_CHARTS)) if start else "",
        next_url=_at(url, query, end) if (end := start + len(charted)) < len(chosen) else "",
        files=files_of(f"{run.get_absolute_url()}/-/history", QueryDict()),
        media=[(name, _often(types)) for name, types in list(media.items())[:MOST_MEDIA]],
        media_total=len(media),
    )


# ------------------------------------------------------------------ charts


def metric_chart(run: Run, name: str, curve: Curve, *, height: int = 140) -> LineChart:
    """Draw one metric of a run."""
    url = f"{run.get_absolute_url()}/-/history"
    return lines_chart(
        [Series.of_curve("", curve)],
        title=name,
        x_label=_("Step"),
        height=height,
        files=files_of(url, _asking(name)),
        table_url=f"{url}?{_asking(name).urlencode()}",
    )


def is_line(curve: Curve) -> bool:
    """Return whether a metric has numbers to draw a line of."""
    return curve.extent.count > 0 and curve.extent.total > 1


def _single(run: Run, name: str, curve: Curve) -> Single:
    extent = curve.extent
    value, note = _("no values"), ""
    if extent.count:
        value = short_number(extent.last or 0.0)
        note = _("at step {step}, its only value").format(step=f"{curve.points[0][0]:,.0f}")
    elif extent.total:
        value, note = extent.odd_words, _("and no number")
    return Single(
        title=name,
        value=value,
        exact=exact_number(extent.last) if extent.last is not None else "",
        note=note,
        table_url=f"{run.get_absolute_url()}/-/history?{_asking(name).urlencode()}",
    )


def _often(types: dict[str, int]) -> str:
    return ", ".join(
        ngettext("{type}, {count} time", "{type}, {count} times", count).format(
            type=name, count=f"{count:,}"
        )
        for name, count in types.items()
    )


# ------------------------------------------------------------------ which of them


def _fits(name: str, group: str, find: str) -> bool:
    if group and _prefix(name) != group:
        return False
    lowered = name.casefold()
    return all(word in lowered for word in find.casefold().split())


def _prefix(name: str) -> str:
    """Return `train/` for `train/loss`, `eval.` for `eval.f1`; OTHERS where there is no prefix."""
    for sign in "/.":
        first, separator, rest = name.partition(sign)
        if separator and first and rest:
            return first + sign
    return OTHERS


def _groups(names: Sequence[str], current: str, url: str, query: QueryDict) -> list[Group]:
    """Return the groups, the largest first; none where all names, or no two, begin alike."""
    counts = Counter(map(_prefix, names))
    if len(counts) < 2 or len(counts) == len(names):
        return []
    everything = Group(_("all"), len(names), _address(url, query), is_current=not current)
    return [everything] + [
        Group(
            label=_("without a prefix") if prefix == OTHERS else prefix,
            count=count,
            url=_address(url, query, metrics=prefix),
            is_current=prefix == current,
        )
        for prefix, count in counts.most_common()
    ]


def _summary(run: Run, total: int, chosen: int, start: int, drawn: int) -> str:
    if not total:
        return ""
    count = f"{total:,}"
    if len(run.history_keys) >= MOST_METRICS:
        text = _("{count} metrics are listed; find others by their whole name")
    else:
        text = ngettext("{count} metric", "{count} metrics", total)
    parts = [text.format(count=count)]
    if chosen != total:
        parts.append(
            ngettext("{count} chosen", "{count} chosen", chosen).format(count=f"{chosen:,}")
        )
    if drawn < chosen:
        parts.append(
            _("{first} to {last} shown").format(first=f"{start + 1:,}", last=f"{start + drawn:,}")
        )
    return " · ".join(parts)


def _start(query: QueryDict, total: int) -> int:
    text = query.get("metrics_from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return start if start < total else 0


def _at(url: str, query: QueryDict, start: int) -> str:
    return _address(url, query, keep_group=True, metrics_from=str(start) if start else "")


def _address(url: str, query: QueryDict, *, keep_group: bool = False, **changes: str) -> str:
    """Return this page's address with other charts; without a new `metrics_from`, the first."""
    changed = query.copy()
    for key in _KEYS if not keep_group else ("metrics_from",):
        changed.pop(key, None)
    changed.update({key: value for key, value in changes.items() if value})
    return f"{url}?{changed.urlencode()}" if changed else url


def _fields(query: QueryDict, without: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"name": key, "value": value}
        for key, values in query.lists()
        if key not in without
        for value in values
    ]


def _asking(name: str) -> QueryDict:
    return QueryDict(urlencode({"key": name}))
