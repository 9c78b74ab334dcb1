"""Kinds of fields that a list can be filtered by: what each takes, and the condition it makes.

A field answers `where(test)`, `exists()` and `missing()`. A field of many values passes a test if
any of them does, as Mongo has it.
"""

import re
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from django.db.models import CharField, Count, Model, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry_site.filters.conditions import Unfit, joined, negated
from registry_site.filters.patterns import Holds, Re2, found_in, read_pattern
from registry_site.filters.times import read_time

BIG = 2**63
_NUMBER = re.compile(r"v?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Test:
    """A lookup (exact, in, gt, gte, lt, lte, re2, holds) and the values to look for, never null."""

    lookup: str
    value: Any


class Field:
    """A column, or a path over relations to one, whose values are all of one kind."""

    kind: str | Promise = ""  # the kind of value that it is compared with, for sentences
    nested = False  # whether `name.path` names a part of it
    lookups = frozenset({"exact", "in", "gt", "gte", "lt", "lte"})

    def __init__(self, column: str) -> None:
        self.column = column

    def where(self, test: Test) -> Q:
        """Return the condition of the test; raise Unfit for a value of another kind."""
        if test.lookup not in self.lookups:
            raise Unfit(_("it can't be searched for text, only compared"))
        if test.lookup == "in":
            return self.matching("in", [self.read(value) for value in test.value])
        return self.matching(test.lookup, self.read(test.value))

    def matching(self, lookup: str, value: Any) -> Q:
        return Q(**{f"{self.column}__{lookup}": value})

    def exists(self) -> Q:
        return Q(**{f"{self.column}__isnull": False})

    def missing(self) -> Q:
        return negated(self.exists())

    def sized(self, count: int) -> Q:
        raise Unfit(_("it holds one value, so it has no $size"))

    def read(self, value: Any) -> Any:
        """Return the value as the column stores it, or raise Unfit, as here for every value."""
        raise self.unfit(value)

    def unfit(self, value: Any) -> Unfit:
        return Unfit(
            _("it is compared with {kind}, not with {value!r}").format(
                kind=self.kind, value=_short(value)
            )
        )


class Text(Field):
    """A text; an empty one counts as missing, whether it was ever written or not."""

    kind = gettext_lazy("text")
    lookups = Field.lookups | {"re2", "holds"}

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.unfit(value)
        return value

    def where(self, test: Test) -> Q:
        if test.lookup == "re2":
            read_pattern(self.read(test.value))
        return super().where(test)

    def matching(self, lookup: str, value: Any) -> Q:
        condition = super().matching(lookup, value)
        if lookup in {"exact", "in"}:
            return condition | self.missing() if value == "" or "" in [*value] else condition
        return condition & self.exists()

    def exists(self) -> Q:
        return Q(**{f"{self.column}__gt": ""})


class Number(Field):
    """A whole number."""

    kind = gettext_lazy("a number")

    def read(self, value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= BIG:
            raise self.unfit(value)
        return value

    def matching(self, lookup: str, value: Any) -> Q:
        """Return the condition; no whole number equals 2.5, those above it are those above 2."""
        if lookup == "exact":
            lookup, value = "in", [value]
        if lookup == "in":
            return super().matching("in", [int(each) for each in value if each == int(each)])
        return super().matching(lookup, (floor if lookup in {"gt", "lte"} else ceil)(value))


class Time(Field):
    """A time, compared as the text that clients see: `2026` is before all of its moments.

    A time equals a text with which it begins: `2026-03` equals each moment of that March.
    """

    kind = gettext_lazy("a time such as '2026-03-05' or '2026-03-05T10:00:00Z'")

    def read(self, value: Any) -> Any:
        try:
            return read_time(value)
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise self.unfit(value) from error

    def matching(self, lookup: str, value: Any) -> Q:
        if lookup == "in":
            return joined((self.matching("exact", each) for each in value), by_or=True)
        start, after, whole = value
        bounds = {
            "exact": {"gte": start, "lt": after},
            "gte": {"gte": start},
            "gt": {"gte": after if whole else start},
            "lt": {"lt": start},
            "lte": {"lt": after if whole else start},
        }[lookup]
        return Q(**{f"{self.column}__{sign}": bound for sign, bound in bounds.items()})


class VersionNumber(Field):
    """A version's number: `3` and `"v3"` are the same; patterns look at `v3`."""

    kind = gettext_lazy("a version such as 'v3' or 3")
    lookups = Text.lookups

    def where(self, test: Test) -> Q:
        if test.lookup in {"re2", "holds"}:
            name = Concat(Value("v"), Cast(self.column, CharField()), output_field=CharField())
            pattern = Text("").read(test.value)
            if test.lookup == "re2":
                return Q(Re2(name, read_pattern(pattern)))
            return Q(Holds(name, pattern))
        return super().where(test)

    def read(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < BIG:
            return value
        if isinstance(value, str) and (match := _NUMBER.fullmatch(value)):
            return int(match[1])
        raise self.unfit(value)


class Names(Text):
    """Names on rows of another table that point at the list's rows, such as tags.

    `to` is the pointing column, `at` the list's own column that it points at.
    """

    def __init__(self, model: type[Model], *, to: str, at: str = "pk") -> None:
        super().__init__("name")
        self.model, self.to, self.at = model, to, at

    def matching(self, lookup: str, value: Any) -> Q:
        rows = self.model._default_manager.filter(**{f"{self.column}__{lookup}": value})
        return Q(**{f"{self.at}__in": rows.values(self.to)})

    def exists(self) -> Q:
        return Q(**{f"{self.at}__in": self.model._default_manager.values(self.to)})

    def count(self) -> Any:
        """Return how many names there are, as an expression."""
        mine = self.model._default_manager.filter(**{self.to: OuterRef(self.at)}).order_by()
        counted = mine.values(self.to).annotate(found=Count("pk"))
        return Coalesce(Subquery(counted.values("found")), 0)

    def sized(self, count: int) -> Q:
        return Q(Exact(self.count(), count))


def passes(text: str, lookup: str, value: Any) -> bool:
    """Return whether a text that is in no table passes the test, as one in a table would."""
    return {
        "exact": lambda: text == value,
        "in": lambda: text in value,
        "gt": lambda: text > value,
        "gte": lambda: text >= value,
        "lt": lambda: text < value,
        "lte": lambda: text <= value,
        "re2": lambda: found_in(value, text),
        "holds": lambda: value in text,
    }[lookup]()


def _short(value: Any) -> Any:
    return value[:80] + "…" if isinstance(value, str) and len(value) > 80 else value
