"""The append-only record of changes."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NotRequired, TypedDict, Unpack

from registry_site.accounts.models import Event, Kind, User, Verb

MOST_SUBJECT = 512  # characters
MOST_TEXT = 64 * 1024  # bytes; longer texts and nested values are stored as a digest
_TEXTS = {"description", "notes"}
# the topic of a verb's changes; changes to `_CONTAINERS` by other verbs are settings
_TOPICS = {
    Event.Topic.ALIASES: {
        Verb.ADD_ALIAS,
        Verb.MOVE_ALIAS,
        Verb.REMOVE_ALIAS,
        Verb.ROLL_BACK_ALIAS,
        Verb.PROTECT_ALIASES,
        Verb.UNPROTECT_ALIASES,
        Verb.PIN_ALIASES,
        Verb.UNPIN_ALIASES,
    },
    Event.Topic.DELETIONS: {
        Verb.DELETE,
        Verb.RESTORE,
        Verb.PURGE,
        Verb.HOLD,
        Verb.LIFT_HOLD,
        Verb.SET_RETENTION,
        Verb.REMOVE_RETENTION,
    },
    Event.Topic.LINKS: {Verb.LINK, Verb.UNLINK},
    Event.Topic.MEMBERS: {
        Verb.ADD_MEMBERS,
        Verb.REMOVE_MEMBERS,
        Verb.REMOVE_MEMBER,
        Verb.SET_ROLE,
        Verb.INVITE,
        Verb.ALLOW,
        Verb.ACCEPT,
        Verb.DECLINE,
        Verb.REFUSE,
        Verb.WITHDRAW,
        Verb.REQUEST_ACCESS,
        Verb.WITHDRAW_REQUEST,
        Verb.GRANT_ACCESS,
        Verb.DECLINE_ACCESS,
    },
    Event.Topic.SETTINGS: {Verb.RENAME},
}
_CONTAINERS = {
    Kind.REGISTRY,
    Kind.PROJECT,
    Kind.ORGANIZATION,
    Kind.TEAM,
    Kind.ENTITY,
}


class Change(TypedDict):
    """What is recorded of a change.

    `verb` and `kind` are words that histories know; another word is a ValueError. `note` is what
    the person gave as the reason. Of a text of more than MOST_TEXT bytes only
    the size and the digest are kept.
    """

    by: User | None
    verb: Verb
    kind: Kind
    subject: str
    subject_id: NotRequired[int | None]
    project_id: NotRequired[int | None]
    before: NotRequired[Any]
    after: NotRequired[Any]
    note: NotRequired[str]


def record_event(**change: Unpack[Change]) -> Event:
    """Append that `by` did `verb` to the subject; call it in the transaction of the change."""
    event = describe_event(**change)
    event.save(force_insert=True)
    return event


def record_events(events: Iterable[Event]) -> list[Event]:
    """Append changes from `describe_event`, all in one statement."""
    return Event.objects.bulk_create(events)


def describe_event(**change: Unpack[Change]) -> Event:
    """Return the event of a change, for `record_events` to append."""
    by, verb, kind = change["by"], change["verb"], change["kind"]
    before, after = change.get("before"), change.get("after")
    return Event(
        actor=by,
        actor_name=by.username if by else "",
        verb=Verb(verb),
        topic=topic_of(kind, verb, before, after),
        kind=Kind(kind),
        subject=change["subject"][:MOST_SUBJECT],
        subject_id=change.get("subject_id"),
        project_id=change.get("project_id"),
        before=_bounded(before),
        after=_bounded(after),
        note=change.get("note", ""),
    )


def topic_of(kind: Kind, verb: Verb, before: Any = None, after: Any = None) -> Event.Topic:
    """Return the topic under which people find the change."""
    if verb == Verb.UPDATE and _TEXTS & _changed(before, after):
        return Event.Topic.TEXTS
    others = Event.Topic.SETTINGS if kind in _CONTAINERS else Event.Topic.WORK
    return next((topic for topic, verbs in _TOPICS.items() if verb in verbs), others)


def _changed(before: Any, after: Any) -> set[str]:
    if not isinstance(after, dict):
        return set()
    old = before if isinstance(before, dict) else {}
    return {name for name, value in after.items() if value != old.get(name)}


def _bounded(change: Any) -> Any:
    if not isinstance(change, dict):
        return change
    return {name: _short(value) for name, value in change.items()}


def _short(value: Any) -> Any:
    """Return the value, or its size and digest where it is too long to store with each change."""
    if not isinstance(value, str | dict | list):
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) * 4 <= MOST_TEXT or len(text.encode(errors="replace")) <= MOST_TEXT:
        return value
    data = text.encode(errors="replace")
    return {"omitted_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
