"""The metrics of a collection's versions, as far as a person may see them."""

from dataclasses import dataclass
from typing import Any

from artifacts.metrics import Measured
from artifacts.models import Collection, Membership, Run
from registry_site.accounts.models import User

MOST_VERSIONS = 500  # the newest, whose metrics are compared and drawn


@dataclass(frozen=True)
class Places:
    """The newest memberships of a collection, newest first, each with its metrics."""

    rows: dict[Membership, Measured]
    is_cut: bool  # whether the collection has older ones, too


def read_measured(*, by: User, collection: Collection, most: int = MOST_VERSIONS) -> Places:
    """Return the newest memberships, whatever filter is set, with only what their metrics need.

    The number of queries is fixed. The summary of a run is read only if the person may see the run.
    """
    live = Membership.objects.live().filter(collection=collection).newest_first()
    few = live.select_related("version").only(
        "index", "collection_id", "version__metadata", "version__run_id"
    )
    memberships = list(few[: most + 1])
    runs = [membership.version.run_id for membership in memberships if membership.version.run_id]
    seen = Run.objects.visible_to(by).filter(pk__in=runs)
    summaries: dict[int | None, dict[str, Any]] = dict(seen.values_list("pk", "summary"))
    rows = {}
    for membership in memberships[:most]:
        membership.collection = collection
        summary = summaries.get(membership.version.run_id, {})
        rows[membership] = Measured(membership.version.metadata, summary)
    return Places(rows, is_cut=len(memberships) > most)
