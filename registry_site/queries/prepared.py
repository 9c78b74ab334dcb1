"""Reads whose SQL is compiled once and then only run.

Django takes one to six milliseconds to turn a queryset with several joins into SQL, and the
database a fifth of a millisecond to answer it. The SDK's frequent requests need the same SQL with
other values, so a prepared read keeps the SQL, for all threads of the process.

This replaces parts of Django that it does not promise to keep (what a queryset's loop does with its
compiler, see prepared_rows.py). tests/test_prepared_reads.py compares every prepared read with its
queryset, and fails for a release of Django other than the one that was read for this.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Expression, QuerySet

from registry_site.queries.among import keys_parameter
from registry_site.queries.prepared_rows import rows_maker

READ_AGAINST = (5, 2)  # the release of Django whose compiler and iterables this was written for


class Read(NamedTuple):
    """A prepared read, and the function that makes its queryset."""

    build: Callable[..., QuerySet]
    rows: Callable[..., list[Any]]


READS: list[Read] = []  # all prepared reads, for the test that compares them


def prepared(build: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
    """Turn a function that makes a queryset into one that returns its rows.

    `build` is called with a stand-in for each value, which may stand wherever a filter takes an
    expression: `filter(name=name)`, and for lists of keys `filter(pk__among=keys)`. Values arrive
    as the column keeps them. A value annotated with a named tuple has a stand-in in each field. The
    queryset must not prefetch; `select_related`, `values_list`, slices and `select_for_update` are
    fine.
    """
    plan: _Plan | None = None
    names = build.__code__.co_varnames[: build.__code__.co_argcount]
    stand_ins = [_stand_in(name, build.__annotations__.get(name)) for name in names]
    flat_names = [stand_in.name for stand_in in _flat(stand_ins)]

    def rows(*arguments: Any) -> list[Any]:
        nonlocal plan
        if plan is None:  # two threads may both make one, of which each will do
            plan = _Plan(build(*stand_ins))
        return plan.run(dict(zip(flat_names, _flat(arguments), strict=True)))

    rows.__doc__ = build.__doc__
    READS.append(Read(build, rows))
    return rows


def first(rows: list[Any]) -> Any:
    """Return the first row, or None where there is none."""
    return rows[0] if rows else None


class _StandIn(Expression):
    """Stands for a value given at each call; it marks the value's position in the parameters."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def _stand_in(name: str, kind: Any) -> Any:
    """Return the stand-in for a value, or a named tuple of stand-ins for one of that kind."""
    if hasattr(kind, "_fields"):
        return kind(*(_StandIn(f"{name}.{field}") for field in kind._fields))
    return _StandIn(name)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if hasattr(value, "_fields") else [value]


class _Plan:
    """The SQL of a queryset, and how its rows are made."""

    def __init__(self, queryset: QuerySet) -> None:
        self.database = queryset.db
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.parameters = compiler.as_sql()
        self.make = rows_maker(queryset, compiler)

    def run(self, values: dict[str, Any]) -> list[Any]:
        connection = connections[self.database]  # the thread's own
        parameters = [
            _parameter(values[given.name], connection.vendor)
            if isinstance(given, _StandIn)
            else given
            for given in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            records = cursor.fetchall()
        return self.make(records, connection)


def _parameter(value: Any, vendor: str) -> Any:
    return keys_parameter(value, vendor) if isinstance(value, list) else value
