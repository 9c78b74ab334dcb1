"""The report of a sweep or of a trial: counts of each kind, their bytes, and refusals."""

import json
import logging
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

logger = logging.getLogger(__name__)

KINDS = (
    "expired",
    "retired",
    "given_up",
    "removed",
    "runs",
    "collections",
    "blobs",
    "strays",
)
MOST_REFUSALS = 1000  # named in a report; more are only counted


@dataclass(frozen=True)
class Refusal:
    """A thing that stays although it is due, and the reason."""

    kind: str
    name: str
    reason: str


class SweepReport(Counter[str]):
    """Counts by kind; `sizes` has bytes by kind, for versions including bytes that others share.

    A trial changes nothing and counts what would be removed now. It doesn't count what could be
    removed only after that.
    """

    def __init__(self, *, is_trial: bool = False) -> None:
        super().__init__(dict.fromkeys(KINDS, 0))
        self.is_trial = is_trial
        self.has_failed = False
        self.sizes: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
        self.refusals: list[Refusal] = []
        self.refused_count = 0

    def add(self, kind: str, size: int = 0, count: int = 1) -> None:
        """Count things of a kind that were removed; `size` is in bytes."""
        self[kind] += count
        self.sizes[kind] += size

    def refuse(self, kind: str, name: str, reason: str) -> None:
        """Note a thing that stays, with the reason."""
        self.refused_count += 1
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(Refusal(kind, name, reason))

    def log(self) -> None:
        """Log one line, if anything was removed or refused."""
        if any(self.values()) or self.refused_count:
            logger.info("Sweep: %s", json.dumps(self.as_json(), ensure_ascii=False)[:4000])

    def as_json(self) -> dict[str, Any]:
        """Return the whole report as a JSON object."""
        return {
            "is_dry_run": self.is_trial,
            "kinds": {kind: {"count": self[kind], "bytes": self.sizes[kind]} for kind in KINDS},
            "refused_count": self.refused_count,
            "refused": [asdict(refusal) for refusal in self.refusals],
        }
