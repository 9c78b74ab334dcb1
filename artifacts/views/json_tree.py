"""Metadata, config, summaries and JSON files as trees, of which a page holds so many bytes.

The address says which value is shown (`metadata_at=3.0`: the first below the fourth, keys being in
natural order) and from which of its entries on (`metadata_from=100`). Its entries come first; what
lies below them is shown with them as far as there is room, level by level, and has a link else. So
a page stays small, whatever was logged, and everything can be reached by plain links.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.utils.html import escape
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from artifacts.media import split_media
from artifacts.models import Run
from registry_site.natural import natural_key

MOST_BYTES = 30_000  # of a tree's HTML; a page may hold three
MOST_ROWS = 100  # of the value that is shown, on one page
MOST_TEXT = 1_000  # characters of one value among others
_ALONE = 4_000  # characters of one value on a page of its own
_MOST_KEY = 120  # characters of a key
_INLINE = 50  # entries that are shown below one among others
_OPEN = 20  # entries that are open at once
_DEPTH = 8  # levels below the value that is shown
_TRIES = 300  # values that are looked into for one page
_ROW_BYTES, _LINK_BYTES = 120, 230  # of the HTML around a value, around a link
_CRUMBS = 5

Steps = tuple[int, ...]


@dataclass
class Row:
    """A key with a value as text, with the rows below it, or with a link to them."""

    key: str
    text: str = ""
    count: int = 0  # of entries below it
    url: str = ""
    rows: list["Row"] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return len(self.rows) <= _OPEN

    @property
    def size(self) -> int:
        """About how many bytes of HTML it takes, without what lies below it."""
        texts = len(escape(self.key).encode(errors="replace"))
        texts += len(escape(self.text).encode(errors="replace"))
        return texts + (_LINK_BYTES + len(self.url) if self.url else _ROW_BYTES)


@dataclass(frozen=True)
class Place:
    """Where a tree stands: its page's address, its name there, and what else the page needs."""

    name: str
    url: str
    query: Mapping[str, str]
    keep: Mapping[str, str] = field(default_factory=dict)

    def at(self, steps: Steps, start: int = 0) -> str:
        asked = dict(self.keep)
        if steps:
            asked[f"{self.name}_at"] = ".".join(map(str, steps))
        if start:
            asked[f"{self.name}_from"] = str(start)
        return f"{self.url}?{urlencode(asked)}#{self.name}" if asked else f"{self.url}#{self.name}"

    @property
    def steps(self) -> Steps:
        parts = self.query.get(f"{self.name}_at", "")[:4_000].split(".")
        return tuple(map(_number, parts)) if all(map(_is_number, parts)) else ()

    @property
    def start(self) -> int:
        text = self.query.get(f"{self.name}_from", "")
        return _number(text) if _is_number(text) else 0


@dataclass(frozen=True)
class Tree:
    """What artifacts/_json_panel.html shows, and components/pagination.html below it."""

    rows: list[Row]
    crumbs: list[dict[str, str]]
    summary: str
    previous_url: str
    next_url: str
    json_url: str  # of all of it
    name: str
    label: str


def tree_of(value: Any, place: Place, *, label: str, json_url: str = "") -> Tree | None:
    """Return the part of any JSON that the address asks for; None for an empty object."""
    if value == {}:
        return None
    keys, shown = [label], value
    steps: Steps = ()
    for step in place.steps:
        below = _Entries.of(shown)
        if below is None or step >= len(below):
            break
        key, shown = below[step]
        keys, steps = [*keys, key], (*steps, step)
    below = _Entries.of(shown)
    start = min(place.start, len(below) - 1) if below else place.start
    rows = _page(below, place, steps, start) if below else [_text_row(keys, shown, start)]
    end, total = (start + len(rows), len(below)) if below else (0, 0)
    if not below:  # a text of its own, a piece at a time
        end, total = start + _ALONE, len(_text(shown))
    step = MOST_ROWS if below else _ALONE
    return Tree(
        rows=rows,
        crumbs=_crumbs(keys, steps, place),
        summary=_summary(start, min(end, total), total) if start or end < total else "",
        previous_url=place.at(steps, max(0, start - step)) if start else "",
        next_url=place.at(steps, end) if end < total else "",
        json_url=json_url,
        name=place.name,
        label=label,
    )


def run_trees(run: Run, url: str, query: Mapping[str, str]) -> dict[str, Tree | None]:
    """Return the trees `config` and `summary` of a run, for the page of this address.

    Objects of the SDK are no part of them: artifacts.views.run_media shows what they are.
    """
    shown = {
        "config": (_("Config"), split_media(config_of(run.config))[1]),
        "summary": (_("Summary"), split_media(without_internals(run.summary))[1]),
    }
    return {
        name: tree_of(
            value, Place(name, url, query), label=label,
            json_url=f"{run.get_absolute_url()}/-/{name}.json",
        )
        for name, (label, value) in shown.items()
    }  # fmt: skip


def send_json(value: Any, name: str) -> HttpResponse:
    """Send a value whole, as a file."""
    response = JsonResponse(value, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def without_internals(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the SDK keeps for itself: keys that begin with an underscore."""
    return {key: item for key, item in value.items() if not key.startswith("_")}


def config_of(config: dict[str, Any]) -> dict[str, Any]:
    """Unwrap a run's config: the SDK sends {key: {"value": …, "desc": …}}."""
    return {
        key: item["value"] if isinstance(item, dict) and "value" in item else item
        for key, item in without_internals(config).items()
    }


class _Entries:
    """What lies below a value, by number: an object's values by natural order, a list's items."""

    def __init__(self, value: Any) -> None:
        self._keys = sorted(value, key=natural_key) if isinstance(value, dict) else None
        self._value = value

    @classmethod
    def of(cls, value: Any) -> "_Entries | None":
        """None for a leaf, among them short lists of plain values."""
        is_object = isinstance(value, dict) and bool(value)
        is_list = isinstance(value, list) and (
            len(value) > _INLINE or any(isinstance(item, dict | list) for item in value)
        )
        return cls(value) if is_object or is_list else None

    def __len__(self) -> int:
        return len(self._value)

    def __getitem__(self, number: int) -> tuple[str, Any]:
        key = number if self._keys is None else self._keys[number]
        return str(key), self._value[key]


def _page(entries: _Entries, place: Place, steps: Steps, start: int) -> list[Row]:
    """Return entries from `start` on, and as much of what lies below them as there is room for."""
    rows: list[Row] = []
    left, below = MOST_BYTES, deque[tuple[Row, _Entries, Steps]]()
    for row, inner, path in _rows(entries, place, steps, start):
        if rows and (len(rows) == MOST_ROWS or left - row.size < MOST_BYTES // 3):
            break
        left -= row.size
        rows.append(row)
        if inner:
            below.append((row, inner, path))
    for _try in range(_TRIES):
        if not below:
            break
        row, inner, path = below.popleft()
        if len(inner) > _INLINE or len(path) - len(steps) > _DEPTH:
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
    entries: _Entries, place: Place, steps: Steps, start: int
) -> Iterator[tuple[Row, Any, Steps]]:
    for number in range(start, len(entries)):
        key, value = entries[number]
        inner, path, name = _Entries.of(value), (*steps, number), _cut(key, _MOST_KEY)
        if inner is not None:
            yield Row(name, count=len(inner), url=place.at(path)), inner, path
            continue
        text = _text(value)
        url = place.at(path) if len(text) > MOST_TEXT else ""
        yield Row(name, _cut(text, MOST_TEXT), url=url), None, path


def _text_row(keys: list[str], value: Any, start: int) -> Row:
    key = _cut(keys[-1], _MOST_KEY) if len(keys) > 1 else ""
    return Row(key, _text(value)[start : start + _ALONE])


def _crumbs(keys: list[str], steps: Steps, place: Place) -> list[dict[str, str]]:
    """The way to what is shown: the first and the last of its parts, each with its address."""
    whole = [
        {"label": _cut(key, _MOST_KEY), "url": place.at(steps[:depth])}
        for depth, key in islice(enumerate(keys), max(0, len(keys) - _CRUMBS), None)
    ]
    if not steps:
        return []
    return whole if len(keys) <= _CRUMBS else [{"label": keys[0], "url": place.at(())}, *whole]


def _summary(start: int, end: int, total: int) -> str:
    return _("{first} to {last} of {total}").format(
        first=f"{start + 1:,}", last=f"{end:,}", total=f"{total:,}"
    )


def _text(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:  # what was just shallow enough to be read
        return "…"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _number(text: str) -> int:
    return int(text)
