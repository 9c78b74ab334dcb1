"""What changes with an alias's move to another version: metrics and files."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from artifacts.metrics import directions_chosen
from artifacts.models import Collection, Run, SavedView, Version
from artifacts.reads.compared import ComparedManifests, State
from registry_site.accounts.models import User


@dataclass(frozen=True)
class FileCounts:
    """The numbers of files that are added, removed, changed, and the same."""

    added: int
    removed: int
    changed: int
    same: int

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed)


def file_counts(before: Version, after: Version) -> FileCounts:
    """Return how many files change, with one query."""
    totals = ComparedManifests(before, after).totals()
    states = (State.ADDED, State.REMOVED, State.CHANGED, State.SAME)
    return FileCounts(*(totals[state].count for state in states))


def directions_of(by: User, collection: Collection) -> dict[str, str]:
    """Return, by metric, whether `min` or `max` is better, as the collection's saved views say.

    Shared views count before the person's own.
    """
    views = SavedView.objects.visible_to(by).of_table(
        collection.project, SavedView.Table.VERSIONS, collection
    )
    directions: dict[str, str] = {}
    for view in sorted(views, key=lambda view: not view.is_shared):
        directions = directions_chosen(parse_qs(view.query).get("best", [])) | directions
    return directions


def runs_of(by: User, versions: Iterable[Version]) -> dict[int, Run]:
    """Return the runs that logged these versions, as far as the person may see them."""
    run_pks = [version.run_id for version in versions if version.run_id]
    return Run.objects.visible_to(by).in_bulk(run_pks) if run_pks else {}
