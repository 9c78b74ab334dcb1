"""A histogram as bars; components/charts/bar_chart.html draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry_site.texts.numbers import short_number

_MOST_BINS = 10_000
_MOST_BARS = 80  # bars at most; with more bins, neighbours share a bar
_WIDE = 1_000


@dataclass(frozen=True)
class BarChart:
    """Bars over ranges of values, `height` pixels high."""

    title: str
    description: str
    path: str
    height: int
    low: str  # the texts at both ends of the axis
    high: str


def histogram(title: str, counts: Any, edges: Any, *, height: int = 96) -> BarChart | None:
    """Return the bars of a histogram, or None where it can't be drawn.

    `counts` says how many values lay between two neighbours of `edges`.
    """
    if not _are_numbers(counts) or not _are_numbers(edges) or len(edges) != len(counts) + 1:
        return None
    if not 0 < len(counts) <= _MOST_BINS or min(counts) < 0:
        return None
    if sorted(edges) != edges or edges[0] == edges[-1]:
        return None
    top, total = max(counts), sum(counts)
    low, high = short_number(edges[0]), short_number(edges[-1])
    most = counts.index(top)
    description = _(
        "{title}: {total} values from {low} to {high}, most of them ({top}) from {first} to {last}"
    ).format(
        title=title,
        total=short_number(total),
        low=low,
        high=high,
        top=short_number(top),
        first=short_number(edges[most]),
        last=short_number(edges[most + 1]),
    )
    return BarChart(title, description, _path(counts, edges, height), height, low, high)


def _path(counts: Sequence[float], edges: Sequence[float], height: int) -> str:
    each = -(-len(counts) // _MOST_BARS)
    counts = [sum(counts[at : at + each]) for at in range(0, len(counts), each)]
    edges = [*edges[:-1:each], edges[-1]]
    top, span = max(counts) or 1, edges[-1] - edges[0]
    bars = []
    for count, start, end in zip(counts, edges, edges[1:], strict=False):
        if count:
            # at least one pixel, so that rare values show
            tall = max(1, round(count / top * height, 1))
            left = round((start - edges[0]) / span * _WIDE, 1)
            width = max(1, round((end - start) / span * _WIDE, 1))
            bars.append(f"M{left:g} {height}v-{tall:g}h{width:g}v{tall:g}z")
    return "".join(bars)


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
        and math.isfinite(value)
        for value in values
    )
