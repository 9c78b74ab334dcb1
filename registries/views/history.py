"""Events in words."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import NUMBER
from registries.views.actions import action_url
from registry_site.accounts.models import Event
from registry_site.exports import Listing

VERBS = {
    "create": gettext_lazy("created"),
    "update": gettext_lazy("edited"),
    "link": gettext_lazy("version linked"),
    "unlink": gettext_lazy("version unlinked"),
    "add_alias": gettext_lazy("alias added"),
    "move_alias": gettext_lazy("alias moved"),
    "remove_alias": gettext_lazy("alias removed"),
    "add_tags": gettext_lazy("tags added"),
    "remove_tags": gettext_lazy("tags removed"),
    "delete": gettext_lazy("version deleted at its source"),
    "restore": gettext_lazy("version restored at its source"),
    "purge": gettext_lazy("version removed for good"),
    "hold": gettext_lazy("put on legal hold"),
    "lift_hold": gettext_lazy("legal hold lifted"),
}
FIELDS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "type": gettext_lazy("Type"),
    "aliases": gettext_lazy("Aliases"),
    "reason": gettext_lazy("Reason"),
}
_COLUMNS = {
    "at": lambda event: event.at,
    "who": lambda event: event.actor_name,
    "what": lambda event: event.verb,
    "subject": lambda event: event.subject,
    "before": lambda event: without_source(event.before),
    "after": lambda event: without_source(event.after),
    "note": lambda event: event.note,
}


def history_listing(collection: Collection) -> Listing:
    """What happened to the collection and in it."""
    return Listing(
        url=f"{action_url(collection, 'collection_history')}/-/events",
        rows=Event.objects.filter(kind="collection", subject_id=collection.pk),
        order=("-id",),
        columns=_COLUMNS,
        has_pages=False,
    )


def event_rows(collection: Collection, events: list[Event]) -> list[dict[str, Any]]:
    """Return what the rows of a history show: each version named tells whether it is still here."""
    named = {event.pk: _numbers(event) for event in events}
    wanted = set().union(*named.values())
    memberships = Membership.objects.filter(collection=collection, index__in=wanted)
    deleted = dict(memberships.values_list("index", "version__deleted_at"))
    gone = {
        number: gettext("deleted") if number in deleted else gettext("unlinked")
        for number in wanted
        if deleted.get(number, True)
    }
    return [
        event_row(event, collection)
        | {"gone": [(f"v{each}", gone[each]) for each in sorted(named[event.pk] & gone.keys())]}
        for event in events
    ]


def _numbers(event: Event) -> set[int]:
    """The numbers of versions that an event names: as its subject, or where an alias was or is."""
    texts = [event.subject.rpartition(":")[2], event.before, event.after]
    matches = [NUMBER.fullmatch(text) for text in texts if isinstance(text, str)]
    return {int(match[1]) for match in matches if match}


def event_row(event: Event, collection: Collection | None = None) -> dict[str, Any]:
    """Return what one row of a history shows, on the page of a collection without its name."""
    subject = event.subject.rpartition("/")[2]  # the collection, version or alias in it
    return {
        "event": event,
        "subject": subject.removeprefix(f"{collection}:") if collection else subject,
        "what": VERBS.get(event.verb, event.verb),
        "before": _in_words(event.before),
        "after": _in_words(event.after),
    }


def without_source(value: Any) -> Any:
    """A source may lie in a project that whoever reads this can't open."""
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if key != "source"}
    return value


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        shown = {key: each for key, each in without_source(value).items() if each}
        return "; ".join(
            f"{FIELDS.get(key, key)}: {_in_words(each)}" for key, each in shown.items()
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
