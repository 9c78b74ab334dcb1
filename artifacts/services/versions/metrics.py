"""The metrics of a collection's versions, as far as a person may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from artifacts.metrics import Measured
from artifacts.models import Collection, Membership, Run
from registry_site.accounts.models import User

MOST_VERSIONS = 500  # the newest, whose metrics are compared and drawn


@dataclass(frozen=True)
class MeasuredVersion:
    """The metrics of one version, and its number in the collection."""

    membership_id: int
    index: int
    measured: Measured


@dataclass(frozen=True)
class MeasuredVersions:
    """The newest versions of a collection, newest first, each with its metrics."""

    rows: list[MeasuredVersion]
    is_cut: bool  # whether the collection has older ones, too


def read_measured(
    *, by: User, collection: Collection, most: int = MOST_VERSIONS
) -> MeasuredVersions:
    """Return the newest versions, whatever filter is set; two queries.

    The summary of a run is read only if the person may see the run.
    """
    live = Membership.objects.live().filter(collection=collection).newest_first()
    rows = _measured(by, live[: most + 1])
    return MeasuredVersions(rows[:most], is_cut=len(rows) > most)


def read_measured_of(*, by: User, memberships: Iterable[int]) -> list[MeasuredVersion]:
    """Return the versions of these memberships in the same way; two queries."""
    return _measured(by, Membership.objects.filter(pk__in=list(memberships)))


def _measured(by: User, memberships: QuerySet[Membership]) -> list[MeasuredVersion]:
    rows = list(memberships.values_list("pk", "index", "version__metadata", "version__run_id"))
    runs = {run for *_rest, run in rows if run}
    seen = Run.objects.visible_to(by).filter(pk__in=runs)
    summaries: dict[int | None, dict[str, Any]] = dict(seen.values_list("pk", "summary"))
    return [
        MeasuredVersion(pk, index, Measured(metadata, summaries.get(run, {})))
        for pk, index, metadata, run in rows
    ]
