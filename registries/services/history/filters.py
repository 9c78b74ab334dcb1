"""Filters of a history: a topic, a person, a time. The address holds all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry_site.accounts.models import Event, User
from registry_site.errors import Invalid
from registry_site.filters.times import read_time

_SLACK = 1000  # events by which keys and times may differ in order: transactions overlap


@dataclass(frozen=True)
class HistoryFilter:
    """What a query string asks for; "" and None leave it open."""

    topic: str = ""
    actor_name: str = ""
    start: datetime | None = None
    end: datetime | None = None  # the first moment that is no longer included
    # as they were typed
    person: str = ""
    first_day: str = ""
    last_day: str = ""

    def __bool__(self) -> bool:
        return bool(self.topic or self.actor_name or self.start or self.end)


def read_filter(user: User, query: Any) -> HistoryFilter:
    """Return the filter in `topic`, `by`, `from` and `to` of a query string; raise Invalid.

    A day covers all of it (UTC), `2026-03` the whole month; case does not matter in a username.
    """
    topic = query.get("topic", "")
    person, first_day, last_day = (query.get(name, "").strip() for name in ("by", "from", "to"))
    return HistoryFilter(
        topic=topic if topic in Event.Topic.values else "",
        actor_name=_name_of(user, person),
        start=_times(first_day)[0] if first_day else None,
        end=_times(last_day)[1] if last_day else None,
        person=person,
        first_day=first_day,
        last_day=last_day,
    )


def filter_events(events: QuerySet[Event], chosen: HistoryFilter) -> QuerySet[Event]:
    """Return the events that the filter lets through."""
    if chosen.topic:
        events = events.filter(topic=chosen.topic)
    if chosen.actor_name:
        events = events.filter(actor_name=chosen.actor_name)
    if chosen.start:
        events = events.filter(at__gte=chosen.start, pk__gte=_first_key(chosen.start) - _SLACK)
    if chosen.end:
        events = events.filter(at__lt=chosen.end, pk__lte=_last_key(chosen.end) + _SLACK)
    return events


def _name_of(user: User, typed: str) -> str:
    if not typed:
        return ""
    people = User.objects.visible_to(user).filter(username__iexact=typed)
    return people.values_list("username", flat=True).first() or typed


def _times(text: str) -> tuple[datetime, datetime]:
    try:
        start, end, _is_whole = read_time(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            _("{text!r} is not a time: write a day as 2026-03-31, or a month as 2026-03.").format(
                text=text[:40]
            )
        ) from error
    return start, end


def _first_key(start: datetime) -> int:
    """Return the lowest key that an event of that time may have; keys are in order and indexed."""
    later = Event.objects.filter(at__gte=start).order_by("at").values_list("pk", flat=True)
    return later.first() or _SLACK


def _last_key(end: datetime) -> int:
    earlier = Event.objects.filter(at__lt=end).order_by("-at").values_list("pk", flat=True)
    return earlier.first() or -_SLACK
