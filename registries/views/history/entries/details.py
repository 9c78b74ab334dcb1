"""What an event changed besides what its sentence says."""

from typing import Any

from django.utils.translation import gettext

from registries.services.history.reading import Reading
from registries.views.history.entries import sentence_texts as sentences
from registries.views.history.entries.labels import field_label, value_text
from registry_site.accounts.models import Event, Verb

MEMBER_FIELDS = ("users", "teams", "user", "email")


# fields whose changes have a sentence of their own
_SAID_ALONE = {"access", "name", "type", "state"}


_SAID = {*MEMBER_FIELDS, "role", "source", "is_agreed", "step", "description", "name"}


def changed_fields(event: Event) -> dict[str, tuple[Any, Any]]:
    """Return what an event changed, by field: the value before and after."""
    before = event.before if isinstance(event.before, dict) else {}
    after = event.after if isinstance(event.after, dict) else {}
    names = [*after, *(name for name in before if name not in after)]
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def details_of(event: Event, reading: Reading) -> list[dict[str, str]]:
    """Return what the sentence leaves out: for each field a label, the value before and after."""
    changed = changed_fields(event)
    if not changed and (event.kind, event.verb) not in sentences.SENTENCES:
        changed = {"": (event.before, event.after)} if event.before or event.after else {}
    before = reading.readable(event, {name: pair[0] for name, pair in changed.items()})
    after = reading.readable(event, {name: pair[1] for name, pair in changed.items()})
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
    """Return fields that the sentence names already; a sentence without own words names none."""
    if event.verb == Verb.UPDATE:
        is_said = len(names) == 1 and names[0] in _SAID_ALONE
        return {*names, "description"} if is_said else {"description"}
    with_sentence = {*sentences.SENTENCES, *((kind, "set_role") for kind in sentences.COMING)}
    return _SAID if (event.kind, event.verb) in with_sentence else set()


def _has(change: Any, name: str) -> bool:
    """Return whether a side of the change has the field; a new thing has one side only."""
    return name in change if isinstance(change, dict) else bool(change) and not name
