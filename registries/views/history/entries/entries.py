"""Entries of a history: each event with its sentence, where it leads, and what else it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from artifacts.models import Membership
from registries.services.history.reading import HIDDEN, Reading, number_in, read_events
from registries.services.history.text_changes import changes_text
from registries.views.history.entries import sentence_texts as sentences
from registries.views.history.entries.details import changed_fields, details_of
from registries.views.history.entries.labels import field_label, verb_words
from registries.views.history.entries.parts import actor_part, parts_of_change
from registries.views.history.entries.sentence import Part, Sentence
from registries.views.history.entries.targets import collection_of, place_of, target_of, thing_of
from registry_site.accounts.models import Event, Kind, User, Verb
from registry_site.markup.shown import Shown


@dataclass
class Entry(Shown):
    """One line of a history."""

    event: Event
    sentence: Sentence
    url: str  # the page of what it is about, "" if there is none
    place: Part | None  # the collection, registry or project; None on its own pages
    details: list[dict[str, str]] = field(default_factory=list)
    gone: str = ""  # what became of the version, "" while it exists
    count: int = 1  # the number of events that it stands for

    @property
    def has_texts(self) -> bool:
        return changes_text(self.event)

    @property
    def event_url(self) -> str:
        return reverse("registries:event_detail", args=[self.event.pk])


def entries_of(
    user: User, events: Iterable[Event], *, here: Membership | None = None
) -> list[Entry]:
    """Return events in words; `here` is the membership whose own history they belong to."""
    events = list(events)
    reading = read_events(user, events)
    return [entry_of(event, reading, here) for event in events]


def grouped_entries(user: User, lines: Sequence[tuple[Event, int]]) -> list[Entry]:
    """Return lines in words: each is the newest event of a group, with the group's size."""
    reading = read_events(user, [event for event, _count in lines])
    return [
        entry_of(event, reading) if count == 1 else _group(event, reading, count)
        for event, count in lines
    ]


def _group(event: Event, reading: Reading, count: int) -> Entry:
    entry = entry_of(event, reading)
    entry.count, entry.details, entry.gone = count, [], ""
    template = sentences.GROUPS.get((event.kind, event.verb))
    collection = collection_of(event, reading)
    if template is None or (collection is None and event.kind != Kind.RUN):
        parts = {"more": Part(f"{count - 1:,}")}
        entry.sentence = Sentence(sentences.GROUP, {"sentence": entry.sentence, **parts})
        return entry
    parts = {"who": actor_part(event, reading), "count": Part(f"{count:,}")}
    parts["collection"] = collection or Part("")
    parts["place"] = entry.place or Part("–")
    entry.url = parts["collection"].url or entry.url
    entry.sentence = Sentence(template, parts, event.note)
    return entry


def entry_of(event: Event, reading: Reading, here: Membership | None = None) -> Entry:
    """Return one event in words."""
    return Entry(
        event=event,
        sentence=_sentence(event, reading, here),
        url=target_of(event, reading, here),
        place=place_of(event, reading),
        details=details_of(event, reading),
        gone=_gone(event, reading),
    )


def _sentence(event: Event, reading: Reading, here: Membership | None) -> Sentence:
    thing = thing_of(event, reading, here)
    parts = {
        "who": actor_part(event, reading),
        "thing": thing,
        "verb": Part(verb_words(event.verb)),
    }
    parts |= parts_of_change(event, reading)
    return Sentence(_template(event, reading, parts), parts, event.note)


def _template(event: Event, reading: Reading, parts: dict[str, Part]) -> Any:
    if event.verb == Verb.UPDATE:
        return _update_template(event, parts)
    if event.kind == Kind.COLLECTION and event.verb == Verb.LINK:
        return _link_template(event, reading, parts)
    of_version = number_in(event.subject) is not None
    if event.kind == Kind.COLLECTION and of_version and event.verb in sentences.OF_LINKED:
        return sentences.OF_LINKED[event.verb]
    if event.verb == Verb.SET_ROLE and event.kind in sentences.COMING:
        return (sentences.CHANGING if event.before else sentences.COMING)[event.kind]
    return sentences.SENTENCES.get((event.kind, event.verb), sentences.UNKNOWN)


def _link_template(event: Event, reading: Reading, parts: dict[str, Part]) -> Any:
    if parts["source"].text:
        return sentences.SENTENCES["collection", "link"]
    after = reading.readable(event, event.after)
    is_hidden = isinstance(after, dict) and after.get("source") is HIDDEN
    return sentences.LINK_OF_HIDDEN if is_hidden else sentences.LINK_OF_UNKNOWN


def _update_template(event: Event, parts: dict[str, Part]) -> Any:
    changed = changed_fields(event)
    if len(changed) == 1:
        (name,) = changed
        if template := sentences.FIELD_SENTENCES.get((event.kind, name)):
            return template
        if name == "description":
            return sentences.DESCRIPTION
    parts["fields"] = Part(", ".join(field_label(name) for name in changed) or "–")
    return sentences.UPDATE


def _gone(event: Event, reading: Reading) -> str:
    """Return what became of the version that a collection's event names, "" while it exists."""
    number = number_in(event.subject)
    for value in (event.after, event.before):
        if number is None and isinstance(value, str):
            number = number_in(value)
    if event.kind != Kind.COLLECTION or number is None:
        return ""
    if event.verb in {Verb.UNLINK, Verb.DELETE, Verb.PURGE}:
        return ""  # the event itself says so
    membership = reading.memberships.get((event.subject_id or 0, number))
    if membership is None:
        return gettext("v{number}: unlinked").format(number=number)
    if membership.version.deleted_at:
        return gettext("v{number}: deleted").format(number=number)
    return ""
