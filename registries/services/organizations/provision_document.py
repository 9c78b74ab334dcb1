"""The shape of provision's document, checked as a whole before anything is done.

Each refusal is one sentence that begins with the place: "organizations[0].members[1].role: …". A
key with null counts as left out.
"""

from collections.abc import Callable
from typing import Any

from registry_site.errors import Invalid

Read = Callable[[Any, str], Any]
ROLES = ("admin", "member", "viewer")


def read_document(document: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the document's users, organizations and teams, or raise Invalid."""
    read = _record(
        {"users": _list(_user), "organizations": _list(_organization), "teams": _list(_team)}
    )
    rows = {"users": [], "organizations": [], "teams": []} | read(document, "")
    for kind, key in (("users", "username"), ("organizations", "name"), ("teams", "name")):
        _refuse_twins(rows[kind], kind, key)
    return rows


def _refuse_twins(rows: list[dict[str, Any]], kind: str, key: str) -> None:
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        first_number = first.setdefault(row[key].lower(), number)
        if first_number != number:
            raise Invalid(
                f"{kind}[{number}].{key}: {row[key]!r} is in {kind}[{first_number}] already."
            )


def _record(fields: dict[str, Read], required: str = "") -> Read:
    """Return a reader of an object with these keys and no others."""

    def read(value: Any, place: str) -> dict[str, Any]:
        name = place or "the document"
        if not isinstance(value, dict):
            raise Invalid(f"{name}: give an object, not {_kind(value)}.")
        inside = f"{place}." if place else ""
        for key in value:
            if key not in fields:
                raise Invalid(f"{inside}{key}: unknown key; {name} takes {', '.join(fields)}.")
        if required and value.get(required) is None:
            raise Invalid(f"{inside}{required}: missing.")
        return {
            key: fields[key](each, inside + key) for key, each in value.items() if each is not None
        }

    return read


def _list(read_one: Read) -> Read:
    def read(value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            raise Invalid(f"{place}: give a list, not {_kind(value)}.")
        return [read_one(each, f"{place}[{number}]") for number, each in enumerate(value)]

    return read


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{place}: give text, not {_kind(value)}.")
    if not value:
        raise Invalid(f"{place}: give text of 1 or more characters.")
    if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Invalid(f"{place}: leave out NUL and halves of characters.")
    return value


def _flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{place}: give true or false, not {_kind(value)}.")
    return value


def _role(value: Any, place: str) -> str:
    if value not in ROLES:
        raise Invalid(f"{place}: {value!r} is no role; give admin, member or viewer.")
    return value


def _key(value: Any, place: str) -> dict[str, str]:
    if isinstance(value, dict):
        return {"name": "provisioned"} | _named_key(value, place)
    return {"name": "provisioned", "key": _text(value, place)}


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "null" if value is None else "a number")


_named_key = _record({"name": _text, "key": _text}, required="key")
_members = _list(_record({"username": _text, "role": _role}, required="username"))
_user = _record(
    {"username": _text, "email": _text, "password": _text, "admin": _flag, "api_keys": _list(_key)},
    required="username",
)
_organization = _record(
    {"name": _text, "entity": _text, "core_registries": _flag, "members": _members},
    required="name",
)
_team = _record({"name": _text, "organization": _text, "members": _members}, required="name")
