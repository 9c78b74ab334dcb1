"""Metadata, config and summaries as nested rows that a template can walk."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MOST_LEAVES = 2_000  # of one tree; beyond it the page would help nobody
MOST_TEXT = 2_000  # characters of one value
_DEEPEST = 20


@dataclass
class Row:
    """A key with a value as text, or with the rows below it."""

    key: str
    text: str = ""
    rows: list["Row"] = field(default_factory=list)
    is_open: bool = True


def tree_of(value: dict[str, Any]) -> list[Row]:
    """Return the rows of a JSON object in the order of their keys."""
    budget = iter(range(MOST_LEAVES))
    return _rows(sorted(value.items()), budget, 0)


def tree_of_json(value: Any) -> list[Row]:
    """Return the rows of any JSON; a list of plain values, like one of them, is a single row."""
    below = _items(value)
    if below is None:
        return [Row("", _text(value))]
    return _rows(below, iter(range(MOST_LEAVES)), 0)


def without_internals(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the SDK keeps for itself: keys that begin with an underscore."""
    return {key: item for key, item in value.items() if not key.startswith("_")}


def config_of(config: dict[str, Any]) -> dict[str, Any]:
    """Unwrap a run's config: the SDK sends {key: {"value": …, "desc": …}}."""
    return {
        key: item["value"] if isinstance(item, dict) and "value" in item else item
        for key, item in without_internals(config).items()
    }


def _rows(items: Iterable[tuple[str, Any]], budget: Iterator[int], depth: int) -> list[Row]:
    rows = []
    for key, value in items:
        below = _items(value) if depth < _DEEPEST else None
        if below is None:
            if next(budget, None) is None:
                rows.append(Row("…", ""))
                return rows
            rows.append(Row(key, _text(value)))
        else:
            rows.append(Row(key, rows=_rows(below, budget, depth + 1), is_open=len(below) <= 20))
    return rows


def _items(value: Any) -> list[tuple[str, Any]] | None:
    """What lies below a value; None for a leaf, among them short lists of plain values."""
    if isinstance(value, dict) and value:
        return sorted(value.items())
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return [(str(number), item) for number, item in islice(enumerate(value), MOST_LEAVES)]
    return None


def _text(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:  # what was just shallow enough to be read
        text = "…"
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
