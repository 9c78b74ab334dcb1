"""Metadata, config, summaries and JSON files as trees, a bounded part of them on each page.

The address says which value is shown (`metadata_at=3.0`: the first below the fourth) and from which
of its entries on (`metadata_from=100`), or what is looked for in all of it (`metadata_q=rate`). Its
entries come first. What lies below them is shown with them, level by level, while there is room,
and else has a link. So a page stays small, whatever was logged, and plain links reach everything.
Keys stand as they were written, or in natural order where that is not known.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from artifacts.formats.media import split_media
from artifacts.models import Run
from artifacts.views.json_tree.filter import fitting_rows
from artifacts.views.json_tree.rows import (
    INLINE,
    MOST_BYTES,
    MOST_KEY,
    MOST_TEXT,
    Entries,
    Place,
    Row,
    Steps,
    shortened,
    text_of,
)

MOST_ROWS = 100  # of the value that is shown, on one page
_ALONE = 4_000  # characters of one value on a page of its own
_DEPTH = 8  # levels below the value that is shown
_TRIES = 300  # values that are looked into for one page
_CRUMBS = 5
_FEW = 12  # rows that need no filter


@dataclass(frozen=True)
class Tree:
    """What artifacts/json_tree/_panel.html shows, and components/lists/pagination.html below it."""

    rows: list[Row]
    crumbs: list[dict[str, str]]
    summary: str
    previous_url: str
    next_url: str
    json_url: str  # of all of it
    name: str
    label: str
    url: str = ""  # of the filter; "" where a small tree needs none
    find: str = ""
    hidden: list[dict[str, str]] = field(default_factory=list)  # what the filter's form keeps

    @property
    def path(self) -> str:
        """The way to what is shown, as one writes it."""
        return ".".join(crumb["label"] for crumb in self.crumbs[1:])


def tree_of(value: Any, place: Place, *, label: str, json_url: str = "") -> Tree | None:
    """Return the part of any JSON that the address asks for; None for an empty object."""
    if value == {}:
        return None
    if place.find and place.has_filter:
        return _fitting(value, place, label, json_url)
    keys, inner, steps = _walk(value, place, label)
    below = place.entries_of(inner)
    start = min(place.start, len(below) - 1) if below else place.start
    rows = _page(below, place, steps, start) if below else [_text_row(keys, inner, start)]
    end, total = (start + len(rows), len(below)) if below else (0, 0)
    if not below:  # a text of its own, a piece at a time
        end, total = start + _ALONE, len(text_of(inner))
    step = MOST_ROWS if below else _ALONE
    is_long = steps or start or end < total or _count(rows) > _FEW
    return Tree(
        rows=rows,
        crumbs=_crumbs(keys, steps, place),
        summary=_summary(start, min(end, total), total) if start or end < total else "",
        previous_url=place.at(steps, max(0, start - step)) if start else "",
        next_url=place.at(steps, end) if end < total else "",
        json_url=json_url,
        name=place.name,
        label=label,
        url=place.url if place.has_filter and is_long else "",
        hidden=_hidden(place),
    )


def _fitting(value: Any, place: Place, label: str, json_url: str) -> Tree:
    """Return the values that have the searched words, as one list."""
    rows, summary = fitting_rows(value, place, most=MOST_ROWS, size=place.room)
    return Tree(
        rows=rows,
        crumbs=[],
        summary=summary,
        previous_url="",
        next_url="",
        json_url=json_url,
        name=place.name,
        label=label,
        url=place.url,
        find=place.find,
        hidden=_hidden(place),
    )


def _walk(value: Any, place: Place, label: str) -> tuple[list[str], Any, Steps]:
    """Return the keys on the way that the address asks for, the value there, and the way itself.

    A way that leads nowhere is cut after its last step that leads to a value.
    """
    keys = [label]
    steps: Steps = ()
    for step in place.steps:
        below = place.entries_of(value)
        if below is None or step >= len(below):
            break
        key, value = below[step]
        keys, steps = [*keys, key], (*steps, step)
    return keys, value, steps


def _hidden(place: Place) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in place.keep.items()]


def _count(rows: list[Row]) -> int:
    return sum(1 + _count(row.rows) for row in rows)


def run_trees(
    run: Run,
    url: str,
    query: Mapping[str, str],
    *,
    has_filter: bool = True,
    room: int = MOST_BYTES,
) -> dict[str, Tree | None]:
    """Return the trees `config` and `summary` of a run, for the page of this address.

    Objects of the SDK are no part of them: artifacts.views.run.media shows what they are.
    """
    trees = {
        "config": (_("Config"), split_media(config_of(run.config))[1]),
        "summary": (_("Summary"), split_media(without_internals(run.summary))[1]),
    }
    return {
        name: tree_of(
            value,
            Place(name, url, query, has_filter=has_filter, room=room),
            label=label,
            json_url=f"{run.get_absolute_url()}/-/{name}.json",
        )
        for name, (label, value) in trees.items()
    }


def send_json(value: Any, name: str) -> HttpResponse:
    """Send a value whole, as a file."""
    response = JsonResponse(value, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def without_internals(value: dict[str, Any]) -> dict[str, Any]:
    """Return the values without the SDK's own, whose keys begin with an underscore."""
    return {key: item for key, item in value.items() if not key.startswith("_")}


def config_of(config: dict[str, Any]) -> dict[str, Any]:
    """Return a run's config unwrapped: the SDK sends {key: {"value": …, "desc": …}}."""
    return {
        key: item["value"] if isinstance(item, dict) and "value" in item else item
        for key, item in without_internals(config).items()
    }


def _page(entries: Entries, place: Place, steps: Steps, start: int) -> list[Row]:
    """Return entries from `start` on, and as much of what lies below them as there is room for."""
    rows: list[Row] = []
    left, below = place.room, deque[tuple[Row, Entries, Steps]]()
    for row, inner, path in _rows(entries, place, steps, start):
        if rows and (len(rows) == MOST_ROWS or left - row.size < place.room // 3):
            break
        left -= row.size
        rows.append(row)
        if inner:
            below.append((row, inner, path))
    for _try in range(_TRIES):
        if not below:
            break
        row, inner, path = below.popleft()
        if len(inner) > INLINE or len(path) - len(steps) > _DEPTH:
            continue
        lines = list(_rows(inner, place, path, 0))
        size = sum(line.size for line, _inner, _path in lines)
        if size > left:
            continue
        left -= size
        row.rows, row.url = [line for line, _inner, _path in lines], ""
        below.extend((line, more, at) for line, more, at in lines if more)
    return rows


def _rows(
    entries: Entries, place: Place, steps: Steps, start: int
) -> Iterator[tuple[Row, Any, Steps]]:
    for number in range(start, len(entries)):
        key, value = entries[number]
        inner, path, name = place.entries_of(value), (*steps, number), shortened(key, MOST_KEY)
        if inner is not None:
            yield Row(name, count=len(inner), url=place.at(path)), inner, path
            continue
        text = text_of(value)
        url = place.at(path) if len(text) > MOST_TEXT else ""
        yield Row(name, shortened(text, MOST_TEXT), url=url), None, path


def _text_row(keys: list[str], value: Any, start: int) -> Row:
    key = shortened(keys[-1], MOST_KEY) if len(keys) > 1 else ""
    return Row(key, text_of(value)[start : start + _ALONE])


def _crumbs(keys: list[str], steps: Steps, place: Place) -> list[dict[str, str]]:
    """Return the way to the shown value: its first and its last parts, each with its address."""
    whole = [
        {"label": shortened(key, MOST_KEY), "url": place.at(steps[:depth])}
        for depth, key in islice(enumerate(keys), max(0, len(keys) - _CRUMBS), None)
    ]
    if not steps:
        return []
    return whole if len(keys) <= _CRUMBS else [{"label": keys[0], "url": place.at(())}, *whole]


def _summary(start: int, end: int, total: int) -> str:
    return _("{first} to {last} of {total}").format(
        first=f"{start + 1:,}", last=f"{end:,}", total=f"{total:,}"
    )
