"""Rows for tests, by statements that are put together once for each model.

Django compiles the statement of each row anew, which takes ten times as long as running it: makers
and people of the cast were a tenth of what all tests took.
"""

from functools import cache

from django.db import connection


def insert(model, **fields):
    """Write a row as `model.objects.create(**fields)` does, but without signals; return it."""
    row = model(**fields)
    statement, columns = _insertion(model, row.pk is not None)
    values = [each.get_db_prep_save(each.pre_save(row, True), connection) for each in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def find(model, **columns):
    """Read the first row with these values, or None."""
    rows = model._base_manager.raw(_selection(model, *columns), list(columns.values()))
    return next(iter(rows), None)


@cache
def _insertion(model, has_key):
    """The statement and the fields whose values it takes; the database gives the key if need be."""
    key = model._meta.pk
    fields = [each for each in model._meta.local_concrete_fields if has_key or each is not key]
    names = ", ".join(f'"{each.column}"' for each in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING "{key.column}"', fields


@cache
def _selection(model, *columns):
    conditions = " AND ".join(f'"{each}" = %s' for each in columns)
    return f'SELECT * FROM "{model._meta.db_table}" WHERE {conditions} ORDER BY id LIMIT 1'
