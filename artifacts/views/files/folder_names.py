"""The names in one folder as people look for them, a page at a time: folders first, then files.

A version's manifest is flat, so that a folder's names are found by reading all paths below it
anyway. As long as they are not too many they are sorted here, `img2` before `img10`; beyond that
the database sorts them, without regard to capitals. Either way a page begins after a name.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from registry_site.queries.natural_order import natural_key

SORTED = 10_000  # names of one folder that are sorted here


@dataclass(frozen=True)
class Names:
    """One page of a folder's names, those of folders with a slash at the end."""

    page: list[str]
    total: int
    has_previous: bool
    has_next: bool


def names_in(parts: QuerySet[Any], *, after: str, before: str, size: int) -> Names:
    """Return the page after a name, or before one; `parts` has the name of each as `part`."""
    names = list(parts.values_list("part", flat=True).distinct()[: SORTED + 1])
    if len(names) > SORTED:
        return _by_database(parts, after, before, size)
    names.sort(key=_key)
    if before:
        end = bisect_left(names, _key(before), key=_key)
        start = max(0, end - size)
    else:
        start = bisect_right(names, _key(after), key=_key) if after else 0
        end = start + size
    return Names(names[start:end], len(names), start > 0, end < len(names))


def _key(name: str) -> tuple[bool, Any]:
    return not name.endswith("/"), natural_key(name.rstrip("/"))


def _by_database(parts: QuerySet[Any], after: str, before: str, size: int) -> Names:
    kind = Case(When(part__endswith="/", then=0), default=1)
    sortable = parts.annotate(kind=kind, lower=Lower("part"))
    order = ["kind", "lower", "part"]
    if before:
        order = [f"-{each}" for each in order]
    rest = sortable.filter(_beyond(before or after, bool(before))) if before or after else sortable
    rows = rest.order_by(*order).values_list("part", "kind", "lower").distinct()[: size + 1]
    names = [part for part, _kind, _lower in rows]
    more, page = len(names) > size, names[:size]
    total = parts.values("part").distinct().count()
    if before:
        return Names(page[::-1], total, more, True)
    return Names(page, total, bool(after), more)


def _beyond(name: str, backwards: bool) -> Q:
    """Return the condition for what comes after the name (before it, if backwards)."""
    sign, kind, lower = "lt" if backwards else "gt", int(not name.endswith("/")), Lower(Value(name))
    return (
        Q(**{f"kind__{sign}": kind})
        | Q(kind=kind, **{f"lower__{sign}": lower})
        | Q(kind=kind, lower=lower, **{f"part__{sign}": name})
    )
