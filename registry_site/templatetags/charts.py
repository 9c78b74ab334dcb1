"""Where the parts of a line chart go: numbers in, coordinates out; line_chart.html draws them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

LEFT, RIGHT_GAP, TOP, BOTTOM_GAP = 64, 16, 36, 28
SHOWN_DOTS = 60  # with more points than this only the marked ones get a dot
SERIES_DOTS = 12  # of one of several lines, to tell it from the others by their shape
MOST_SERIES = 10  # that can be told apart: five shapes, each with a whole and a broken line
_SHAPES = (  # around 0, 0
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
    "M-4-4H4V4H-4Z",
    "M0-5L5 4H-5Z",
    "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
    "M-4-4L4 4M4-4L-4 4",
)
_WIDTH_OF_SIGN = 6.5  # of the words beside a point, about


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
class Tick:
    """A place on an axis, with its text."""

    at: float
    label: str


@dataclass(frozen=True)
class Dot:
    """A point in coordinates of the drawing."""

    x: float
    y: float
    label: str
    value: str
    marks: tuple[str, ...]
    url: str
    anchor: str
    lift: int  # how far above the point its marks stand; 0 where there is no room for them


@dataclass(frozen=True)
class Series:
    """One line of a chart with its name, and at most SHOWN_DOTS of its points."""

    label: str
    points: Sequence[Point]
    url: str = ""
    number: int = 0
    lines: Sequence[str] = ()
    dots: Sequence[Dot] = ()

    @property
    def shape(self) -> str:
        """The path of its dots."""
        return _SHAPES[self.number % len(_SHAPES)]

    @property
    def is_broken(self) -> bool:
        """Whether its line is drawn as dashes."""
        return self.number >= len(_SHAPES)


@dataclass(frozen=True)
class Line:
    """One row of the table of several series: a value of each, "" where it has none."""

    label: str
    values: Sequence[str]


@dataclass(frozen=True)
class LineChart:
    """All that components/line_chart.html needs."""

    title: str
    x_label: str
    description: str
    width: int
    height: int
    series: Sequence[Series]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    files: Sequence[dict[str, str]] = ()  # all its numbers as CSV and JSON

    left = LEFT

    @property
    def right(self) -> int:
        """Where the drawing area ends."""
        return self.width - RIGHT_GAP

    @property
    def bottom(self) -> int:
        """The height of the horizontal axis."""
        return self.height - BOTTOM_GAP

    @property
    def points(self) -> Sequence[Point]:
        """The points of the first series, which mostly is the only one."""
        return self.series[0].points

    @property
    def has_marks(self) -> bool:
        return any(point.marks for point in self.points)

    @property
    def rows(self) -> list[Line]:
        """The table of several series, by `x`."""
        values = [{point.x: point for point in each.points} for each in self.series]
        labels = {point.x: point.label for each in self.series for point in each.points}
        return [
            Line(labels[x], [each[x].value if x in each else "" for each in values])
            for x in sorted(labels)
        ]


def line_chart(points: Sequence[Point], *, title: str, **options: Any) -> LineChart:
    """Lay out one series; the options are those of `lines_chart`."""
    return lines_chart([Series("", points)], title=title, **options)


def lines_chart(
    series: Sequence[Series],
    *,
    title: str,
    x_label: str = "",
    width: int = 480,
    height: int = 200,
    files: Sequence[dict[str, str]] = (),
) -> LineChart:
    """Lay out series over each other, each in the order of `x`.

    What can't be drawn breaks its line only.
    """
    series = [replace(each, points=sorted(each.points, key=lambda p: p.x)) for each in series]
    points = sorted((point for each in series for point in each.points), key=lambda p: p.x)
    drawn = [point for point in points if is_drawable(point.y)]
    y_values = nice_ticks(*_range([point.y for point in drawn]))
    low_x, high_x = _range([point.x for point in points])

    def at_x(x: float) -> float:
        return round(LEFT + (x - low_x) / (high_x - low_x) * (width - RIGHT_GAP - LEFT), 1)

    def at_y(y: float) -> float:
        share = (y - y_values[0]) / (y_values[-1] - y_values[0])
        return round(height - BOTTOM_GAP - share * (height - BOTTOM_GAP - TOP), 1)

    return LineChart(
        title=title,
        x_label=x_label,
        description=_describe(title, series),
        width=width,
        height=height,
        series=[
            replace(
                each,
                number=number,
                lines=_lines(each.points, at_x, at_y),
                dots=_dots(_dotted(each.points, len(series) > 1), at_x, at_y, width - RIGHT_GAP),
            )
            for number, each in enumerate(series)
        ],
        x_ticks=[Tick(at_x(p.x), p.label) for p in _spread(points, 8)],
        y_ticks=[Tick(at_y(y), short_number(y)) for y in y_values],
        files=files,
    )


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """About `wanted` steps of 1, 2 or 5 times a power of ten that enclose `low` to `high`."""
    raw = (high - low) / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if raw <= power * factor * 1.0001)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def is_drawable(value: float) -> bool:
    """Whether a difference of two such values is a number; NaN and infinities are not."""
    return abs(value) < 1e300


def short_number(value: float) -> str:
    """Four significant digits, without noise: 0.967, 12,300, 1.2e-05."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    text = f"{value:.4g}"
    return f"{float(text):,}" if 1e3 <= abs(value) < 1e9 and "e" in text else text


def _range(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    if high - low > max(size * 1e-12, 1e-290):  # below that, steps of the axis fall together
        return low, high
    # One value still needs an axis with a length.
    gap = size * 0.1 if size > 1e-280 else 1.0
    return low - gap, high + gap


def _lines(
    points: Sequence[Point], at_x: Callable[[float], float], at_y: Callable[[float], float]
) -> list[str]:
    lines: list[list[str]] = [[]]
    for point in points:
        if is_drawable(point.y):
            lines[-1].append(f"{at_x(point.x)},{at_y(point.y)}")
        else:
            lines.append([])
    return [" ".join(line) for line in lines if len(line) > 1]


def _dotted(points: Sequence[Point], is_one_of_many: bool) -> list[Point]:
    """The points that get a dot."""
    drawn = [point for point in points if is_drawable(point.y)]
    if is_one_of_many:
        return drawn[:: max(1, math.ceil(len(drawn) / SERIES_DOTS))]
    return [point for point in drawn if point.marks or len(drawn) <= SHOWN_DOTS]


def _dots(
    points: Sequence[Point],
    at_x: Callable[[float], float],
    at_y: Callable[[float], float],
    right: int,
) -> list[Dot]:
    """The points with their marks, on two levels; where neither has room they are not written."""
    dots, ends = [], {10: float("-inf"), 24: float("-inf")}  # where the last words end
    for point in points:
        x, length = at_x(point.x), _WIDTH_OF_SIGN * len(", ".join(point.marks))
        anchor, start = "middle", x - length / 2
        if start < LEFT:
            anchor, start = "start", x
        elif start + length > right:
            anchor, start = "end", x - length
        lift = next((each for each, end in ends.items() if start > end), 0) if point.marks else 0
        if lift:
            ends[lift] = start + length + 8
        dots.append(
            Dot(x, at_y(point.y), point.label, point.value, point.marks, point.url, anchor, lift)
        )
    return dots


def _spread(points: Sequence[Point], most: int) -> list[Point]:
    labelled = list({point.x: point for point in points if point.label}.values())
    step = max(1, math.ceil(len(labelled) / most))
    return labelled[::step]


def _describe(title: str, series: Sequence[Series]) -> str:
    drawn = [[p.y for p in each.points if is_drawable(p.y)] for each in series]
    values = [value for each in drawn for value in each]
    if not values:
        return _("%(title)s: no values") % {"title": title}
    facts = {
        "title": title,
        "n": len(values),
        "low": short_number(min(values)),
        "high": short_number(max(values)),
        "last": short_number(values[-1]),
        "lines": len(series),
    }
    if len(series) > 1:
        return _("%(title)s: lowest %(low)s, highest %(high)s; lines: %(lines)d") % facts
    return _("%(title)s: lowest %(low)s, highest %(high)s, last %(last)s; points: %(n)d") % facts
