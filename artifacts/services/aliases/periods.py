"""The intervals in which versions had an alias, read from the events of its collection.

An event that puts the alias on a version begins an interval. It ends with the next event of the
alias, or when its version leaves the collection, because unlinking and deleting remove aliases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.db.models.functions import Right

from artifacts.models import Alias, Collection, Membership, Version
from artifacts.querysets.collections import NUMBER
from registry_site.accounts.models import Event, Kind, Verb

ALIAS_VERBS = (Verb.ADD_ALIAS, Verb.MOVE_ALIAS, Verb.REMOVE_ALIAS, Verb.ROLL_BACK_ALIAS)
_LOSSES = (Verb.UNLINK, Verb.DELETE)
_AT_ONCE = 500  # events that are matched in one query


class End(StrEnum):
    """The way in which an interval ended."""

    NOW = "now"  # the version still has the alias
    MOVED = "moved"
    REMOVED = "removed"
    UNLINKED = "unlinked"
    DELETED = "deleted"
    UNKNOWN = "unknown"  # the alias has moved, and no event says when


@dataclass(frozen=True)
class Interval:
    """The time in which a version had an alias: from `start` until `end_event`, if that is known.

    `membership` is the version's: None where it was unlinked, hidden where it was deleted.
    """

    alias: str
    number: str
    start: Event
    end: End
    end_event: Event | None
    membership: Membership | None

    @property
    def is_current(self) -> bool:
        return self.end == End.NOW

    @property
    def is_live(self) -> bool:
        """Whether the version can have the alias again."""
        return self.membership is not None and self.membership.hidden_at is None


def changes_of(collection: Collection, alias: str) -> QuerySet[Event]:
    """Return the events of the alias in this collection, under any name that it has had."""
    return _ending(f":{alias}", Event.objects.filter(verb__in=ALIAS_VERBS)).filter(
        kind=Kind.COLLECTION, subject_id=collection.pk
    )


def starts_of(collection: Collection, alias: str) -> QuerySet[Event]:
    """Return the events that put the alias on a version: each begins an interval."""
    return changes_of(collection, alias).filter(after__isnull=False)


def holder_of(collection: Collection, alias: str) -> Alias | None:
    """Return the alias with its present membership; None where no version has it."""
    aliases = Alias.objects.filter(collection=collection, name=alias)
    return aliases.select_related("membership__version", "event").first()


def intervals_of(collection: Collection, alias: str, starts: Sequence[Event]) -> list[Interval]:
    """Return the intervals that these events begin, in the order of the events.

    `starts` is a slice of `starts_of`. The number of queries doesn't grow with it.
    """
    if not starts:
        return []
    first = min(event.pk for event in starts)
    changes = changes_of(collection, alias).filter(pk__gte=first).order_by("pk")
    following = list(changes[: 2 * len(starts) + 2])
    later = dict(zip((event.pk for event in following), following[1:], strict=False))
    lost = {
        start: later.get(start.pk)
        for start in starts
        if (event := later.get(start.pk)) is None or event.before != start.after
    }
    losses = _losses(collection, lost, first)
    memberships = _memberships(collection, starts)
    rows = []
    for start in starts:
        end_event = losses.get(start.pk) or (None if start in lost else later[start.pk])
        end = _end(end_event) if end_event else End.UNKNOWN
        if end_event is None and start.pk not in later:  # no later event of the alias
            end = End.NOW
        number = str(start.after)
        membership = memberships.get(number)
        rows.append(Interval(alias, number, start, end, end_event, membership))
    return rows


def is_exact(interval: Interval | None, holder: Alias | None) -> bool:
    """Return whether the last interval agrees with where the alias is.

    An alias that was given before events were recorded has no interval.
    """
    number = interval.number if interval and interval.is_current else None
    return number == (holder.membership.number if holder else None)


def _end(event: Event) -> End:
    if event.verb == Verb.UNLINK:
        return End.UNLINKED
    if event.verb == Verb.DELETE:
        return End.DELETED
    return End.REMOVED if event.after is None else End.MOVED


def _losses(
    collection: Collection, lost: dict[Event, Event | None], first: int
) -> dict[int, Event]:
    """Return, by start, the event by which the version left the collection.

    `lost` maps each start to the next event of the alias, before which the version left.
    """
    if not lost:
        return {}
    numbers = {str(start.after) for start in lost}
    indices = [int(match[1]) for number in numbers if (match := NUMBER.fullmatch(number))]
    versions = Version.objects.filter(sequence=collection, version_index__in=indices)
    here = Q(kind="collection", subject_id=collection.pk)
    here |= Q(kind="version", subject_id__in=versions.values("pk"))
    events = Event.objects.filter(here, verb__in=_LOSSES, pk__gt=first).order_by("pk")
    losses: dict[int, Event] = {}
    for event in events.iterator(chunk_size=_AT_ONCE):
        number = event.subject.rpartition(":")[2]
        for start, following in lost.items():
            is_between = start.pk < event.pk and (following is None or event.pk < following.pk)
            # the event of a collection's deletion names no version
            if is_between and number in {start.after, event.subject}:
                losses.setdefault(start.pk, event)
    return losses


def _memberships(collection: Collection, starts: Iterable[Event]) -> dict[str, Membership]:
    numbers = [NUMBER.fullmatch(str(start.after)) for start in starts]
    indices = {int(match[1]) for match in numbers if match}
    rows = Membership.objects.filter(collection=collection, index__in=indices)
    memberships = {}
    for membership in rows.for_path().select_related("version__deleted_by"):
        membership.collection = collection
        memberships[membership.number] = membership
    return memberships


def _ending(text: str, events: QuerySet[Event]) -> QuerySet[Event]:
    """Return the events whose subject ends with the text; SQLite's `endswith` ignores capitals."""
    return events.alias(tail=Right("subject", len(text))).filter(tail=text)
