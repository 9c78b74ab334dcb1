"""Where the parts of a line chart go: numbers in, coordinates out; line_chart.html draws them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

LEFT, RIGHT_GAP, TOP, BOTTOM_GAP = 64, 16, 28, 28
SHOWN_DOTS = 60  # with more points than this only the marked ones get a dot


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


@dataclass(frozen=True)
class LineChart:
    """All that components/line_chart.html needs."""

    title: str
    x_label: str
    description: str
    width: int
    height: int
    points: Sequence[Point]
    lines: Sequence[str]
    dots: Sequence[Dot]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]

    left = LEFT

    @property
    def right(self) -> int:
        """Where the drawing area ends."""
        return self.width - RIGHT_GAP

    @property
    def bottom(self) -> int:
        """The height of the horizontal axis."""
        return self.height - BOTTOM_GAP


def line_chart(
    points: Sequence[Point], *, title: str, x_label: str = "", width: int = 480, height: int = 200
) -> LineChart:
    """Lay out one series in the order of `x`. What can't be drawn breaks the line only."""
    points = sorted(points, key=lambda point: point.x)
    drawn = [point for point in points if is_drawable(point.y)]
    y_values = nice_ticks(*_range([point.y for point in drawn]))
    low_x, high_x = _range([point.x for point in points])

    def at_x(x: float) -> float:
        return round(LEFT + (x - low_x) / (high_x - low_x) * (width - RIGHT_GAP - LEFT), 1)

    def at_y(y: float) -> float:
        share = (y - y_values[0]) / (y_values[-1] - y_values[0])
        return round(height - BOTTOM_GAP - share * (height - BOTTOM_GAP - TOP), 1)

    def anchor(x: float) -> str:
        return "start" if x < LEFT + 40 else "end" if x > width - RIGHT_GAP - 40 else "middle"

    dots = [
        Dot(at_x(p.x), at_y(p.y), p.label, p.value, p.marks, p.url, anchor(at_x(p.x)))
        for p in drawn
        if p.marks or len(drawn) <= SHOWN_DOTS
    ]
    return LineChart(
        title=title,
        x_label=x_label,
        description=_describe(title, drawn),
        width=width,
        height=height,
        points=points,
        lines=_lines(points, at_x, at_y),
        dots=dots,
        x_ticks=[Tick(at_x(p.x), p.label) for p in _spread(points, 8)],
        y_ticks=[Tick(at_y(y), short_number(y)) for y in y_values],
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


def _spread(points: Sequence[Point], most: int) -> list[Point]:
    labelled = [point for point in points if point.label]
    step = max(1, math.ceil(len(labelled) / most))
    return labelled[::step]


def _describe(title: str, points: Sequence[Point]) -> str:
    if not points:
        return _("%(title)s: no values") % {"title": title}
    values = [point.y for point in points]
    return _("%(title)s: lowest %(low)s, highest %(high)s, last %(last)s; points: %(n)d") % {
        "title": title,
        "n": len(values),
        "low": short_number(min(values)),
        "high": short_number(max(values)),
        "last": short_number(values[-1]),
    }
