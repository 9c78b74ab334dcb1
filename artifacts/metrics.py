"""Numbers in nested JSON: what summaries and metadata hold, under dotted names."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

MOST_LEAVES = 2_000  # of one value; beyond it no table would help anybody
_DEEPEST = 20
_LOWER_IS_BETTER = ("loss", "error", "err", "mse", "mae", "rmse", "perplexity", "latency", "wer")


def leaves_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is no object, by its dotted name: {"a": {"b": 1}} gives {"a.b": 1}.

    Keys that begin with an underscore are the SDK's own and are left out. A list is one leaf.
    """
    found: dict[str, Any] = {}
    for name, leaf in _walk(value, "", 0):
        if len(found) == MOST_LEAVES:
            break
        found[name] = leaf
    return found


def numbers_of(value: Mapping[str, Any]) -> dict[str, float]:
    """Return the finite numbers among the leaves; true and false are none."""
    numbers = {name: number_of(leaf) for name, leaf in leaves_of(value).items()}
    return {name: number for name, number in numbers.items() if number is not None}


def number_of(value: Any) -> float | None:
    """Return the value as a float, None for what is no finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def is_better_lower(name: str) -> bool:
    """Guess from its name whether the lower value of a metric is the better one."""
    words = name.lower().replace("-", "_").replace(".", "_").replace("/", "_").split("_")
    return any(word in _LOWER_IS_BETTER for word in words)


def _walk(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if not isinstance(key, str) or key.startswith("_"):
            continue
        if isinstance(item, dict) and item and depth < _DEEPEST:
            yield from _walk(item, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", item
