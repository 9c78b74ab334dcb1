"""Long rows of numbers: a drawing gets few points, while the words describe all values.

The lowest and the highest value of each stretch stay, so that no spike is lost. A value that is no
number is counted, and marked where it stood.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry_site.texts.numbers import is_drawable, short_number

MOST_POINTS = 240  # points of one curve


@dataclass(frozen=True)
class Extent:
    """The range and the counts of all values of a curve.

    `low`, `high` and `last` are of the values that are numbers. `huge` ones are numbers, but too
    large to draw.
    """

    count: int = 0
    low: float | None = None
    high: float | None = None
    last: float | None = None
    nan: int = 0
    plus: int = 0
    minus: int = 0
    huge: int = 0

    @property
    def total(self) -> int:
        """The number of all values, whether they are numbers or not."""
        return self.count + self.nan + self.plus + self.minus

    @property
    def words(self) -> str:
        """The extremes in words, "" where there is no number."""
        if self.low is None or self.high is None or self.last is None:
            return ""
        return _("lowest {low} · highest {high} · last {last}").format(
            low=short_number(self.low), high=short_number(self.high), last=short_number(self.last)
        )

    @property
    def odd_words(self) -> str:
        """How many values are no numbers, and where they are marked; "" where all can be drawn."""
        texts = [
            (self.nan, ngettext("NaN {count} time", "NaN {count} times", self.nan)),
            (self.plus, ngettext("Infinity {count} time", "Infinity {count} times", self.plus)),
            (
                self.minus,
                ngettext("-Infinity {count} time", "-Infinity {count} times", self.minus),
            ),
            (
                self.huge,
                ngettext("{count} too large to draw", "{count} too large to draw", self.huge),
            ),
        ]
        return " · ".join(text.format(count=f"{count:,}") for count, text in texts if count)


class Odd(NamedTuple):
    """The place of a value that can't be drawn: NaN (0), or beyond one end of the axis (1, -1)."""

    x: float
    side: int


class _Stretch(NamedTuple):
    """Neighbouring values: the lowest and highest in their order, one odd value of each side."""

    ends: tuple[tuple[float, float], ...]
    odd: tuple[Odd, ...]


class Curve:
    """Takes any number of values in their order, and keeps few of them."""

    def __init__(self) -> None:
        self._xs: list[float] = []
        self._ys: list[float] = []
        self._stretches: list[_Stretch] = []
        self._length = 1  # values in one stretch
        self._first: tuple[float, float] | None = None  # the first value that can be drawn
        self._last: tuple[float, float] | None = None
        self._extent = Extent()
        self._is_thinned = False

    def add(self, x: float, y: float) -> None:
        """Add the next value, a number or none."""
        self._xs.append(x)
        self._ys.append(y)
        if len(self._ys) == self._length:
            self.close()

    @property
    def extent(self) -> Extent:
        """The range and the counts of all values so far."""
        self.close()
        return self._extent

    @property
    def is_thinned(self) -> bool:
        """Whether the curve has more values than points."""
        return self._is_thinned

    @property
    def points(self) -> list[tuple[float, float]]:
        """The points to draw; NaN breaks the line after a long stretch without numbers."""
        self.close()
        points: list[tuple[float, float]] = []
        for stretch in self._stretches:
            points += stretch.ends or [(stretch.odd[0].x, math.nan)]
        if self._is_thinned and self._first and self._last:
            points = [self._first] * (self._first != points[0]) + points
            points += [self._last] * (self._last != points[-1])
        return points

    @property
    def odd(self) -> list[Odd]:
        """The places of values that can't be drawn: of each stretch and side, the first."""
        self.close()
        return [each for stretch in self._stretches for each in stretch.odd]

    def close(self) -> None:
        """Count the values of an unfinished stretch; reading the curve does it by itself."""
        xs, ys = self._xs, self._ys
        if not ys:
            return
        self._xs, self._ys = [], []
        self._extent = _extended(self._extent, ys)
        drawn = [y for y in ys if is_drawable(y)]
        ends: list[tuple[float, float]] = []
        if drawn:
            self._keep_outer(xs, ys)
            places = {ys.index(min(drawn)), ys.index(max(drawn))}
            ends = [(xs[place], ys[place]) for place in sorted(places)]
        odd = (
            [Odd(x, _side(y)) for x, y in zip(xs, ys, strict=True) if not is_drawable(y)]
            if len(drawn) < len(ys)
            else []
        )
        self._stretches.append(_Stretch(tuple(ends), _one_of_each_side(odd)))
        most = MOST_POINTS if self._length == 1 else MOST_POINTS // 2
        if len(self._stretches) > most:
            self._shorten()

    def _keep_outer(self, xs: list[float], ys: list[float]) -> None:
        places = [place for place, y in enumerate(ys) if is_drawable(y)]
        self._first = self._first or (xs[places[0]], ys[places[0]])
        self._last = xs[places[-1]], ys[places[-1]]

    def _shorten(self) -> None:
        """Merge each two stretches into one."""
        pairs = zip(self._stretches[::2], self._stretches[1::2], strict=False)
        rest = self._stretches[len(self._stretches) // 2 * 2 :]
        self._stretches = [_joined(first, second) for first, second in pairs] + rest
        self._length *= 2
        self._is_thinned = True


def curve_of(points: Iterable[tuple[float, float]]) -> Curve:
    """Return the curve of these values."""
    curve = Curve()
    for x, y in points:
        curve.add(x, y)
    return curve


def extent_of(values: Sequence[float]) -> Extent:
    """Return the range and the counts of these values."""
    return _extended(Extent(), values)


def _extended(extent: Extent, ys: Sequence[float]) -> Extent:
    numbers = [y for y in ys if math.isfinite(y)]
    lows = [*numbers, extent.low] if extent.low is not None else numbers
    highs = [*numbers, extent.high] if extent.high is not None else numbers
    odd = [y for y in ys if not is_drawable(y)]
    return Extent(
        count=extent.count + len(numbers),
        low=min(lows, default=None),
        high=max(highs, default=None),
        last=numbers[-1] if numbers else extent.last,
        nan=extent.nan + sum(math.isnan(y) for y in odd),
        plus=extent.plus + odd.count(math.inf),
        minus=extent.minus + odd.count(-math.inf),
        huge=extent.huge + sum(math.isfinite(y) for y in odd),
    )


def _side(y: float) -> int:
    return 0 if math.isnan(y) else 1 if y > 0 else -1


def _one_of_each_side(odd: Iterable[Odd]) -> tuple[Odd, ...]:
    first: dict[int, Odd] = {}
    for each in odd:
        first.setdefault(each.side, each)
    return tuple(first.values())


def _joined(first: _Stretch, second: _Stretch) -> _Stretch:
    ends = [*first.ends, *second.ends]
    if len(ends) > 2:
        low = min(range(len(ends)), key=lambda place: ends[place][1])
        high = max(range(len(ends)), key=lambda place: ends[place][1])
        ends = [ends[place] for place in sorted({low, high})]
    return _Stretch(tuple(ends), _one_of_each_side([*first.odd, *second.odd]))
