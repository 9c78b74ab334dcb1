"""Two tables of text (CSV, TSV) compared: their columns, and their rows."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from artifacts.differences.lines import Pair, opcodes_of, pairs_of

MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 500_000
MOST_SHOWN = 500  # rows that differ
MOST_TEXT = 100  # characters of one cell


class NoTable(Exception):
    """The text isn't a table, or is too large to compare row by row."""


@dataclass(frozen=True)
class Cell:
    """One value on both sides, "" on a side without it; long values are cut."""

    base: str
    other: str
    is_same: bool


@dataclass(frozen=True)
class Row:
    """A row that differs: `state` is "added", "removed" or "changed"; rows are numbered from 1."""

    state: str
    base_number: int | None
    other_number: int | None
    cells: list[Cell]


@dataclass(frozen=True)
class TableDifference:
    """What differs between two tables; `rows` has the first rows that differ.

    The columns are in the order of the other table, removed ones last. `key` is the column by
    which rows were paired, "" where they were paired by their order.
    """

    columns: list[str]
    added_columns: list[str]
    removed_columns: list[str]
    rows: list[Row]
    counts: dict[str, int]
    key: str
    is_rough: bool


@dataclass(frozen=True)
class _Table:
    columns: list[str]
    rows: list[tuple[str, ...]]

    def taken(self, columns: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the rows, reduced to these columns."""
        places = [self.columns.index(column) for column in columns]
        return [tuple(row[place] for place in places) for row in self.rows]


def compare_tables(base: str, other: str, delimiter: str) -> TableDifference:
    """Return the columns and rows that differ; the first row has the columns. Raises NoTable."""
    before, after = _read(base, delimiter), _read(other, delimiter)
    shared = [column for column in after.columns if column in before.columns]
    gone = [column for column in before.columns if column not in after.columns]
    key = _key(before, after, shared)
    if key:
        pairs, is_rough = _by_key(before, after, key), False
    else:
        codes, is_rough = opcodes_of(before.taken(shared), after.taken(shared))
        pairs = [pair for code in codes for pair in pairs_of(*code)]
    columns = [*after.columns, *gone]
    places = [(before.columns.index(name), after.columns.index(name)) for name in shared]
    rows: list[Row] = []
    counts = {"added": 0, "removed": 0, "changed": 0, "same": 0}
    for pair in pairs:
        state = _state(before, after, places, *pair)
        counts[state] += 1
        if state != "same" and len(rows) < MOST_SHOWN:
            rows.append(_row(before, after, columns, state, *pair))
    added = [column for column in after.columns if column not in before.columns]
    return TableDifference(columns, added, gone, rows, counts, key, is_rough)


def _read(text: str, delimiter: str) -> _Table:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    try:
        columns = next(reader, [])
        if not columns or len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
            raise NoTable
        width = len(columns)
        for row in reader:
            if not row:
                continue  # an empty line
            if len(row) > width or len(rows) == MOST_ROWS or len(rows) * width > MOST_CELLS:
                raise NoTable
            rows.append((*row, *[""] * (width - len(row))))
    except csv.Error as error:  # too long a cell
        raise NoTable from error
    return _Table(columns, rows)


def _key(before: _Table, after: _Table, shared: list[str]) -> str:
    """Return the first column if both begin with it and have each value in it once, else ""."""
    first = after.columns[0]
    if before.columns[0] != first or len(shared) < 2:
        return ""
    for table in (before, after):
        if len({row[0] for row in table.rows}) < len(table.rows):
            return ""
    return first


def _by_key(before: _Table, after: _Table, key: str) -> list[Pair]:
    there = {row[0]: number for number, row in enumerate(before.rows)}
    pairs: list[Pair] = [(there.pop(row[0], None), n) for n, row in enumerate(after.rows)]
    return pairs + [(number, None) for number in there.values()]


def _state(
    before: _Table,
    after: _Table,
    places: list[tuple[int, int]],
    base: int | None,
    other: int | None,
) -> str:
    if base is None:
        return "added"
    if other is None:
        return "removed"
    old, new = before.rows[base], after.rows[other]
    return "same" if all(old[a] == new[b] for a, b in places) else "changed"


def _row(
    before: _Table,
    after: _Table,
    columns: list[str],
    state: str,
    base: int | None,
    other: int | None,
) -> Row:
    old = dict(zip(before.columns, before.rows[base], strict=True)) if base is not None else {}
    new = dict(zip(after.columns, after.rows[other], strict=True)) if other is not None else {}
    values = [(old.get(name, ""), new.get(name, "")) for name in columns]
    cells = [Cell(_cut(a), _cut(b), a == b) for a, b in values]
    numbers = [None if number is None else number + 1 for number in (base, other)]
    return Row(state, numbers[0], numbers[1], cells)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
