"""Recent changes that a person may see; many changes by one job become one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from registries.services.history.rights import (
    Places,
    events_visible_to,
    readable_places,
    within,
)
from registries.services.history.rows import by_key, events_at
from registry_site.accounts.models import Event, User, Verb
from registry_site.queries.prepared import prepared

# what scripts do all day is no news; the history of its project has it
NEWS = [topic for topic in Event.Topic.values if topic != Event.Topic.WORK]
_GAP = timedelta(minutes=30)  # longest time between two changes in one line
_LAST_KEYS = 20_000  # newest events to search; a busy server has enough news in them
_LOOKS = (300, 6_000)  # events to read; the second number only if the first makes few lines
_NEWS_LOOKS = (300, 2_000)  # a home page waits for them; after a long job it shows fewer lines


@dataclass
class Line:
    """Changes of one kind by one person in one place; `key` is that of the newest."""

    pk: int
    oldest: datetime
    count: int = 1


def news_for(user: User, topic: str = "") -> QuerySet[Event]:
    """Return changes that the person may see: of one topic, or of all that are news."""
    events = events_visible_to(user)
    return events.filter(topic=topic) if topic else events.filter(topic__in=NEWS)


def newest_lines(events: QuerySet[Event], most: int) -> list[tuple[Event, int]]:
    """Return the newest event of each of the last lines, and how many events the line stands for.

    Runs at most five queries, however many events there are.
    """

    def read(after: int, count: int) -> list[Any]:
        return list(_slim(events.filter(pk__gt=after))[:count])

    return _lines(read, most, _LOOKS)


def newest_news(user: User, most: int) -> list[tuple[Event, int]]:
    """Return what `newest_lines` returns of all news that the person may see, or fewer lines."""
    places = readable_places(user)

    def read(after: int, count: int) -> list[Any]:
        return _NEWS[count](places, after)

    return _lines(read, most, _NEWS_LOOKS)


def _lines(
    read: Callable[[int, int], list[Any]], most: int, sizes: tuple[int, int]
) -> list[tuple[Event, int]]:
    """Return the last lines; `read` returns so many rows of events after a key, newest first.

    It looks at the newest keys first: a database that is asked for everything that a person may
    see would sort all of it for a few lines.
    """
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    looks = [(0, count) for count in sizes]
    if newest > _LAST_KEYS:
        looks.insert(0, (newest - _LAST_KEYS, sizes[0]))
    lines: list[Line] = []
    for after, count in looks:
        rows = read(after, count)
        lines = group(rows)
        if len(lines) > most or (not after and len(rows) < count):
            break
    events = by_key(events_at, [line.pk for line in lines[:most]])
    return [(events[line.pk], line.count) for line in lines[:most] if line.pk in events]


def lines_of(events: Sequence[Event]) -> list[tuple[Event, int]]:
    """Return the events of a page, newest first, as lines."""
    events_by_key = {event.pk: event for event in events}
    rows = [
        (each.pk, each.at, each.actor_name, each.verb, each.kind, each.project_id, each.subject)
        for each in events
    ]
    return [(events_by_key[line.pk], line.count) for line in group(rows)]


def group(rows: Sequence[tuple[Any, ...]]) -> list[Line]:
    """Make lines of rows as `_slim` reads them: those that differ only in which version it was."""
    lines: list[Line] = []
    open_lines: dict[tuple[Any, ...], Line] = {}
    for pk, at, *what, subject in rows:
        key = (*what, _place_in(what[2], subject))
        line = open_lines.get(key)
        if line is not None and line.oldest - at <= _GAP and _may_group(what[1]):
            line.count, line.oldest = line.count + 1, at
            continue
        open_lines[key] = line = Line(pk, at)
        lines.append(line)
    return lines


def _may_group(verb: Verb) -> bool:
    """Return whether such changes share a line; each move of an alias has a line of its own."""
    return "alias" not in verb and verb not in {Verb.UPDATE, Verb.RENAME, Verb.SET_ROLE}


def _place_in(kind: str, subject: str) -> str:
    """Return what changes of one job share: a collection's path, or the project of a run."""
    path, colon, _reference = subject.rpartition(":")
    if colon or kind not in {"collection", "run", "run_file"}:
        return path if colon else subject
    return subject.rpartition("/")[0]


def _slim(events: QuerySet[Event]) -> Any:
    fields = ("pk", "at", "actor_name", "verb", "kind", "project_id", "subject")
    return events.order_by("-id").values_list(*fields)


@prepared
def _few_news(places: Places, after: Any) -> QuerySet:
    return _slim(_news_after(places, after))[: _NEWS_LOOKS[0]]


@prepared
def _many_news(places: Places, after: Any) -> QuerySet:
    return _slim(_news_after(places, after))[: _NEWS_LOOKS[1]]


def _news_after(places: Places, after: Any) -> QuerySet[Event]:
    return Event.objects.filter(within(places), topic__in=NEWS, pk__gt=after)


_NEWS = dict(zip(_NEWS_LOOKS, (_few_news, _many_news), strict=True))
