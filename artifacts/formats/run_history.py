"""A line of a run's history: its step and its metrics; and the count of all metrics of a run.

Lines are stored as they came, so any of them may not be JSON.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from operator import le
from typing import Any

from registry_site.errors import Invalid
from registry_site.queries.natural_order import natural_key
from registry_site.texts.json_text import clean_text, read_object

MOST_METRICS = 10_000  # counted for one run; others are only in its lines
MOST_TEXT = 256  # characters of a metric's name or value in the counts
_LARGEST = 2**63
_DEEPEST = 20
_NUMBERS = {int, float}
_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "list"}
_PLAIN = {*_TYPES.values(), "nil", "map"}  # types of values without a `_type`
NO_NUMBERS = {"NaN", "Infinity", "-Infinity"}  # as summaries and metadata keep them


def step_of(row: dict[str, Any]) -> int | None:
    """Return the step of a history row, or None where it has none that can be stored."""
    step = row.get("_step")
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    if isinstance(step, bool) or not isinstance(step, int):
        return None
    return step if -_LARGEST <= step < _LARGEST else None


def metrics_of(row: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each metric of a row; nested ones have names with dots.

    An object with `_type` is one value: a histogram, an image, a table.
    """
    for key, value in row.items():
        if type(value) is dict and value and not is_typed(value) and depth < _DEEPEST:
            yield from metrics_of(value, f"{prefix}{key}.", depth + 1)
        else:
            yield prefix + key, value


def is_typed(value: dict[str, Any]) -> bool:
    """Return whether the SDK wrote this object for one value, as `_type` says (`image-file`)."""
    return isinstance(value.get("_type"), str)


def value_at(row: dict[str, Any], name: str) -> Any:
    """Return the value of this name; raises KeyError where the row has none.

    Parts of an object with `_type` have no name.
    """
    if name in row:
        return row[name]
    first, dot, rest = name.partition(".")
    while dot:
        inner = row.get(first)
        if isinstance(inner, dict) and not is_typed(inner):
            return value_at(inner, rest)
        more, dot, rest = rest.partition(".")
        first = f"{first}.{more}"
    raise KeyError(name)


def with_keys(row: dict[str, Any], keys: Iterable[str]) -> dict[str, Any] | None:
    """Return the row reduced to these keys, or None where it lacks one of them."""
    try:
        return {key: value_at(row, key) for key in keys}
    except KeyError:
        return None


def system_metrics_of(text: str) -> dict[str, Any]:
    """Return the metrics of the machine in an event line: names that begin with `system.`."""
    try:
        row = read_object(text, "The event")
    except Invalid:
        return {}
    return {name: value for name, value in row.items() if name.startswith("system.")}


def count_metrics(metrics: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
    """Count rows in `metrics`: how often each metric came, with which types, and its last value.

    `metrics` has the form of the SDK: `{name: {"typeCounts": [{"type", "count"}], "monotonic":
    whether it never fell, "previousValue"}}`.
    """
    columns: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name, value in metrics_of(row):
            columns[name].append(value)
    for name, values in columns.items():
        metric = metrics.get(name) or _metric(metrics, name)
        if metric is not None:
            _count(metric, values)


def measured(value: Any) -> float | None:
    """Return the value if it is a number, NaN or an infinity; None for everything else.

    The SDK writes NaN and the infinities bare in the history, and as words in summaries
    (wandb 0.31).
    """
    kind = type(value)
    if kind is float:
        return value
    if kind is int:
        try:
            return float(value)
        except OverflowError:
            return sys.float_info.max if value > 0 else -sys.float_info.max
    return float(value) if kind is str and value in NO_NUMBERS else None


def numbers_among(metrics: dict[str, Any]) -> list[str]:
    """Return the names of metrics that are numbers, in natural order, without the SDK's own."""
    names = (
        name
        for name, metric in metrics.items()
        if not name.startswith("_") and _has_type(metric, "number")
    )
    return sorted(names, key=natural_key)


def media_among(metrics: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return, for each name under which the SDK's objects were logged, the count of each type."""
    counts_by_name: dict[str, dict[str, int]] = {}
    for name in sorted(metrics, key=natural_key):
        counts = metrics[name].get("typeCounts", ())
        media = {each["type"]: each["count"] for each in counts if each["type"] not in _PLAIN}
        if media:
            counts_by_name[name] = media
    return counts_by_name


def _has_type(metric: dict[str, Any], name: str) -> bool:
    return any(entry["type"] == name for entry in metric.get("typeCounts", ()))


def how_often(metrics: dict[str, Any], name: str) -> int:
    """Return in how many rows a metric came, as counted by `count_metrics`."""
    counts = metrics.get(name, {}).get("typeCounts", ())
    return sum(entry["count"] for entry in counts)


def _metric(metrics: dict[str, Any], name: str) -> dict[str, Any] | None:
    name = clean_text(name)
    if name not in metrics and (len(metrics) >= MOST_METRICS or len(name) > MOST_TEXT):
        return None
    return metrics.setdefault(name, {"typeCounts": [], "monotonic": True, "previousValue": None})


def _count(metric: dict[str, Any], values: list[Any]) -> None:
    for type_name, count in _count_types(values).items():
        for entry in metric["typeCounts"]:
            if entry["type"] == type_name:
                entry["count"] += count
                break
        else:
            metric["typeCounts"].append({"type": type_name, "count": count})
    numbers = [value for value in values if type(value) in _NUMBERS and abs(value) < _LARGEST]
    before = [metric["previousValue"]] if type(metric["previousValue"]) in _NUMBERS else []
    rising = map(le, [*before, *numbers], [*before, *numbers][1:])
    metric["monotonic"] &= len(numbers) == len(values) and all(rising)
    for value in reversed(values):
        if isinstance(value, str):
            metric["previousValue"] = clean_text(value[:MOST_TEXT])
            break
        if numbers and value is numbers[-1]:
            metric["previousValue"] = value
            break


def _count_types(values: list[Any]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for kind, count in Counter(map(type, values)).items():
        if name := _TYPES.get(kind):
            counts[name] += count
        else:
            counts.update(_name_of_type(value) for value in values if type(value) is kind)
    return counts


def _name_of_type(value: Any) -> str:
    """Return the name of a value's type: its `_type` if the SDK wrote it, `nil` for null."""
    name = value.get("_type") if isinstance(value, dict) else "nil"
    return clean_text(name[:MOST_TEXT]) if isinstance(name, str) else "map"
