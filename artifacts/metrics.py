"""Numbers in nested JSON: what summaries and metadata hold, under dotted names."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from artifacts.formats.run_history import NO_NUMBERS, is_typed, value_at
from registry_site.queries.natural_order import natural_key

MOST_LEAVES = 2_000  # of one value; beyond it no table would help anybody
MOST_OF_NAME = 256  # characters; longer names would fit no address
_DEEPEST = 20
_LOWER_IS_BETTER = ("loss", "error", "err", "mse", "mae", "rmse", "perplexity", "latency", "wer")
_HIGHER_IS_BETTER = (
    "accuracy", "acc", "auc", "auroc", "f1", "precision", "recall", "score", "r2", "map", "ap",
    "iou", "miou", "dice", "bleu", "rouge", "meteor", "psnr", "ssim", "ndcg", "mrr", "reward",
    "throughput", "top1", "top5", "kappa", "mcc",
)  # fmt: skip


def leaves_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are no objects, by dotted name: {"a": {"b": 1}} gives {"a.b": 1}.

    Keys that begin with an underscore are the SDK's own and are left out. A list is one leaf, and
    so is a value that the SDK wrote as an object with `_type`: an image, a table, a histogram.
    """
    leaves: dict[str, Any] = {}
    for name, leaf in _walk(value, "", 0):
        if len(leaves) == MOST_LEAVES:
            break
        leaves[name] = leaf
    return leaves


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


class Measured(NamedTuple):
    """The values of one version: `run.NAME` is in the summary of the run that logged it."""

    metadata: dict[str, Any]
    summary: dict[str, Any]

    def names(self) -> list[str]:
        """Return the names of all its numbers, those of the run first."""
        return [
            f"{source}.{name}"
            for source, value in (("run", self.summary), ("metadata", self.metadata))
            for name in numbers_of(value)
            if is_metric_name(f"{source}.{name}")
        ]

    def value(self, name: str) -> Any:
        """Return the number at `run.NAME` or `metadata.NAME`, or the word of one like NaN.

        None for everything else, among it true and false.
        """
        source, _dot, inner = name.partition(".")
        try:
            value = value_at({"run": self.summary, "metadata": self.metadata}[source], inner)
        except KeyError:
            return None
        if isinstance(value, str) and value in NO_NUMBERS:
            return value
        return None if number_of(value) is None else value

    def number(self, name: str) -> float | None:
        """Return the value at the name if it is a finite number, else None."""
        return number_of(self.value(name))


def is_metric_name(name: str) -> bool:
    """Return whether a text is `run.NAME` or `metadata.NAME`, as metrics are called."""
    source, _dot, inner = name.partition(".")
    return source in {"run", "metadata"} and 0 < len(inner) <= MOST_OF_NAME


def best_of(rows: Sequence[Measured], name: str, *, lowest: bool) -> float | None:
    """Return the best value that the rows have under this name; None where all are equally good."""
    numbers = [number for row in rows if (number := row.number(name)) is not None]
    if not numbers or len({row.value(name) for row in rows} - {None}) < 2:
        return None
    return min(numbers) if lowest else max(numbers)


def commonest(rows: Iterable[Measured]) -> list[str]:
    """Return the names of all their numbers: those that most rows have first, then by name."""
    counts = Counter(name for row in rows for name in row.names())
    # the numbers of runs come before those of the metadata
    return sorted(
        counts, key=lambda name: (-counts[name], not name.startswith("run."), natural_key(name))
    )


def is_better_lower(name: str) -> bool:
    """Guess from its name whether the lower value of a metric is the better one."""
    return direction_of(name) == "min"


def direction_of(name: str) -> str:
    """Return `min` or `max` where the name says which is better, "" where it doesn't.

    The last part that says anything counts: `loss.best_accuracy` is an accuracy.
    """
    words = re.split(r"[^a-z0-9]+", name.lower())
    for word in reversed(words):
        if word in _LOWER_IS_BETTER:
            return "min"
        if word in _HIGHER_IS_BETTER:
            return "max"
    return ""


def verdict_of(before: float, after: float, direction: str) -> str:
    """Return whether a number is better, worse or the same; "" where nobody knows what is better.

    `direction` is `min` or `max`, whichever is best, or "".
    """
    if before == after:
        return "same"
    if not direction:
        return ""
    return "better" if (after > before) == (direction == "max") else "worse"


def directions_chosen(texts: Iterable[str]) -> dict[str, str]:
    """Return `min` or `max` by metric, from the NAME:min and NAME:max in an address."""
    parts = (text.rpartition(":") for text in texts)
    return {name: direction for name, _colon, direction in parts if direction in {"min", "max"}}


def _walk(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if not isinstance(key, str) or key.startswith("_"):
            continue
        if isinstance(item, dict) and item and not is_typed(item) and depth < _DEEPEST:
            yield from _walk(item, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", item
