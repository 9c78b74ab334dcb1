"""What stands in a dialog before an alias moves: from, to, what is better, and who uses it."""

from dataclasses import dataclass
from typing import Any

from artifacts.models import Alias, Collection, Membership
from artifacts.services.consumers import Consumers
from artifacts.services.release.moves import (
    FileCounts,
    directions_of,
    file_counts,
    runs_of,
    users_of,
)
from artifacts.views.compare_choice import compare_url
from artifacts.views.overview import KeyMetric, key_metrics

CHOICES = 100  # versions to choose from, the newest ones


@dataclass(frozen=True)
class Move:
    """An alias that would go from one version to another; either can be missing."""

    alias: str
    is_protected: bool
    before: Membership | None
    after: Membership | None
    metrics: list[KeyMetric]
    files: FileCounts | None
    consumers: Consumers | None
    compare_url: str

    @property
    def is_same(self) -> bool:
        """Whether the version has it already."""
        return self.before is not None and self.before == self.after


def move_of(
    user: Any, collection: Collection, alias: str, holder: Alias | None, after: Membership | None
) -> Move:
    """Return what becomes of the alias; `holder` is it as it is now, with its place."""
    before = holder.membership if holder else None
    is_compared = before is not None and after is not None and before != after
    return Move(
        alias=alias,
        is_protected=alias in collection.project.protected_alias_names,
        before=before,
        after=after,
        metrics=_metrics(user, collection, before, after) if after else [],
        files=file_counts(before.version, after.version)
        if before and after and is_compared
        else None,
        consumers=users_of(by=user, collection=collection, alias=alias, place=before)
        if before
        else None,
        compare_url=compare_url(before.full_name, after.full_name)
        if before and after and is_compared
        else "",
    )


def versions_to_choose(collection: Collection, *also: Membership | None) -> list[Membership]:
    """The newest versions of the collection, and those that are named besides."""
    live = Membership.objects.live().filter(collection=collection).newest_first()
    places = list(live.prefetch_related("aliases")[:CHOICES])
    places += [place for place in also if place and place not in places]
    for place in places:
        place.collection = collection
    return places


def _metrics(
    user: Any, collection: Collection, before: Membership | None, after: Membership
) -> list[KeyMetric]:
    versions = [place.version for place in (before, after) if place]
    base = before if before != after else None
    return key_metrics(after, base, runs_of(user, versions), directions_of(user, collection))
