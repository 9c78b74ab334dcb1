"""Versions that are ticked in a table: the address carries them from page to page."""

from collections.abc import Sequence
from typing import Any

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import NUMBER

MOST = 10  # what the comparison of histories takes


def ticks_of(
    query: Any, collection: Collection, places: Sequence[Membership]
) -> list[dict[str, str]]:
    """Mark the places of a page that `version` of the query names, and return the others."""
    asked = dict.fromkeys(query.getlist("version"))
    for place in places:
        place.is_ticked = place.full_name in asked
        asked.pop(place.full_name, None)
    path = f"{collection.target_path}:"
    numbers = {name: name.removeprefix(path) for name in asked if name.startswith(path)}
    return [
        {"name": name, "number": number}
        for name, number in numbers.items()
        if NUMBER.fullmatch(number)
    ][:MOST]


def oldest_first(names: list[str]) -> list[str]:
    """The names of one collection's versions in their order, however they were ticked."""

    def index(name: str) -> int:
        number = NUMBER.fullmatch(name.rpartition(":")[2])
        return int(number[1]) if number else -1

    return sorted(names, key=index)
