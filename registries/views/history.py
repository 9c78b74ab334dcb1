"""Events in words."""

from typing import Any

from django.utils.translation import gettext_lazy

from registry_site.accounts.models import Event

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
}
FIELDS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "type": gettext_lazy("Type"),
    "aliases": gettext_lazy("Aliases"),
}


def event_row(event: Event) -> dict[str, Any]:
    """Return what one row of a history shows."""
    return {
        "event": event,
        "subject": event.subject.rpartition("/")[2],  # the collection, version or alias in it
        "what": VERBS.get(event.verb, event.verb),
        "before": _in_words(event.before),
        "after": _in_words(event.after),
    }


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        # a source may lie in a project that whoever reads this can't open
        shown = {key: each for key, each in value.items() if each and key != "source"}
        return "; ".join(
            f"{FIELDS.get(key, key)}: {_in_words(each)}" for key, each in shown.items()
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
