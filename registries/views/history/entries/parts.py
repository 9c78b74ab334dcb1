"""The names that appear in the sentence of an event."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from artifacts.models import Membership
from registries.services.history.reading import HIDDEN, Reading, number_in
from registries.views.history.entries import sentence_texts as sentences
from registries.views.history.entries.details import MEMBER_FIELDS, changed_fields
from registries.views.history.entries.labels import role_text, value_text
from registries.views.history.entries.sentence import Part
from registry_site.accounts.models import Event, Kind

# names of places in sentences
_PLACES = ("before", "after", "source", "names", "role", "old_role", "step")


def actor_part(event: Event, reading: Reading) -> Part:
    name = event.actor_name
    if not name:
        return Part(str(sentences.NOBODY))
    has_page = name in reading.people
    return Part(name, reverse("artifacts:entity_detail", args=[name]) if has_page else "")


def parts_of_change(event: Event, reading: Reading) -> dict[str, Part]:
    """Return what fills the places of a sentence besides who and what."""
    before, after = reading.readable(event, event.before), reading.readable(event, event.after)
    parts = dict.fromkeys(_PLACES, Part(""))  # events of other releases may have fewer
    parts["alias"] = Part(event.subject.rpartition(":")[2], is_code=True)
    if isinstance(before, dict) or isinstance(after, dict):
        return parts | _dict_parts(event, reading, before or {}, after or {})
    for name, value in (("before", before), ("after", after)):
        parts[name] = _value(event, reading, value)
    return parts


def _dict_parts(event: Event, reading: Reading, before: Any, after: Any) -> dict[str, Part]:
    parts = {}
    fields = {**before, **after} if isinstance(before, dict) and isinstance(after, dict) else {}
    if (source := fields.get("source")) and source is not HIDDEN:
        parts["source"] = _source(event, reading, str(source))
    parts["names"] = Part(_names(fields))
    parts["role"] = Part(role_text(fields.get("role"), event.kind))
    old = before.get("role") if isinstance(before, dict) else None
    parts["old_role"] = Part(role_text(old, event.kind))
    parts["step"] = Part(value_text(fields.get("step")))
    changed = changed_fields(event)
    name = next(iter(changed)) if len(changed) == 1 else "name"
    pair = before.get(name), after.get(name)
    parts["before"], parts["after"] = (Part(value_text(each, name)) for each in pair)
    return parts


def _names(fields: dict[str, Any]) -> str:
    """Return who is meant: people, teams, or an address whose owner the reader may not know."""
    names: list[str] = []
    for name in MEMBER_FIELDS:
        value = fields.get(name)
        if value is HIDDEN:
            names.append(gettext("somebody by e-mail"))
        elif value:
            names.append(value_text(value, name))
    return ", ".join(names) or "–"


def _value(event: Event, reading: Reading, value: Any) -> Part:
    """Return a value by itself; the number of a version links to it."""
    collection = reading.collections.get(event.subject_id or 0)
    if isinstance(value, str) and event.kind == Kind.COLLECTION and collection:
        number = number_in(value)
        if number is not None and value == f"v{number}":
            return Part(value, Membership(collection=collection, index=number).get_absolute_url())
    return Part(value_text(value))


def _source(event: Event, reading: Reading, path: str) -> Part:
    """Return where a linked version was logged, if the reader may know."""
    membership = reading.membership_in(event)
    if membership is None:
        return Part(path, is_code=True)
    version, sequence = membership.version, membership.version.sequence
    at = reverse(
        "artifacts:version_detail",
        args=[
            sequence.project.entity.name,
            sequence.project.own_name,
            sequence.artifact_type.name,
            sequence.name,
            f"v{version.version_index}",
        ],
    )
    return Part(path, at, is_code=True)
