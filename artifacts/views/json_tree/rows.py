"""The parts of a tree of JSON: where it stands, a row of it, and the entries below a value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.html import escape

from registry_site.queries.natural_order import natural_key

MOST_BYTES = 30_000  # of a tree's HTML; a page may hold three
MOST_TEXT = 1_000  # characters of one value among others
MOST_KEY = 120  # characters of a key
INLINE = 50  # entries that are shown below one among others
_OPEN = 20  # entries that are open at once
_ROW_BYTES, _LINK_BYTES = 120, 230  # of the HTML around a value, around a link

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
    is_ordered: bool = False  # whether keys stand in the order in which they were written
    has_filter: bool = True
    room: int = MOST_BYTES  # for its HTML

    def at(self, steps: Steps, start: int = 0) -> str:
        query = dict(self.keep)
        if steps:
            query[f"{self.name}_at"] = ".".join(map(str, steps))
        if start:
            query[f"{self.name}_from"] = str(start)
        return f"{self.url}?{urlencode(query)}#{self.name}" if query else f"{self.url}#{self.name}"

    @property
    def steps(self) -> Steps:
        parts = self.query.get(f"{self.name}_at", "")[:4_000].split(".")
        return tuple(map(_number, parts)) if all(map(_is_number, parts)) else ()

    @property
    def start(self) -> int:
        text = self.query.get(f"{self.name}_from", "")
        return _number(text) if _is_number(text) else 0

    @property
    def find(self) -> str:
        return self.query.get(f"{self.name}_q", "").strip()[:200]

    def entries_of(self, value: Any) -> "Entries | None":
        return Entries.of(value, self.is_ordered)


class Entries:
    """What lies below a value, by number: an object's values by their keys, a list's items."""

    def __init__(self, value: Any, is_ordered: bool) -> None:
        self._keys: list[str] | None = None
        if isinstance(value, dict):
            self._keys = list(value) if is_ordered else sorted(value, key=natural_key)
        self._value = value

    @classmethod
    def of(cls, value: Any, is_ordered: bool) -> "Entries | None":
        """Return what lies below a value; None for a leaf, which a short plain list is, too."""
        is_object = isinstance(value, dict) and bool(value)
        is_list = isinstance(value, list) and (
            len(value) > INLINE or any(isinstance(item, dict | list) for item in value)
        )
        return cls(value, is_ordered) if is_object or is_list else None

    def __len__(self) -> int:
        return len(self._value)

    def __getitem__(self, number: int) -> tuple[str, Any]:
        key = number if self._keys is None else self._keys[number]
        return str(key), self._value[key]


def text_of(value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:  # the value was just shallow enough to be parsed
        return "…"


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _number(text: str) -> int:
    return int(text)
