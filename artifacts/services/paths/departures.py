"""Departures: versions that left a collection, because they were deleted or unlinked."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import NUMBER
from artifacts.services.paths.pointers import (
    Deletion,
    deletion_by_unlinking,
    deletion_of_collection,
    deletion_of_version,
)
from registry_site.accounts.models import Event, Kind, User, Verb

MOST_SHOWN = 10


@dataclass(frozen=True)
class Departures:
    """The last versions that left a collection, and the number that left in each way."""

    rows: list[Deletion] = field(default_factory=list)  # the latest first
    deleted_count: int = 0
    unlinked_count: int = 0
    # if the collection was never filled: a deleted one of the same name
    predecessor: Deletion | None = None

    @property
    def more(self) -> int:
        return self.deleted_count + self.unlinked_count - len(self.rows)


def departures_of(
    *, by: User, collection: Collection, deleted_count: int | None = None
) -> Departures:
    """Return the departures from a collection that the person may see; the queries are few.

    `deleted_count` is the number of versions that were deleted, where it has been read.
    """
    hidden = Membership.objects.filter(collection=collection, hidden_at__isnull=False)
    hidden = hidden.order_by("-hidden_at", "-pk")
    unlinked = _unlinked(collection).order_by("-pk")
    if deleted_count is None:
        deleted_count = hidden.count()
    # the events, which may be very many, are only read if a number of the collection is missing
    has_gaps = collection.next_index > collection.version_count + deleted_count
    unlinked_count = unlinked.count() if has_gaps else 0
    rows: list[Deletion] = []
    if deleted_count:
        memberships = hidden.for_path().select_related("version__deleted_by")[:MOST_SHOWN]
        rows += [deletion_of_version(by, each) for each in memberships]
    if unlinked_count:
        events = list(unlinked[:MOST_SHOWN])
        sources = _sources(by, events)
        rows += [deletion_by_unlinking(each, sources.get(_source_name(each))) for each in events]
    rows.sort(key=lambda each: each.at.timestamp() if each.at else 0, reverse=True)
    return Departures(
        rows=rows[:MOST_SHOWN],
        deleted_count=deleted_count,
        unlinked_count=unlinked_count,
        predecessor=_predecessor(collection) if has_gaps and not rows else None,
    )


def restorable_links(collection: Collection) -> QuerySet[Membership]:
    """Return the links in a portfolio that come back when their versions are restored."""
    hidden = Membership.objects.filter(collection=collection).exclude(hidden_at=None)
    return hidden.filter(
        version__deleted_at__isnull=False,
        version__removed_at__isnull=True,
        version__sequence__project__deleted_at__isnull=True,
    ).order_by("index")


def _unlinked(collection: Collection) -> QuerySet[Event]:
    return Event.objects.filter(kind=Kind.COLLECTION, subject_id=collection.pk, verb=Verb.UNLINK)


def _predecessor(collection: Collection) -> Deletion | None:
    of_name = Collection.with_deleted.filter(project=collection.project_id, name=collection.name)
    earlier = of_name.exclude(deleted_at=None).for_path().select_related("deleted_by")
    last = earlier.order_by("-deleted_at").first()
    return deletion_of_collection(last) if last else None


def source_of(by: User, event: Event) -> Membership | None:
    """Return the source of a version that was unlinked, if it exists and the person may see it."""
    return _sources(by, [event]).get(_source_name(event))


def _source_name(event: Event) -> str:
    return event.before.get("source", "") if isinstance(event.before, dict) else ""


def _sources(by: User, events: list[Event]) -> dict[str, Membership]:
    """Return the visible sources of versions that were unlinked, by full name."""
    condition = Q(pk__in=())
    for name in map(_source_name, events):
        path, _colon, number = name.partition(":")
        parts, match = path.split("/"), NUMBER.fullmatch(number)
        if len(parts) == 3 and match:
            condition |= Q(
                collection__project__entity__name=parts[0],
                collection__project__name=parts[1],
                collection__name=parts[2],
                index=int(match[1]),
            )
    sources = Membership.objects.visible_to(by).filter(condition).for_path()
    return {each.full_name: each for each in sources}
