"""Entries of a history: each event with its sentence, where it leads, and what else it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from artifacts.models import Membership
from registries.services.history.reading import HIDDEN, Reading, number_in, read_events
from registries.services.history.text_changes import changes_text
from registries.views.history import sentences
from registries.views.history.sentences import Part, Sentence
from registries.views.history.targets import collection_of, place_of, target_of, thing_of
from registries.views.history.words import field_label, role_text, value_text, verb_words
from registry_site.accounts.models import Event, User

_MEMBER_FIELDS = ("users", "teams", "user", "email")
_PLACES = ("before", "after", "source", "names", "role", "old_role", "step")  # in sentences
_SAID_ALONE = {"access", "name", "type", "state"}  # by a sentence of their own
_SAID = {*_MEMBER_FIELDS, "role", "source", "is_agreed", "step", "description", "name"}


@dataclass
class Entry:
    """One line of a history."""

    event: Event
    sentence: Sentence
    url: str  # of what it speaks of, "" where that has no page
    place: Part | None  # in which collection, registry or project; None on pages of that place
    details: list[dict[str, str]] = field(default_factory=list)
    gone: str = ""  # what became of the version that it names
    count: int = 1  # how many events of the same kind it stands for

    @property
    def has_texts(self) -> bool:
        return changes_text(self.event)

    @property
    def event_url(self) -> str:
        return reverse("registries:event_detail", args=[self.event.pk])


def entries_of(
    user: User, events: Iterable[Event], *, here: Membership | None = None
) -> list[Entry]:
    """Return events in words; `here` is the membership whose own history they are."""
    events = list(events)
    reading = read_events(user, events)
    return [entry_of(event, reading, here) for event in events]


def grouped_entries(user: User, lines: Sequence[tuple[Event, int]]) -> list[Entry]:
    """Return lines in words: each is the newest of so many events of one kind."""
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
    if template is None or (collection is None and event.kind != "run"):
        parts = {"more": Part(f"{count - 1:,}")}
        entry.sentence = Sentence(sentences.GROUP, {"sentence": entry.sentence, **parts})
        return entry
    parts = {"who": _who(event, reading), "count": Part(f"{count:,}")}
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
        details=_details(event, reading),
        gone=_gone(event, reading),
    )


def _sentence(event: Event, reading: Reading, here: Membership | None) -> Sentence:
    thing = thing_of(event, reading, here)
    parts = {"who": _who(event, reading), "thing": thing, "verb": Part(verb_words(event.verb))}
    parts |= _change_parts(event, reading)
    return Sentence(_template(event, reading, parts), parts, event.note)


def _who(event: Event, reading: Reading) -> Part:
    name = event.actor_name
    if not name:
        return Part(str(sentences.NOBODY))
    known = name in reading.people
    return Part(name, reverse("artifacts:entity_detail", args=[name]) if known else "")


def _template(event: Event, reading: Reading, parts: dict[str, Part]) -> Any:
    if event.verb == "update":
        return _update_template(event, parts)
    if event.kind == "collection" and event.verb == "link":
        return _link_template(event, reading, parts)
    of_version = number_in(event.subject) is not None
    if event.kind == "collection" and of_version and event.verb in sentences.OF_LINKED:
        return sentences.OF_LINKED[event.verb]
    if event.verb == "set_role" and event.kind in sentences.COMING:
        return (sentences.CHANGING if event.before else sentences.COMING)[event.kind]
    return sentences.SENTENCES.get((event.kind, event.verb), sentences.UNKNOWN)


def _link_template(event: Event, reading: Reading, parts: dict[str, Part]) -> Any:
    if parts["source"].text:
        return sentences.SENTENCES["collection", "link"]
    told = reading.told(event, event.after)
    is_hidden = isinstance(told, dict) and told.get("source") is HIDDEN
    return sentences.LINK_OF_HIDDEN if is_hidden else sentences.LINK_OF_UNKNOWN


def _update_template(event: Event, parts: dict[str, Part]) -> Any:
    changed = changed_fields(event)
    if len(changed) == 1:
        (name,) = changed
        if found := sentences.FIELD_SENTENCES.get((event.kind, name)):
            return found
        if name == "description":
            return sentences.DESCRIPTION
    parts["fields"] = Part(", ".join(field_label(name) for name in changed) or "–")
    return sentences.UPDATE


def changed_fields(event: Event) -> dict[str, tuple[Any, Any]]:
    """What an event changed, by field: the value before and after."""
    before = event.before if isinstance(event.before, dict) else {}
    after = event.after if isinstance(event.after, dict) else {}
    names = [*after, *(name for name in before if name not in after)]
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _change_parts(event: Event, reading: Reading) -> dict[str, Part]:
    """What stands in the places of a sentence besides who and what."""
    before, after = reading.told(event, event.before), reading.told(event, event.after)
    parts = dict.fromkeys(_PLACES, Part(""))  # an event of other code may say less
    parts["alias"] = Part(event.subject.rpartition(":")[2], is_code=True)
    if isinstance(before, dict) or isinstance(after, dict):
        return parts | _dict_parts(event, reading, before or {}, after or {})
    for name, value in (("before", before), ("after", after)):
        parts[name] = _value(event, reading, value)
    return parts


def _dict_parts(event: Event, reading: Reading, before: Any, after: Any) -> dict[str, Part]:
    parts = {}
    given = {**before, **after} if isinstance(before, dict) and isinstance(after, dict) else {}
    if (source := given.get("source")) and source is not HIDDEN:
        parts["source"] = _source(event, reading, str(source))
    parts["names"] = Part(_names(given))
    parts["role"] = Part(role_text(given.get("role"), event.kind))
    old = before.get("role") if isinstance(before, dict) else None
    parts["old_role"] = Part(role_text(old, event.kind))
    parts["step"] = Part(value_text(given.get("step")))
    changed = changed_fields(event)
    name = next(iter(changed)) if len(changed) == 1 else "name"
    pair = before.get(name), after.get(name)
    parts["before"], parts["after"] = (Part(value_text(each, name)) for each in pair)
    return parts


def _names(given: dict[str, Any]) -> str:
    """Who is meant: people, teams, or somebody by an address that the reader may not know."""
    found: list[str] = []
    for name in _MEMBER_FIELDS:
        value = given.get(name)
        if value is HIDDEN:
            found.append(gettext("somebody by e-mail"))
        elif value:
            found.append(value_text(value, name))
    return ", ".join(found) or "–"


def _value(event: Event, reading: Reading, value: Any) -> Part:
    """A value by itself: the number of a version leads to it."""
    collection = reading.collections.get(event.subject_id or 0)
    if isinstance(value, str) and event.kind == "collection" and collection:
        number = number_in(value)
        if number is not None and value == f"v{number}":
            return Part(value, Membership(collection=collection, index=number).get_absolute_url())
    return Part(value_text(value))


def _source(event: Event, reading: Reading, path: str) -> Part:
    """Where a linked version was logged, which the reader may know."""
    membership = reading.membership_in(event)
    if membership is None:
        return Part(path, is_code=True)
    version, sequence = membership.version, membership.version.sequence
    sequence.project.name = sequence.project.own_name
    at = reverse(
        "artifacts:version_detail",
        args=[
            sequence.project.entity.name,
            sequence.project.name,
            sequence.artifact_type.name,
            sequence.name,
            f"v{version.version_index}",
        ],
    )
    return Part(path, at, is_code=True)


def _details(event: Event, reading: Reading) -> list[dict[str, str]]:
    """What changed besides what the sentence says: a label, and the values before and after."""
    changed = changed_fields(event)
    if not changed and (event.kind, event.verb) not in sentences.SENTENCES:
        changed = {"": (event.before, event.after)} if event.before or event.after else {}
    before = reading.told(event, {name: pair[0] for name, pair in changed.items()})
    after = reading.told(event, {name: pair[1] for name, pair in changed.items()})
    skipped = _skipped(event, list(changed))
    return [
        {
            "label": field_label(name) if name else gettext("Value"),
            "before": value_text(before[name], name) if _has(event.before, name) else "",
            "after": value_text(after[name], name) if _has(event.after, name) else "",
        }
        for name in changed
        if name not in skipped
    ]


def _skipped(event: Event, names: list[str]) -> set[str]:
    """Fields that the sentence says already; one without words of its own says none."""
    if event.verb == "update":
        is_said = len(names) == 1 and names[0] in _SAID_ALONE
        return {*names, "description"} if is_said else {"description"}
    known = {*sentences.SENTENCES, *((kind, "set_role") for kind in sentences.COMING)}
    return _SAID if (event.kind, event.verb) in known else set()


def _has(change: Any, name: str) -> bool:
    """Whether a side of the change says something of the field: what is new has one side."""
    return name in change if isinstance(change, dict) else bool(change) and not name


def _gone(event: Event, reading: Reading) -> str:
    """What became of the version that an event of a collection names, "" while it is there."""
    number = number_in(event.subject)
    for value in (event.after, event.before):
        if number is None and isinstance(value, str):
            number = number_in(value)
    if event.kind != "collection" or number is None:
        return ""
    if event.verb in {"unlink", "delete", "purge"}:
        return ""  # it says so itself
    membership = reading.memberships.get((event.subject_id or 0, number))
    if membership is None:
        return gettext("v{number}: unlinked").format(number=number)
    if membership.version.deleted_at:
        return gettext("v{number}: deleted").format(number=number)
    return ""
