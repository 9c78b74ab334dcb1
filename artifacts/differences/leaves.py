"""Named values beside each other, with the difference of numbers."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artifacts.metrics import number_of

MOST_TEXT = 300  # characters of one value


@dataclass(frozen=True)
class Leaf:
    """One name on both sides as text, "" on the side that lacks it.

    `change` and `percent` are those of two numbers; there is no percentage of nothing.
    """

    name: str
    state: str  # "added", "removed", "changed" or "same"
    base: str
    other: str
    change: float | None = None
    percent: float | None = None


def compare_leaves(base: Mapping[str, Any], other: Mapping[str, Any]) -> list[Leaf]:
    """Return each name that either has, what differs first, else in the order of names."""
    leaves = [_leaf(name, base, other) for name in sorted(base.keys() | other.keys())]
    return sorted(leaves, key=lambda leaf: leaf.state == "same")


def _leaf(name: str, base: Mapping[str, Any], other: Mapping[str, Any]) -> Leaf:
    if name not in base:
        return Leaf(name, "added", "", text_of(other[name]))
    if name not in other:
        return Leaf(name, "removed", text_of(base[name]), "")
    before, after = base[name], other[name]
    texts = text_of(before), text_of(after)
    numbers = number_of(before), number_of(after)
    if numbers[0] is not None and numbers[1] is not None:
        if before == after:
            return Leaf(name, "same", *texts)
        return Leaf(name, "changed", *texts, *_change(numbers[0], numbers[1]))
    return Leaf(name, "same" if _written(before) == _written(after) else "changed", *texts)


def _change(before: float, after: float) -> tuple[float | None, float | None]:
    change = after - before
    percent = change / abs(before) * 100 if before else None
    return _finite(change), _finite(percent)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _written(value: Any) -> str:
    """The value as JSON, in which true is not 1, and not a number equals itself."""
    return json.dumps(value, sort_keys=True)


def text_of(value: Any) -> str:
    """Return a value as people read it, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
