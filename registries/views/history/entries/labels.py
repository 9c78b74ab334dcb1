"""The words for changes and for their values; unknown ones of later releases included."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from artifacts.models import Project
from registries.services.history.reading import HIDDEN
from registry_site.accounts.models import MEMBER_ROLES
from registry_site.accounts.permissions import ROLE_LABELS

FIELDS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "type": gettext_lazy("Type"),
    "types": gettext_lazy("Types"),
    "tags": gettext_lazy("Tags"),
    "aliases": gettext_lazy("Aliases"),
    "versions": gettext_lazy("Versions"),
    "metadata": gettext_lazy("Metadata"),
    "ttl_seconds": gettext_lazy("TTL"),
    "default_ttl_seconds": gettext_lazy("Default TTL"),
    "access": gettext_lazy("Visibility"),
    "accepts_all_types": gettext_lazy("Accepts all types"),
    "accepted_types": gettext_lazy("Accepted types"),
    "protected_aliases": gettext_lazy("Protected aliases"),
    "default_role": gettext_lazy("Default role"),
    "owner": gettext_lazy("Owner"),
    "role": gettext_lazy("Role"),
    "users": gettext_lazy("People"),
    "user": gettext_lazy("Person"),
    "teams": gettext_lazy("Teams"),
    "team": gettext_lazy("Team"),
    "email": gettext_lazy("E-mail address"),
    "let_in": gettext_lazy("Came into the organization as view-only"),
    "is_guest": gettext_lazy("Guest"),
    "state": gettext_lazy("State"),
    "step": gettext_lazy("Step"),
    "files": gettext_lazy("Files"),
    "collections": gettext_lazy("Collections"),
    "source": gettext_lazy("Source"),
    "reason": gettext_lazy("Reason"),
    "keep_newest": gettext_lazy("Newest versions that stay"),
    "keeps_aliases": gettext_lazy("Keep what has an alias"),
    "keeps_tags": gettext_lazy("Keep what has a tag"),
    "keeps_links": gettext_lazy("Keep what is linked elsewhere"),
    "older_than_days": gettext_lazy("Older than (days)"),
    "icon": gettext_lazy("Icon"),
    "colour": gettext_lazy("Colour"),
    "keeps_linked": gettext_lazy("Keep what is linked"),
    "is_shared": gettext_lazy("Shared"),
}
_ROLES = {"role", "default_role"}
_SECONDS = {"ttl_seconds", "default_ttl_seconds"}
_UNITS = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
MOST_NAMED = 12  # items of a list
_LONGEST = 200  # characters of one value


def field_label(name: str) -> str:
    """Return what a field is called; an unknown field has its own name."""
    return str(FIELDS.get(name, name.replace("_", " ").strip().capitalize() or name))


def verb_words(verb: str) -> str:
    """Return an unknown verb as words: `request_access` becomes "request access"."""
    return verb.replace("_", " ").strip()


def value_text(value: Any, name: str = "") -> str:
    """Return a value of a change in words."""
    if value is HIDDEN:
        return gettext("in a project that you cannot open")
    if name in _SECONDS and (value is None or isinstance(value, int)):
        return _duration(value)
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return _list(value, name)
    if isinstance(value, dict):
        return _object(value)
    return _word(str(value), name)


def role_text(role: Any, kind: str) -> str:
    """Return a role's name, which in part differs in organizations and teams."""
    labels = dict(MEMBER_ROLES) if kind in {"organization", "team"} else {}
    return str(labels.get(role) or value_text(role, "role"))


def _word(text: str, name: str) -> str:
    if name in _ROLES and text in ROLE_LABELS:
        return str(ROLE_LABELS[text])  # type: ignore[index]
    if name == "access" and text in Project.Access.values:
        return str(Project.Access(text).label)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _list(values: list[Any], name: str) -> str:
    first_values = ", ".join(value_text(each, name) for each in values[:MOST_NAMED])
    rest = len(values) - MOST_NAMED
    if rest <= 0:
        return first_values
    return gettext("{names} and {more}").format(
        names=first_values, more=ngettext("{n} more", "{n} more", rest).format(n=rest)
    )


def _object(value: dict[str, Any]) -> str:
    if "omitted_bytes" in value:
        size = value["omitted_bytes"]
        return gettext("a text of {size} bytes, too long to be kept here").format(size=f"{size:,}")
    names = list(value)[:MOST_NAMED]
    text = ", ".join(f"{name}: {value_text(value[name], name)}" for name in names)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return gettext("inherited")
    if seconds == 0:
        return gettext("off")
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size:,} {unit}"
