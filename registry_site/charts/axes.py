"""Ticks of an axis and their texts: round numbers, each text different from the next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_SHORT = 10  # characters of a label; longer numbers get an exponent


@dataclass(frozen=True)
class Tick:
    """A position on an axis, with its text."""

    at: float
    label: str


def ticks_around(low: float, high: float, count: int = 4) -> list[float]:
    """About `wanted` steps of 1, 2 or 5 times a power of ten that enclose `low` to `high`."""
    step = round_step(low, high, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def ticks_within(low: float, high: float, count: int, *, whole: bool = False) -> list[float]:
    """About `wanted` such steps between `low` and `high`; whole numbers have no ticks between."""
    step = round_step(low, high, count)
    step = max(step, 1) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def round_step(low: float, high: float, count: int) -> float:
    """Return the distance of about `wanted` ticks: 1, 2 or 5 times a power of ten."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if raw <= power * factor * 1.0001)


def tick_texts(values: Sequence[float]) -> list[str]:
    """Return the text of each tick, with as many digits as tell it from the next one."""
    if not values:
        return []
    size = max(map(abs, values))
    step = abs(values[1] - values[0]) if len(values) > 1 else size
    if not step:
        return [f"{value:g}" for value in values]
    values = [value if abs(value) > step / 2 else 0.0 for value in values]
    place = math.floor(math.log10(step) + 1e-9)  # the decimal place of the last digit needed
    plain = [f"{value:,.{max(0, -place)}f}" for value in values]
    if max(map(len, plain)) <= _SHORT:
        return plain
    digits = max(0, math.floor(math.log10(size) + 1e-9) - place)
    powers = [f"{value:.{digits}e}" if value else "0" for value in values]
    return min(plain, powers, key=lambda texts: max(map(len, texts)))


def axis_range(values: Sequence[float]) -> tuple[float, float]:
    """Return the first and the last place of an axis, which are never the same."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    if high - low > max(size * 1e-12, 1e-290):  # in smaller ranges the axis's steps coincide
        return low, high
    gap = size * 0.1 if size > 1e-280 else 1.0
    return low - gap, high + gap
