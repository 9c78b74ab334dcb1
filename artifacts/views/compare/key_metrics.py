"""The most telling metrics of a version, beside those of the version it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from artifacts.metrics import Measured, direction_of, number_of, verdict_of
from artifacts.models import Membership, Run
from registry_site.queries.natural_order import natural_key
from registry_site.texts.numbers import short_number

METRICS = 6


@dataclass(frozen=True)
class KeyMetric:
    """A number of the version beside that of the version it is compared with.

    `verdict` is better, worse or same; "" where the other has none, or nobody knows what is better.
    """

    name: str
    value: str
    exact: str
    base: str = ""
    change: float | None = None
    verdict: str = ""


def key_metrics(
    membership: Membership,
    base: Membership | None,
    runs: Mapping[int, Run],
    directions: Mapping[str, str] | None = None,
) -> list[KeyMetric]:
    """Return the most telling numbers of a version.

    First come those for which a better direction is known, and of these the ones that were not
    measured in training. `runs` logged the two versions, as far as the person may see them.
    `directions` gives `min` or `max` for some numbers (`run.loss`); the names of the others tell
    it.
    """
    directions = directions or {}

    def direction(name: str) -> str:
        return directions.get(name) or direction_of(name)

    own, other = _measured(membership, runs), _measured(base, runs) if base else None
    names = own.names()
    of_runs = {name.partition(".")[2] for name in names if name.startswith("run.")}
    once = [name for name in names if name.startswith("run.") or name[9:] not in of_runs]
    telling = [name for name in once if direction(name) or name.startswith("run.")] or once
    # by name at last: PostgreSQL keeps no order of keys
    telling.sort(
        key=lambda name: (
            name not in directions,
            not direction(name),
            "train" in name.lower(),
            natural_key(name),
        )
    )
    return [_metric(name, own, other, direction(name)) for name in telling[:METRICS]]


def _measured(membership: Membership, runs: Mapping[int, Run]) -> Measured:
    run = runs.get(membership.version.run_id or 0)
    return Measured(membership.version.metadata, run.summary if run else {})


def _metric(name: str, own: Measured, other: Measured | None, direction: str) -> KeyMetric:
    value = own.number(name)
    assert value is not None  # noqa: S101 - its names are of numbers
    metric = KeyMetric(name.partition(".")[2], short_number(value), str(own.value(name)))
    before = other.number(name) if other else None
    if before is None:
        return metric
    change, verdict = number_of(value - before), verdict_of(before, value, direction)
    return replace(metric, base=short_number(before), change=change, verdict=verdict)
