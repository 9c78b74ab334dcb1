"""Where the parts of an alias's time line go; artifacts/aliases/_time_line.html draws them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from artifacts.services.aliases.periods import End, Interval

MOST_DRAWN = 60  # periods, the newest ones
MOST_LANES = 12  # versions
LANE = 28  # pixels
_BAR = 16
_TICKS = 3
_LEAST = 0.6  # hundredths of the width: the least that a bar has


@dataclass(frozen=True)
class Bar:
    """One period, in hundredths of the width."""

    x: str
    width: str
    y: int
    interval: Interval


@dataclass(frozen=True)
class Lane:
    """One version, with the middle of its row."""

    label: str
    y: int


@dataclass(frozen=True)
class Tick:
    """A moment on the axis; `anchor` keeps the first and the last inside."""

    x: str
    label: str
    anchor: str


@dataclass(frozen=True)
class TimeLine:
    """Versions from the newest holder down, and when each had the alias."""

    lanes: list[Lane]
    bars: list[Bar]
    ticks: list[Tick]
    height: int
    has_more: bool  # whether some versions have no lane


def time_line(intervals: Sequence[Interval]) -> TimeLine | None:
    """Return the drawing of these periods, newest first; None for none."""
    if not intervals:
        return None
    now = timezone.now()
    numbers = list(dict.fromkeys(each.number for each in intervals))
    lanes = {number: at for at, number in enumerate(numbers[:MOST_LANES])}
    drawn = [each for each in intervals if each.number in lanes]
    first = min(each.start.at for each in drawn)
    span = max((now - first).total_seconds(), 1.0)

    def at(moment: dt.datetime) -> float:
        return 100 * (moment - first).total_seconds() / span

    bars = []
    for interval in drawn:
        begin, end = at(interval.start.at), at(_until(interval, now))
        width = max(end - begin, _LEAST)
        x = min(begin, 100 - width)
        y = lanes[interval.number] * LANE + (LANE - _BAR) // 2
        bars.append(Bar(f"{x:.2f}", f"{width:.2f}", y, interval))
    return TimeLine(
        lanes=[Lane(number, row * LANE + LANE // 2) for number, row in lanes.items()],
        bars=bars,
        ticks=_ticks(first, now),
        height=len(lanes) * LANE,
        has_more=len(numbers) > len(lanes),
    )


def _until(interval: Interval, now: dt.datetime) -> dt.datetime:
    if interval.end_event:
        return interval.end_event.at
    return now if interval.end == End.NOW else interval.start.at


def _ticks(first: dt.datetime, now: dt.datetime) -> list[Tick]:
    span = now - first
    form = "%Y-%m-%d" if span > dt.timedelta(days=3) else "%m-%d %H:%M"
    anchors = {0: "start", _TICKS - 1: "end"}
    ticks: list[Tick] = []
    for number in range(_TICKS):
        share = number / (_TICKS - 1)
        label = (first + span * share).astimezone(dt.UTC).strftime(form)
        if not ticks or ticks[-1].label != label:
            ticks.append(Tick(f"{100 * share:.0f}", label, anchors.get(number, "middle")))
    return ticks
