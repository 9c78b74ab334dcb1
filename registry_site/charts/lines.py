"""Where the parts of a line chart go; components/charts/line_chart.html draws them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from registry_site.charts.axes import Tick, axis_range, tick_texts, ticks_around, ticks_within
from registry_site.charts.curves import Curve, Extent, Odd, extent_of
from registry_site.texts.numbers import is_drawable, short_number

WIDE = 1000  # units from the left to the right end
SHOWN_DOTS = 30  # with more points, only the marked ones get a dot
SERIES_DOTS = 12  # dots per line if there are several, whose shape identifies the line
MOST_SERIES = 10  # series that differ visibly: five shapes, each with solid and dashed lines
_SHAPES = (  # SVG paths around (0, 0)
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
    "M-4-4H4V4H-4Z",
    "M0-5L5 4H-5Z",
    "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
    "M-4-4L4 4M4-4L-4 4",
)
_TOP, _EDGE = 12, 6  # pixels above and below the line
_MARKS = 36  # pixels above the line if points have words
_DIGIT = 7.5  # pixels of the widest digit of a tick
_SIGN = 6.5  # pixels of a letter beside a point, about
_ROOMS = {False: 880, True: 280}  # pixels for words on a wide chart (False), on a phone (True)
_LIFTS = (10, 24)  # pixels between a point and the word above it, two levels


@dataclass(frozen=True)
class Point:
    """One value: `label` names it on the axis (v3), `marks` are words to show beside it."""

    x: float
    y: float
    label: str = ""
    marks: tuple[str, ...] = ()
    url: str = ""

    @property
    def value(self) -> str:
        """The value as the table shows it."""
        return short_number(self.y)


@dataclass(frozen=True)
class Dot:
    """A point in coordinates of the drawing: `x` in hundredths of its width, `y` in pixels."""

    x: str
    y: float
    point: Point
    anchor: str
    lift: int  # pixels between the point and its marks; 0: no room for them
    is_wide_only: bool  # whether a phone has no room for the marks


@dataclass(frozen=True)
class Series:
    """A named line of a chart; without an `extent` it gets that of its points."""

    label: str
    points: Sequence[Point]
    url: str = ""
    extent: Extent = Extent()
    odd: Sequence[Odd] = ()
    number: int = 0
    line: str = ""  # the SVG path of the line
    gaps: str = ""  # the SVG path of marks for values that can't be drawn
    dots: Sequence[Dot] = ()

    @classmethod
    def of_curve(cls, label: str, curve: Curve, url: str = "") -> "Series":
        """Return a line that keeps the extremes of a long row of numbers."""
        points = [Point(x, y, label=f"{x:,g}" if x % 1 else f"{x:,.0f}") for x, y in curve.points]
        return cls(label, points, url, extent=curve.extent, odd=curve.odd)

    @property
    def has_marks(self) -> bool:
        return any(point.marks for point in self.points)

    @property
    def shape(self) -> str:
        """The SVG path of its dots."""
        return _SHAPES[self.number % len(_SHAPES)]

    @property
    def is_broken(self) -> bool:
        """Whether its line is drawn as dashes."""
        return self.number >= len(_SHAPES)


@dataclass(frozen=True)
class LineChart:
    """Everything that components/charts/line_chart.html needs."""

    title: str
    x_label: str
    height: int
    series: Sequence[Series]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    files: Sequence[dict[str, str]] = ()  # links to all its numbers as CSV and JSON
    table_url: str = ""  # the page with its numbers as a table

    @property
    def points(self) -> Sequence[Point]:
        """The points of the first series, which usually is the only one."""
        return self.series[0].points

    @property
    def extent(self) -> Extent:
        """The range and the counts of the first series."""
        return self.series[0].extent

    @property
    def y_width(self) -> int:
        """How many pixels the texts of the vertical axis need."""
        return math.ceil(max((len(tick.label) for tick in self.y_ticks), default=0) * _DIGIT)

    @property
    def has_links(self) -> bool:
        return any(dot.point.url for dot in self.series[0].dots)

    @property
    def description(self) -> str:
        """The chart in words."""
        if len(self.series) > 1:
            lows = [each.extent.low for each in self.series if each.extent.low is not None]
            highs = [each.extent.high for each in self.series if each.extent.high is not None]
            if lows:
                return _("{title}: lowest {low}, highest {high}; lines: {count}").format(
                    title=self.title,
                    low=short_number(min(lows)),
                    high=short_number(max(highs)),
                    count=len(self.series),
                )
        extent = self.extent
        summary = " · ".join(filter(None, [extent.words, extent.odd_words])) or _("no values")
        values = _("values: {count}").format(count=f"{extent.total:,}")
        return f"{self.title}: {summary}; {values}" if extent.total else f"{self.title}: {summary}"


def line_chart(points: Sequence[Point], *, title: str, **options: Any) -> LineChart:
    """Return a chart of one series; the options are those of `lines_chart`."""
    return lines_chart([Series("", points)], title=title, **options)


def lines_chart(
    series: Sequence[Series],
    *,
    title: str,
    x_label: str = "",
    x_text: Callable[[float], str] | None = None,
    height: int = 168,
    files: Sequence[dict[str, str]] = (),
    table_url: str = "",
) -> LineChart:
    """Return a chart of several series, each in the order of `x`.

    A value that can't be drawn breaks the line. `x_text` words the ticks of an axis that counts
    something.
    """
    series = [_completed(each) for each in series]
    points = [point for each in series for point in each.points]
    places = [point.x for point in points] + [odd.x for each in series for odd in each.odd]
    scale = _Scale.around(points, places, height)
    is_whole = all(float(x).is_integer() for x in places)
    x_values = ticks_within(scale.low_x, scale.high_x, 5, whole=is_whole)
    x_texts = list(map(x_text, x_values)) if x_text else tick_texts(x_values)
    y_texts = tick_texts(scale.y_values)
    return LineChart(
        title=title,
        x_label=x_label,
        height=height,
        series=[
            _placed(each, number, scale, is_one_of_many=len(series) > 1)
            for number, each in enumerate(series)
        ],
        x_ticks=[Tick(scale.at_x(x) / 10, text) for x, text in zip(x_values, x_texts, strict=True)],
        y_ticks=[
            Tick(scale.at_y(y), text) for y, text in zip(scale.y_values, y_texts, strict=True)
        ],
        files=files,
        table_url=table_url,
    )


@dataclass(frozen=True)
class _Scale:
    """Turns values into coordinates: `x` in units of the drawing's width, `y` in pixels."""

    low_x: float
    high_x: float
    y_values: Sequence[float]  # values of the ticks, the lowest first
    top: int  # pixels above the highest tick
    height: int

    @classmethod
    def around(cls, points: Sequence[Point], places: Sequence[float], height: int) -> "_Scale":
        """Return the scale that covers all points, and all positions of the horizontal axis."""
        y_values = ticks_around(*axis_range([p.y for p in points if is_drawable(p.y)]))
        top = _MARKS if any(point.marks for point in points) else _TOP
        return cls(*axis_range(places), y_values, top, height)

    def at_x(self, x: float) -> float:
        return round((x - self.low_x) / (self.high_x - self.low_x) * WIDE, 1)

    def at_y(self, y: float) -> float:
        share = (y - self.y_values[0]) / (self.y_values[-1] - self.y_values[0])
        return round(self.height - _EDGE - share * (self.height - _EDGE - self.top), 1)


def _placed(series: Series, number: int, scale: _Scale, *, is_one_of_many: bool) -> Series:
    """Return the series with the paths and dots with which it is drawn."""
    return replace(
        series,
        number=number,
        line=_path(series.points, scale.at_x, scale.at_y),
        gaps=_gaps(series.odd, scale.at_x, scale.height),
        dots=_dots(_dotted(series.points, is_one_of_many), scale.at_x, scale.at_y),
    )


def _completed(series: Series) -> Series:
    """Return the series in the order of `x`, with the extent of all its values."""
    points = sorted(series.points, key=lambda p: p.x)
    if series.extent.total:
        return replace(series, points=points)
    odd = [
        Odd(p.x, 0 if math.isnan(p.y) else int(math.copysign(1, p.y)))
        for p in points
        if not is_drawable(p.y)
    ]
    return replace(series, points=points, extent=extent_of([p.y for p in points]), odd=odd)


def _path(
    points: Iterable[Point], at_x: Callable[[float], float], at_y: Callable[[float], float]
) -> str:
    lines: list[list[str]] = [[]]
    for point in points:
        if is_drawable(point.y):
            lines[-1].append(f"{at_x(point.x):g} {at_y(point.y):g}")
        else:
            lines.append([])
    # `h0` makes a line of one point visible as a dot
    return "".join(f"M{'L'.join(line)}{'' if line[1:] else 'h0'}" for line in lines if line)


def _gaps(odd: Iterable[Odd], at_x: Callable[[float], float], height: int) -> str:
    """Return a path of ticks: up from the lower edge for NaN, twice as long for -Infinity.

    Those for Infinity go down from the upper edge.
    """
    starts = {0: (height, "v-7"), 1: (0, "v7"), -1: (height, "v-14")}
    return "".join(
        f"M{at_x(each.x):g} {starts[each.side][0]}{starts[each.side][1]}" for each in odd
    )


def _dotted(points: Sequence[Point], is_one_of_many: bool) -> list[Point]:
    """Return the points that get a dot."""
    drawn = [point for point in points if is_drawable(point.y)]
    if is_one_of_many:
        return drawn[:: max(1, math.ceil(len(drawn) / SERIES_DOTS))]
    return [point for point in drawn if point.marks or len(drawn) <= SHOWN_DOTS]


def _dots(
    points: Sequence[Point], at_x: Callable[[float], float], at_y: Callable[[float], float]
) -> list[Dot]:
    """Return the points with their marks, on two levels; marks that fit on neither are left out.

    The newest points come first, so that older ones lose their marks.
    """
    taken = {(room, lift): math.inf for room in _ROOMS.values() for lift in _LIFTS}
    dots = []
    for point in reversed(points):
        x, length = at_x(point.x), _SIGN * len(", ".join(point.marks))
        anchor = "start" if x < WIDE / 10 else "end" if x > WIDE * 0.9 else "middle"
        lift, is_wide_only = 0, False
        for is_narrow, room in _ROOMS.items():
            middle = x / WIDE * room
            start = middle - {"start": 0, "middle": length / 2, "end": length}[anchor]
            lifts = [lift] if is_narrow else _LIFTS if point.marks else ()
            free = next((up for up in lifts if up and start + length < taken[room, up]), 0)
            if free:
                taken[room, free] = start - 8
            lift, is_wide_only = (lift, bool(lift) and not free) if is_narrow else (free, False)
        dots.append(Dot(f"{x / 10:g}%", at_y(point.y), point, anchor, lift, is_wide_only))
    return dots[::-1]
