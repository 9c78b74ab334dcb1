"""How Python is bound to the SDL: resolvers by type and field, model classes by type name.

A field without a resolver is read off its source: a key of a dict, or the attribute of the
field's name in snake_case.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any

from graphql import GraphQLResolveInfo

Resolver = Callable[..., Any]

RESOLVERS: dict[tuple[str, str], Resolver] = {}
TYPES: dict[type, Callable[[Any], str]] = {}
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass
class Context:
    """What a resolver knows of its request."""

    user: Any
    base_url: str  # without a slash at the end; for addresses that the client follows
    api_key: Any = None  # accounts.ApiKey, by which the user came
    lists: int = 0  # lists read so far, see connections.py
    loaded: dict[Any, Any] = dataclass_field(default_factory=dict)  # rows read once per request


def field(type_name: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Bind the function to these fields of the type; it is called with source, info, arguments."""

    def bind(resolver: Resolver) -> Resolver:
        for name in names:
            if RESOLVERS.setdefault((type_name, name), resolver) is not resolver:
                raise TypeError(f"{type_name}.{name} is bound twice.")
        return resolver

    return bind


def fields(type_name: str, **readers: Callable[[Any], Any]) -> None:
    """Bind fields that only read something off their source."""
    for name, reader in readers.items():
        field(type_name, name)(_reading(reader))


def _reading(reader: Callable[[Any], Any]) -> Resolver:
    def resolver(source: Any, info: GraphQLResolveInfo) -> Any:
        return reader(source)

    resolver.read = reader  # type: ignore[attr-defined]  # for compiled.py, which needs no info
    return resolver


def abstract(model: type, name_of: Callable[[Any], str]) -> None:
    """Say which type of an interface or union a row of this model is."""
    TYPES[model] = name_of


def read_field(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """Resolve a field that has no resolver of its own."""
    if isinstance(source, dict):
        value = source.get(info.field_name)
        return value() if callable(value) else value
    return getattr(source, snake_case(info.field_name), None)


def type_of(value: Any, info: GraphQLResolveInfo, abstract_type: Any) -> str | None:
    """Name the concrete type of a value, for interfaces and unions."""
    name_of = TYPES.get(type(value))
    return name_of(value) if name_of else None


@lru_cache(maxsize=2048)
def snake_case(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()
