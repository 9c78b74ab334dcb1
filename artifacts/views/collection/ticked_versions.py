"""Versions that are ticked in a table: the address carries them from page to page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import NUMBER

MOST = 10  # what the comparison of histories takes


@dataclass(frozen=True)
class Tick:
    """A ticked version, and whether its row is on this page of the table."""

    name: str
    number: str
    is_here: bool


def ticks_of(query: Any, collection: Collection, memberships: Sequence[Membership]) -> list[Tick]:
    """Return what `version` of the query names, and mark those memberships of a page."""
    ticked = set(query.getlist("version"))
    here = {membership.full_name for membership in memberships}
    for membership in memberships:
        membership.is_ticked = membership.full_name in ticked
    path = f"{collection.target_path}:"
    numbers = {name: name.removeprefix(path) for name in ticked if name.startswith(path)}
    ticks = [Tick(*each, each[0] in here) for each in numbers.items() if NUMBER.fullmatch(each[1])]
    return sorted(ticks, key=lambda tick: int(tick.number[1:]), reverse=True)[:MOST]
