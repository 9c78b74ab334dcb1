"""Values at a path of a JSON column, as conditions and as something to order by.

A path consists of keys of objects. Values are compared only with values of their own kind, as Mongo
does: no text is greater than a number. A list passes if any of its elements does.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Q, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry_site.filters.conditions import Unfit, joined
from registry_site.filters.fields import BIG, Field, Test
from registry_site.filters.patterns import postgres_pattern, read_pattern, register_search

SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_ROWS = "(SELECT 1"  # a constant, so that no SQL text ever contains a value
_GREATEST = "1e308"  # larger numbers are no double


class Json(Field):
    """A JSON column; `name.a.b` is the value at `a`, `b`.

    `inside` returns the path inside the column for the path in the filter.
    """

    kind = gettext_lazy("a text, a number, true or false")
    nested = True
    lookups = Field.lookups | {"re2", "holds"}

    def __init__(self, column: str, path: Sequence[str] = (), *, inside: Any = tuple) -> None:
        super().__init__(column)
        self.path, self.inside = tuple(path), inside

    def at(self, path: Sequence[str]) -> "Json":
        """Return the field of what lies there."""
        return Json(self.column, check_path(self.inside(path)))

    def where(self, test: Test) -> Q:
        if test.lookup == "exact" and isinstance(test.value, list):
            return self._same_list(test.value)
        values = test.value if test.lookup == "in" else [test.value]
        for value in values:
            if not isinstance(value, bool | int | float | str):
                raise self.unfit(value)
        if test.lookup in {"re2", "holds"} and not isinstance(test.value, str):
            raise self.unfit(test.value)
        if test.lookup == "re2":
            read_pattern(test.value)
        return self._holds(_AnyValue, lookup=test.lookup, values=tuple(map(_number, values)))

    def exists(self) -> Q:
        return self._holds(_Exists)

    def missing(self) -> Q:
        """Return a condition: no value is there, or null."""
        return self._holds(_IsNull)

    def sized(self, count: int) -> Q:
        return self._holds(_HasLength, count=count)

    def _same_list(self, values: list[Any]) -> Q:
        """Return a condition: the value is a list with these elements, in any order."""
        each = [self.where(Test("exact", value)) for value in values]
        return joined([self.sized(len(values)), *each])

    def _holds(self, condition: type["_AtPath"], **more: Any) -> Q:
        return Q(condition(F(self.column), path=self.path, **more))


def check_path(path: Sequence[str]) -> tuple[str, ...]:
    """Return the path, or raise Unfit for one that SQLite can't express."""
    if not path or len(path) > 20 or any(not part or '"' in part for part in path):
        raise Unfit(_("its path must be 1 to 20 names joined by dots, without quotes"))
    return tuple(path)


class _AtPath(Func):
    """Base of expressions about the value at `path` of the column."""

    output_field: Any = BooleanField()

    def place(self, compiler: Any) -> tuple[str, list[Any]]:
        sql, parameters = compiler.compile(self.source_expressions[0])
        return sql, list(parameters)

    def sqlite_path(self) -> str:
        return "$" + "".join(f".{json.dumps(part)}" for part in self.extra["path"])

    def postgres_value(self, compiler: Any) -> tuple[str, list[Any]]:
        sql, parameters = self.place(compiler)
        path = self.extra["path"]
        return f"({sql}{' -> %s::text' * len(path)})", [*parameters, *path]


class _Exists(_AtPath):
    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        column, parameters = self.place(compiler)
        return f"(JSON_TYPE({column}, %s) IS NOT NULL)", [*parameters, self.sqlite_path()]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        return f"({value} IS NOT NULL)", parameters


class _IsNull(_AtPath):
    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        column, parameters = self.place(compiler)
        sql = f"(COALESCE(JSON_TYPE({column}, %s), 'null') = 'null')"
        return sql, [*parameters, self.sqlite_path()]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        return f"(COALESCE(jsonb_typeof({value}), 'null') = 'null')", parameters


class _HasLength(_AtPath):
    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        column, parameters = self.place(compiler)
        path = self.sqlite_path()
        sql = f"(JSON_TYPE({column}, %s) = 'array' AND JSON_ARRAY_LENGTH({column}, %s) = %s)"
        return sql, [*parameters, path, *parameters, path, self.extra["count"]]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        sql = (
            f"(CASE jsonb_typeof({value}) WHEN 'array' THEN jsonb_array_length({value}) = %s"
            " ELSE false END)"
        )
        return sql, [*parameters, *parameters, self.extra["count"]]


class _AnyValue(_AtPath):
    """Whether the value, or any element of a list, passes the lookup."""

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        register_search(connection)
        column, parameters = self.place(compiler)
        path = self.sqlite_path()
        test, values = self._test(
            {
                "number": ("element.type IN ('integer', 'real')", "element.value", "%s"),
                "text": ("element.type = 'text'", "element.value", "%s"),
                "boolean": ("element.type IN ('true', 'false')", "element.value", "%s"),
            },
            {"re2": "re2_search(%s, element.value)", "holds": "INSTR(element.value, %s) > 0"},
        )
        # the members of an object don't count as elements
        sql = (
            f"(COALESCE(JSON_TYPE({column}, %s), 'object') <> 'object' AND"
            f" EXISTS {_ROWS} FROM JSON_EACH({column}, %s) AS element WHERE {test}))"
        )
        return sql, [*parameters, path, *parameters, path, *values]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        text, kind = "(element.value #>> '{}')", "jsonb_typeof(element.value)"
        test, values = self._test(
            {
                "number": (f"{kind} = 'number'", "element.value", "%s::jsonb"),
                "text": (f"{kind} = 'string'", text, "%s"),
                "boolean": (f"{kind} = 'boolean'", "element.value", "%s::jsonb"),
            },
            {"re2": f"{text} ~ %s", "holds": f"STRPOS({text}, %s) > 0"},
            jsonb=True,
        )
        sql = (
            f"(EXISTS {_ROWS} FROM jsonb_array_elements(CASE jsonb_typeof({value})"
            f" WHEN 'array' THEN {value} WHEN 'object' THEN '[]'::jsonb"
            f" ELSE jsonb_build_array({value}) END) AS element(value) WHERE {test}))"
        )
        return sql, [*parameters * 3, *values]

    def _test(
        self,
        kinds: dict[str, tuple[str, str, str]],
        searches: dict[str, str],
        *,
        jsonb: bool = False,
    ) -> tuple[str, list[Any]]:
        """Return the SQL condition on one element and its parameters, values grouped by kind."""
        lookup, operands = self.extra["lookup"], self.extra["values"]
        if lookup in searches:
            pattern = postgres_pattern(operands[0]) if jsonb and lookup == "re2" else operands[0]
            return f"{kinds['text'][0]} AND {searches[lookup]}", [pattern]
        tests, parameters = [], []
        for kind, (guard, value, slot) in kinds.items():
            values = [each for each in operands if _kind(each) == kind]
            if not values:
                continue
            slots = ", ".join([slot] * len(values))
            right = f"{SIGNS[lookup]} {slot}" if lookup in SIGNS else f"IN ({slots})"
            tests.append(f"({guard} AND {value} {right})")
            as_text = jsonb and kind != "text"
            parameters += [json.dumps(each) if as_text else each for each in values]
        return " OR ".join(tests) or "1 = 0", parameters


class JsonNumber(_AtPath):
    """The number there, as a double; true is 1. Null for any other kind."""

    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        column, parameters = self.place(compiler)
        path = self.sqlite_path()
        sql = (
            f"(CASE WHEN JSON_TYPE({column}, %s) IN ('integer', 'real', 'true', 'false') THEN"
            f" MAX(MIN(CAST(JSON_EXTRACT({column}, %s) AS REAL), {_GREATEST}), -{_GREATEST}) END)"
        )
        return sql, [*parameters, path, *parameters, path]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        sql = (
            f"(CASE jsonb_typeof({value}) WHEN 'number' THEN GREATEST(LEAST(({value} #>> '{{}}')"
            f"::numeric, {_GREATEST}::numeric), -{_GREATEST}::numeric)::double precision"
            f" WHEN 'boolean' THEN ({value})::boolean::integer::double precision END)"
        )
        return sql, parameters * 3


class JsonText(_AtPath):
    """The text there; null for any other kind."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        column, parameters = self.place(compiler)
        path = self.sqlite_path()
        sql = f"(CASE WHEN JSON_TYPE({column}, %s) = 'text' THEN JSON_EXTRACT({column}, %s) END)"
        return sql, [*parameters, path, *parameters, path]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        value, parameters = self.postgres_value(compiler)
        sql = f"(CASE jsonb_typeof({value}) WHEN 'string' THEN {value} #>> '{{}}' END)"
        return sql, parameters * 2


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def _number(value: Any) -> Any:
    """Return the number as the database compares it: a double where no column can hold it."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) < BIG:
        return value
    return float(value) if abs(value) < 10**308 else (1 if value > 0 else -1) * 1e308
