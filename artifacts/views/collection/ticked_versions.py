"""Versions that are ticked in a table: the address carries them from page to page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artifacts.models import Collection
from artifacts.querysets.collections import NUMBER
from artifacts.views.collection.version_rows import VersionRow

MOST = 10  # what the comparison of histories takes


@dataclass(frozen=True)
class Tick:
    """A ticked version, and whether its row is on this page of the table."""

    name: str
    number: str
    is_here: bool


def names_ticked(query: Any) -> set[str]:
    """Return the full names that `version` of the query names."""
    return set(query.getlist("version"))


def ticks_of(query: Any, collection: Collection, rows: Sequence[VersionRow]) -> list[Tick]:
    """Return the collection's versions that `version` of the query names, the newest first."""
    here = {row.names.full_name for row in rows}
    path = f"{collection.target_path}:"
    numbers = {
        name: name.removeprefix(path) for name in names_ticked(query) if name.startswith(path)
    }
    ticks = [Tick(*each, each[0] in here) for each in numbers.items() if NUMBER.fullmatch(each[1])]
    return sorted(ticks, key=lambda tick: int(tick.number[1:]), reverse=True)[:MOST]
