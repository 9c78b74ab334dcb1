"""The append-only record of changes."""

import hashlib
import json
from typing import Any

from registry_site.accounts.models import Event, User

MOST_TEXT = 64 * 1024  # bytes of one text, or of one nested value, that an event keeps whole
_TEXTS = {"description", "notes"}
# what a verb has in it, and what people look for then; the first that fits
_TOPICS = [
    (("alias", "roll_back"), Event.Topic.ALIASES),
    (("delete", "restore", "purge", "hold", "keep", "retention", "expire"), Event.Topic.DELETIONS),
    (("link",), Event.Topic.LINKS),
    (("member", "role", "invit", "access", "request", "grant"), Event.Topic.MEMBERS),
    (("allow", "accept", "decline", "refuse", "withdraw"), Event.Topic.MEMBERS),
    (("rename",), Event.Topic.SETTINGS),
]
# whose other changes are settings
_PLACES = {"registry", "project", "organization", "team", "entity"}


def record_event(
    *,
    by: User | None,
    verb: str,
    kind: str,
    subject: str,
    subject_id: int | None = None,
    project_id: int | None = None,
    before: Any = None,
    after: Any = None,
    note: str = "",
) -> Event:
    """Append that `by` did `verb` to the subject; call it in the transaction of the change.

    `note` is what the person gave as the reason. Of a text of more than MOST_TEXT bytes only
    the size and the digest are kept.
    """
    return Event.objects.create(
        actor=by,
        actor_name=by.username if by else "",
        verb=verb,
        topic=topic_of(kind, verb, before, after),
        kind=kind,
        subject=subject[:512],
        subject_id=subject_id,
        project_id=project_id,
        before=_bounded(before),
        after=_bounded(after),
        note=note,
    )


def topic_of(kind: str, verb: str, before: Any = None, after: Any = None) -> str:
    """Return under what people find the change; a verb of later code by the words in it."""
    if verb == "update" and _TEXTS & _changed(before, after):
        return Event.Topic.TEXTS
    found = (topic for words, topic in _TOPICS if any(word in verb for word in words))
    return next(found, Event.Topic.SETTINGS if kind in _PLACES else Event.Topic.WORK)


def _changed(before: Any, after: Any) -> set[str]:
    if not isinstance(after, dict):
        return set()
    known = before if isinstance(before, dict) else {}
    return {name for name, value in after.items() if value != known.get(name)}


def _bounded(change: Any) -> Any:
    if not isinstance(change, dict):
        return change
    return {name: _short(value) for name, value in change.items()}


def _short(value: Any) -> Any:
    """The value, or what tells it from another where it is too long to keep with each change."""
    if not isinstance(value, str | dict | list):
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) * 4 <= MOST_TEXT or len(text.encode(errors="replace")) <= MOST_TEXT:
        return value
    data = text.encode(errors="replace")
    return {"omitted_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
