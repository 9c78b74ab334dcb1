"""Two manifests beside each other, path by path, compared by the database.

Both kinds of query walk the index of (version, path): a page reads little more than its own rows,
and the totals read each row once. The SQL is our own because Django's querysets can't join rows by
their paths, and would look each path up once for every column. It runs on SQLite and PostgreSQL;
`scripts/bench compare` measures it with 100,000 entries on each side.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

_BATCH = 10_000  # rows read at once by `all`


class State(StrEnum):
    """What happened to a path from the base version to the other one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


_IN_OTHER = {State.ADDED, State.CHANGED, State.SAME}
DIFFERENT = frozenset({State.ADDED, State.REMOVED, State.CHANGED})


@dataclass(frozen=True)
class Total:
    """The number of paths in one state, and their bytes on either side."""

    count: int = 0
    base_bytes: int = 0
    other_bytes: int = 0


class ComparedPath(NamedTuple):
    """One path on both sides; the size is None on a side without it, a reference "" if none."""

    path: str
    state: State
    base_size: int | None
    other_size: int | None
    base_ref: str
    other_ref: str


# Equal bytes have one blob on the server, whatever algorithm made a version's digests.
# References have no blob: they are compared by address and by the digest that the client sent.
_STATE = """
    CASE WHEN base.id IS NULL THEN 'added'
    WHEN other.blob_id = base.blob_id THEN 'same'
    WHEN other.blob_id IS NULL AND base.blob_id IS NULL
        AND other.ref = base.ref AND other.digest = base.digest THEN 'same'
    ELSE 'changed' END"""
_OTHERS = """
    SELECT other.path AS path, {state} AS state, base.size AS base_size, other.size AS other_size,
        COALESCE(base.ref, '') AS base_ref, other.ref AS other_ref
    FROM {table} other
    LEFT JOIN {table} base ON base.version_id = %(base)s AND base.path = other.path
    WHERE other.version_id = %(other)s{where}"""
_GONE = """
    SELECT other.path AS path, 'removed' AS state, other.size AS base_size,
        CAST(NULL AS bigint) AS other_size, other.ref AS base_ref, '' AS other_ref
    FROM {table} other
    WHERE other.version_id = %(base)s{where} AND NOT EXISTS (
        SELECT 1 FROM {table} twin WHERE twin.version_id = %(other)s AND twin.path = other.path)"""
_SUMS = """
    SELECT state, COUNT(*), SUM(base_size), SUM(other_size) FROM ({others}) compared GROUP BY state
    UNION ALL
    SELECT 'base', COUNT(*), SUM(size), 0 FROM {table} other
    WHERE other.version_id = %(base)s{where}"""


class ComparedManifests:
    """The entries of two versions by path; with a `text`, only paths that contain it."""

    def __init__(self, base: Any, other: Any, text: str = "") -> None:
        self.table = apps.get_model("artifacts", "ManifestEntry")._meta.db_table
        self.values: dict[str, Any] = {"base": base.pk, "other": other.pk}
        self.where = ""
        if text:
            self.where = r" AND LOWER(other.path) LIKE LOWER(%(text)s) ESCAPE '\'"
            escaped = connection.ops.prep_for_like_query(text)
            self.values["text"] = f"%{escaped}%"

    def totals(self) -> dict[State, Total]:
        """Return the number of paths and of bytes in each state, with one query."""
        rows = self._rows(
            _SUMS.format(others=self._others(self.where), table=self.table, where=self.where)
        )
        total_of = {name: Total(count, int(a or 0), int(b or 0)) for name, count, a, b in rows}
        all_of_base = total_of.pop("base")
        totals = {state: total_of.get(state, Total()) for state in State}
        in_both = totals[State.CHANGED], totals[State.SAME]
        # computed, which is quicker than to search for paths that only the base has
        totals[State.REMOVED] = Total(
            all_of_base.count - sum(each.count for each in in_both),
            all_of_base.base_bytes - sum(each.base_bytes for each in in_both),
        )
        return totals

    def page(
        self, states: Collection[State], size: int, *, after: str = "", before: str = ""
    ) -> list[ComparedPath]:
        """Return up to `size` paths in these states, sorted, after `after` or before `before`."""
        sign, order, bound = ("<", "DESC", before) if before else (">", "ASC", after)
        where = f"{self.where} AND other.path {sign} %(bound)s" if bound else self.where
        sides = []
        if in_other := set(states) - {State.REMOVED}:
            names = "', '".join(sorted(in_other))
            only = "" if in_other == _IN_OTHER else f" AND {_STATE} IN ('{names}')"
            sides.append(self._others(where + only))
        if State.REMOVED in states:
            sides.append(_GONE.format(table=self.table, where=where))
        # each side has a limit of its own: no planner sees that it may stop at its first rows
        ends = f"ORDER BY path {order} LIMIT %(size)s"
        pieces = " UNION ALL ".join(
            f"SELECT * FROM ({side} {ends}) side"  # noqa: S608 - texts of our own
            for side in sides
        )
        rows = self._rows(f"{pieces} {ends}", size=size, bound=bound) if sides else []
        paths = [ComparedPath(path, State(state), *rest) for path, state, *rest in rows]
        return paths[::-1] if before else paths

    def all(self, states: Collection[State]) -> Iterator[ComparedPath]:
        """Yield every path in these states, sorted; read in batches."""
        after = ""
        while batch := self.page(states, _BATCH, after=after):
            yield from batch
            after = batch[-1].path

    def _others(self, where: str) -> str:
        return _OTHERS.format(state=_STATE, table=self.table, where=where)

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values | values)
            return cursor.fetchall()
