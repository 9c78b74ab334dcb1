"""The scalars of base.graphql: how values are written in answers, and read from requests."""

from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema

from registry_site.errors import DomainError
from registry_site.texts.json_text import read_json, write_json

_INT64 = 2**63


def bind_scalars(schema: GraphQLSchema) -> None:
    """Set how the schema's scalars are read and written."""
    _bind(schema, "JSONString", serialize=_write_text, parse=_read_text)
    _bind(schema, "DateTime", serialize=_write_time)
    _bind(schema, "Int64", serialize=int, parse=_read_int)


def _bind(schema: GraphQLSchema, name: str, *, serialize: Any, parse: Any = None) -> None:
    scalar = schema.type_map[name]
    assert isinstance(scalar, GraphQLScalarType)  # noqa: S101 - for the type checker
    scalar.serialize = scalar.coerce_output_value = serialize  # type: ignore[method-assign]
    if parse:
        scalar.parse_value = scalar.coerce_input_value = parse  # type: ignore[method-assign]


def _write_text(value: Any) -> str:
    """Return the value as JSON text; a text stays as it is."""
    return value if isinstance(value, str) else write_json(value)


def _read_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise GraphQLError("JSON text is expected.")
    try:
        return read_json(value, "The text")
    except DomainError as error:
        raise GraphQLError(error.message) from error


def _write_time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def _read_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
        raise GraphQLError("A whole number of at most 63 bits is expected.")
    return value
