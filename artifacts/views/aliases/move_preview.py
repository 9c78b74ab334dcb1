"""What a dialog shows before an alias moves: from, to, what is better, and who uses it."""

from collections.abc import Sequence
from dataclasses import dataclass

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.services.aliases.moves import (
    FileCounts,
    directions_of,
    file_counts,
    runs_of,
)
from artifacts.services.aliases.periods import holder_of
from artifacts.services.usage.consumers import Consumers, ProtectedMove, consumers_of
from artifacts.views.compare.choice import compare_url
from artifacts.views.compare.key_metrics import KeyMetric, key_metrics
from registry_site.accounts.models import User

MOST_ASKED = 5  # aliases of one form that get more than a sentence
CHOICES = 100  # versions to choose from, the newest ones


@dataclass(frozen=True)
class Move:
    """An alias that would go from one version of a collection to another."""

    alias: str
    is_protected: bool
    before: str  # the version's number, "" where none has the alias
    after: str  # "" where none is chosen
    metrics: list[KeyMetric]
    files: FileCounts | None
    consumers: Consumers | None
    compare_url: str

    @property
    def is_same(self) -> bool:
        """Whether the version has it already."""
        return bool(self.before) and self.before == self.after


def move_of(
    user: User, collection: Collection, alias: str, holder: Alias | None, after: Membership | None
) -> Move:
    """Return the move of the alias; `holder` is the alias as it is now, with its membership."""
    before = holder.membership if holder else None
    is_compared = before is not None and after is not None and before != after
    return Move(
        alias=alias,
        is_protected=alias in collection.project.protected_alias_names,
        before=before.number if before else "",
        after=after.number if after else "",
        metrics=_metrics(user, collection, before, after) if after else [],
        files=file_counts(before.version, after.version)
        if before and after and is_compared
        else None,
        consumers=consumers_of(
            by=user, collection=collection, alias=alias, version_id=before.version_id
        )
        if before
        else None,
        compare_url=compare_url(before.full_name, _name_of(user, after))
        if before and after and is_compared
        else "",
    )


def moves_asked(
    user: User, collection: Collection, questions: Sequence[ProtectedMove], after: Membership
) -> list[Move]:
    """Return the moves of the first aliases that a form asks about.

    `after` is where they go: a membership, or the one that a link is about to make, which has no
    key yet.
    """
    moves = []
    for question in questions[:MOST_ASKED]:
        holder = holder_of(collection, question.name)
        if holder:
            holder.membership.collection = collection
            moves.append(move_of(user, collection, question.name, holder, after))
    return moves


def membership_to_make(collection: Collection, version: Version) -> Membership:
    """Return the version's membership in the collection, or the one that a link would make."""
    memberships = Membership.objects.live().filter(collection=collection, version=version)
    membership = memberships.first() or Membership(index=collection.next_index)
    membership.collection, membership.version = collection, version
    return membership


def versions_to_choose(collection: Collection, *also: Membership | None) -> list[Membership]:
    """Return the newest versions of the collection, and those that are named besides."""
    live = Membership.objects.live().filter(collection=collection).newest_first()
    memberships = list(live.prefetch_related("aliases")[:CHOICES])
    memberships += [
        membership for membership in also if membership and membership not in memberships
    ]
    for membership in memberships:
        membership.collection = collection
    return memberships


def _name_of(user: User, membership: Membership) -> str:
    """Return the full name of a membership; of one not made yet, that of the version's source."""
    if membership.pk:
        return membership.full_name
    seen = membership.version.seen_by(user)
    if isinstance(seen, Version):
        return f"{seen.sequence.target_path}:v{seen.version_index}"
    return str(seen.full_name)


def _metrics(
    user: User, collection: Collection, before: Membership | None, after: Membership
) -> list[KeyMetric]:
    versions = [membership.version for membership in (before, after) if membership]
    base = before if before != after else None
    return key_metrics(after, base, runs_of(user, versions), directions_of(user, collection))
