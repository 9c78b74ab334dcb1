"""Rows that are written together: in one statement on PostgreSQL, one after the other elsewhere.

Each statement costs a round trip and Django's work for it, for which everybody who waits for the
same locks waits, too. tests/site/test_together.py holds the statement against Django's own saving.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models


def write_together(
    *,
    new: Sequence[models.Model] = (),
    changed: Sequence[tuple[models.Model, Sequence[str]]] = (),
) -> None:
    """Insert new rows, and save these fields of changed ones, which the caller has locked.

    No row may refer to one that is new as well. Rows get their keys and times as saving does it.
    """
    if connection.vendor != "postgresql":
        for row in new:
            row.save(force_insert=True)
        for row, names in changed:
            row.save(update_fields=names)
        return
    inserts = [_insert_into(type(row)) for row in new]
    updates = [_update_of(type(row), tuple(names)) for row, names in changed]
    values = [value for row in new for value in _values(row, _own_fields(type(row)), is_new=True)]
    for row, names in changed:
        values += _values(row, _fields(type(row), tuple(names)), is_new=False)
        values.append(row.pk)
    with connection.cursor() as cursor:
        cursor.execute(_statement((*inserts, *updates), len(new)), values)
        keys = cursor.fetchone()
    for row, key in zip(new, keys[: len(new)], strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _statement(writes: tuple[str, ...], count: int) -> str:
    """Return the statement that does all these, and returns the keys of the first `count`."""
    parts = ", ".join(f"write_{number} AS ({sql})" for number, sql in enumerate(writes))
    names = [f"write_{number}" for number in range(count)]
    keys = ", ".join(f"{name}.id" for name in names)
    tables = f" FROM {', '.join(names)}" if names else ""
    return f"WITH {parts} SELECT {keys}{tables}"


@cache
def _insert_into(model: type[models.Model]) -> str:
    fields = _own_fields(model)
    columns = ", ".join(_quoted(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = _quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id"  # noqa: S608 - as above


@cache
def _update_of(model: type[models.Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in _fields(model, names))
    return f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE id = %s"  # noqa: S608


@cache
def _own_fields(model: type[models.Model]) -> tuple[Any, ...]:
    """Return all fields but the key."""
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in names)


def _values(row: models.Model, fields: Sequence[Any], *, is_new: bool) -> Iterator[Any]:
    for field in fields:
        yield field.get_db_prep_save(field.pre_save(row, is_new), connection)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
