"""Reads JSON documents that are too long for memory: one member of an object at a time."""

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any

_CHUNK = 2**16  # bytes
_BLANK = " \t\n\r"
_NUMERIC = "0123456789.eE+-"
_decode = json.JSONDecoder().raw_decode

Read = Callable[[int], bytes]


def read_members(read: Read, *, of: str, longest: int) -> Iterator[tuple[bool, str, Any]]:
    """Yield the members of a JSON object in their order, as (is inside of `of`, key, value).

    The member `of` is taken apart: it comes without its value, then what its object holds.
    Nothing longer than `longest` characters is held. Raises ValueError or RecursionError for what
    is no such document.
    """
    text = _Text(read, longest)
    for key in text.members():
        if key == of:
            yield False, key, None
            for inner in text.members():
                yield True, inner, text.value()
        else:
            yield False, key, text.value()
    text.end()


class _Text:
    """A window of the text, which moves on as values are read."""

    def __init__(self, read: Read, longest: int) -> None:
        self._read, self._longest = read, longest
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._is_all = "", 0, False

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; the caller takes each one's value."""
        self._take("{")
        if self._next() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise ValueError("a key is a string")
            self._take(":")
            yield key
            if self._next() == "}":
                self._at += 1
                return
            self._take(",")

    def value(self) -> Any:
        """Return the value that begins here, and move behind it."""
        self._next()
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError:
                if len(self._text) - self._at > self._longest or not self._more():
                    raise
                continue
            if not self._text[end : end + 100].strip(_NUMERIC) and self._more():
                continue  # more digits may follow
            self._at = end
            return value

    def end(self) -> None:
        """Raise ValueError where anything follows."""
        try:
            self._next()
        except ValueError:
            return
        raise ValueError("the document goes on")

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise ValueError(f"no {sign}")
        self._at += 1

    def _next(self) -> str:
        while True:
            while self._at < len(self._text):
                sign = self._text[self._at]
                if sign not in _BLANK:
                    return sign
                self._at += 1
            if not self._more():
                raise ValueError("the document ends in the middle")

    def _more(self) -> bool:
        if self._is_all:
            return False
        data = self._read(_CHUNK)
        self._is_all = not data
        self._text = self._text[self._at :] + self._decoder.decode(data, final=self._is_all)
        self._at = 0
        return True
