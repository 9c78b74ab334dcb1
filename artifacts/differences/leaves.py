"""Two sets of named values compared, with the differences of numbers."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from artifacts.differences.lines import MOST_WORK, Pair, opcodes_of, pairs_of
from artifacts.formats.run_history import is_typed
from artifacts.metrics import number_of
from registry_site.queries.natural_order import natural_key

MOST_VALUES = 50_000  # in one value, including itself
MOST_TEXT = 300  # characters of one value
_MOST_WRITTEN = 4_000_000  # characters written to pair items of lists
_LONGEST = 2_000  # characters of one name
_ABSENT = object()


@dataclass(frozen=True)
class Leaf:
    """The value of one name on both sides, as text; "" on a side without it.

    `change` and `percent` are set for two numbers; `percent` is None where the base is 0. An object
    of the SDK (with `_type`) is one value and not a number.
    """

    name: str
    state: str  # "added", "removed", "changed" or "same"
    base: str
    other: str
    change: float | None = None
    percent: float | None = None


class TooLarge(Exception):
    """The value has too many parts, or too long names, to be compared part by part."""


def compare_leaves(base: Mapping[str, Any], other: Mapping[str, Any]) -> list[Leaf]:
    """Return a leaf for each name, those that differ first, and else sorted by name.

    For two lists that differ, the items that differ come after the other differences.
    """
    names = sorted(base.keys() | other.keys(), key=natural_key)
    leaves = [_leaf(name, base.get(name, _ABSENT), other.get(name, _ABSENT)) for name in names]
    lists = {
        leaf.name
        for leaf in leaves
        if leaf.state == "changed"
        and isinstance(base[leaf.name], list)
        and isinstance(other[leaf.name], list)
    }
    try:
        items = compare_values(*({name: side[name] for name in lists} for side in (base, other)))
    except TooLarge:
        return sorted(leaves, key=lambda leaf: leaf.state == "same")
    different = [leaf for leaf in leaves if leaf.state != "same" and leaf.name not in lists]
    return [*different, *items, *(leaf for leaf in leaves if leaf.state == "same")]


def compare_values(base: Any, other: Any) -> list[Leaf]:
    """Return the plain values that differ, by their paths: `model.layers[0].size`.

    Items of lists are paired even where others come or go before them: `[1 → 2]` was the second
    item and is the third. Raises TooLarge.
    """
    return list(_Comparison(base, other).leaves())


class _Comparison:
    """One comparison of two values, with a bound on the work for all their lists together."""

    def __init__(self, base: Any, other: Any) -> None:
        self.parts = _count(base) + _count(other)
        self.values = base, other
        self.written = 0

    def leaves(self) -> Iterator[Leaf]:
        waiting = [("", *self.values)]
        while waiting:
            path, before, after = waiting.pop()
            if len(path) > _LONGEST:
                raise TooLarge
            inner = self._inner(path, before, after)
            if inner is not None:
                waiting += reversed(inner)
            elif (leaf := _leaf(path or "$", before, after)).state != "same":
                yield leaf

    def _inner(self, path: str, before: Any, after: Any) -> list[tuple[str, Any, Any]] | None:
        """Return the parts of both sides in pairs; None where neither side has parts."""
        sides = [each for each in (before, after) if each is not _ABSENT]
        if path and any(isinstance(each, dict) and is_typed(each) for each in sides):
            return None  # only at a `path`: the parts of a whole file are compared
        if not any(isinstance(each, dict | list) and each for each in sides):
            return None
        kinds = {type(each) for each in sides}
        if len(kinds) > 1:
            return [(path, before, _ABSENT), (path, _ABSENT, after)]
        if kinds == {dict}:
            left, right = ({} if each is _ABSENT else each for each in (before, after))
            return [
                (f"{path}.{key}" if path else key, left.get(key, _ABSENT), right.get(key, _ABSENT))
                for key in sorted(left.keys() | right.keys(), key=natural_key)
            ]
        old, new = ([] if each is _ABSENT else each for each in (before, after))
        return [
            (
                f"{path}[{_place(a, b)}]",
                _ABSENT if a is None else old[a],
                _ABSENT if b is None else new[b],
            )
            for a, b in self._pairs(old, new)
        ]

    def _pairs(self, base: list[Any], other: list[Any]) -> list[Pair]:
        """Return the pairs of items that differ; once the work is spent, paired by index."""
        if not base or not other or self.written > _MOST_WRITTEN:
            return list(zip_longest(range(len(base)), range(len(other))))
        old, new = ([_written(item) for item in side] for side in (base, other))
        self.written += sum(map(len, old)) + sum(map(len, new))
        work = MOST_WORK * (len(base) + len(other)) // self.parts
        codes, _is_rough = opcodes_of(old, new, work)
        pairs = [pair for code in codes if code[0] != "equal" for pair in pairs_of(*code)]
        if len(old) == len(new):  # as with [1, 2] and [2, 1]
            by_number: list[Pair] = [(n, n) for n, text in enumerate(old) if text != new[n]]
            return by_number if len(by_number) <= len(pairs) else pairs
        return pairs


def _place(base: int | None, other: int | None) -> str:
    if base is None or other is None or base == other:
        return str(other if base is None else base)
    return f"{base} → {other}"


def _count(value: Any) -> int:
    """Return the number of values in a value, itself included; TooLarge beyond MOST_VALUES."""
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        count += 1
        if isinstance(each, dict | list):
            waiting += each.values() if isinstance(each, dict) else each
        if count + len(waiting) > MOST_VALUES:
            raise TooLarge
    return count


def _leaf(name: str, before: Any, after: Any) -> Leaf:
    if before is _ABSENT:
        return Leaf(name, "added", "", text_of(after))
    if after is _ABSENT:
        return Leaf(name, "removed", text_of(before), "")
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
    """Return the value as JSON: as text true differs from 1, and NaN equals NaN."""
    return json.dumps(value, sort_keys=True)


def text_of(value: Any) -> str:
    """Return a value as people read it, cut where it is long; for the SDK's objects their type."""
    if isinstance(value, dict) and is_typed(value):
        value = " ".join(str(value[key]) for key in ("_type", "path") if value.get(key))
    if isinstance(value, dict) and is_typed(value):
        name = value.get("path")
        text = f"{value['_type']} {name}" if isinstance(name, str) else str(value["_type"])
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
