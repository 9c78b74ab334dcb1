"""Binds Python to the SDL: resolvers by type and field, model classes by type name.

A field without a resolver is read from its source: a key of a dict, or the attribute of the field's
name in snake_case.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

if TYPE_CHECKING:
    from registry_site.accounts.models import User

Resolver = Callable[..., Any]

RESOLVERS: dict[tuple[str, str], Resolver] = {}
TYPES: dict[type, Callable[[Any], str]] = {}
GUARDS: dict[type, Callable[[Any, Any], Any]] = {}
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass
class Context:
    """What a resolver knows of its request."""

    user: "User"
    base_url: str  # the server's address without a final slash, for links
    api_key: Any = None  # the accounts.ApiKey of the request
    lists: int = 0  # lists read so far, see connections.py
    # as the request sent them, for resolvers that look ahead; without them none does
    variables: dict[str, Any] = dataclass_field(default_factory=dict)
    loaded: dict[Any, Any] = dataclass_field(default_factory=dict)  # rows read once per request


class Hidden:
    """Base of objects that stand in for a thing that the viewer may not see.

    The resolvers of the thing's type never run for it. A field is the attribute of this object with
    the field's name in snake_case (a method is called with info and arguments), and else null. So a
    field that the type gets later reveals nothing until somebody adds it here.
    """

    def answer(self, name: str, info: Any, arguments: dict[str, Any]) -> Any:
        value = getattr(self, snake_case(name), None)
        return value(info, **arguments) if callable(value) else value


def guard(model: type, tell: Callable[[Any, Context], Any]) -> None:
    """Pass every row of this model through `tell(row, context)` before it is answered.

    `tell` returns the row, or what the viewer gets in its place.
    """
    GUARDS[model] = tell


def seen_by_viewer(value: Any, context: Context) -> Any:
    """Return the value, or what its guard puts in its place."""
    tell = GUARDS.get(type(value))
    return value if tell is None else tell(value, context)


def field(type_name: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Return a decorator that binds a function to these fields of the type.

    The function is called with source, info and arguments.
    """

    def bind(resolver: Resolver) -> Resolver:
        @wraps(resolver)
        def bound(source: Any, info: Any, **arguments: Any) -> Any:
            if isinstance(source, Hidden):
                return source.answer(info.field_name, info, arguments)
            return resolver(source, info, **arguments)

        for name in names:
            _bind(type_name, name, bound)
        return resolver

    return bind


def _bind(type_name: str, name: str, resolver: Resolver) -> None:
    if RESOLVERS.setdefault((type_name, name), resolver) is not resolver:
        raise TypeError(f"{type_name}.{name} is bound twice.")


def fields(type_name: str, **readers: Callable[[Any], Any]) -> None:
    """Bind functions that only read something from their source, by field."""
    for name, reader in readers.items():
        _bind(type_name, name, _reading(name, reader))


def _reading(name: str, reader: Callable[[Any], Any]) -> Resolver:
    def read(source: Any) -> Any:
        if isinstance(source, Hidden):
            return source.answer(name, None, {})
        return reader(source)

    def resolver(source: Any, info: GraphQLResolveInfo) -> Any:
        return read(source)

    resolver.read = read  # type: ignore[attr-defined]  # for compiled.py, which needs no info
    return resolver


def abstract(model: type, name_of: Callable[[Any], str]) -> None:
    """Name the type of a row of this model wherever an interface or union is answered."""
    TYPES[model] = name_of


@lru_cache(maxsize=2048)
def reader_of(name: str) -> Callable[[Any], Any]:
    """Return what reads a field that has no resolver: a key of a dict, else an attribute."""
    attribute = snake_case(name)

    def read(source: Any) -> Any:
        if not isinstance(source, dict):
            return getattr(source, attribute, None)
        value = source.get(name)
        return value() if callable(value) else value

    return read


def read_field(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """Resolve by graphql-core a field that has no resolver of its own."""
    return reader_of(info.field_name)(source)


def guarded(resolve: Resolver, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """Resolve a field by graphql-core as compiled.py does: what is answered passes its guard."""
    value = resolve(source, info, **arguments)
    if isinstance(value, list):
        return [seen_by_viewer(each, info.context) for each in value]
    return seen_by_viewer(value, info.context)


def type_of(value: Any, info: GraphQLResolveInfo, abstract_type: Any) -> str | None:
    """Return the name of a value's concrete type, for interfaces and unions."""
    name_of = TYPES.get(type(value))
    return name_of(value) if name_of else None


@lru_cache(maxsize=2048)
def snake_case(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()
