"""Bounded reading: some bytes, some text, and the one exception for what can't be read."""

import codecs
import io
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.encodings import guess_encoding
from registry_site.errors import Invalid
from registry_site.texts.json_text import read_json

TEXT_LIMIT = 512 * 1024  # bytes of one text; to colour more takes too long
MOST_BRACKETS = 300_000  # in one JSON text: lists and objects
MOST_NAME = 512  # characters of a name in an archive
_BOMS = {
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
_NEVER_IN_TEXT = frozenset(map(chr, {*range(32)} - set(b"\t\n\v\f\r\b\x1b")))


class Unreadable(Exception):
    """The file is not what its name says, or broken: `message` is the sentence that says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Text:
    """The beginning of a text file, or all of it."""

    text: str
    encoding: str  # as people write it: UTF-8, UTF-16
    is_cut: bool
    codec: str = field(default="utf-8", compare=False)  # as Python calls it


def read_text(file: BinaryIO, size: int, limit: int = TEXT_LIMIT) -> Text | None:
    """Return the text in the first `limit` bytes, or None where the bytes are no text.

    Text is UTF-8, or UTF-16 with a byte order mark, or Japanese or Western text in an older
    encoding. It has no control characters.
    """
    data = read_at(file, 0, min(size, limit))
    is_cut = size > len(data)
    codec, encoding = next(
        (names for bom, names in _BOMS.items() if data.startswith(bom)), ("utf-8", "UTF-8")
    )
    text = _decoded(data, codec, is_cut)
    if text is None and (guess := guess_encoding(data)):
        codec, encoding = guess
        text = _decoded(data, codec, is_cut)
    if text is None or not _NEVER_IN_TEXT.isdisjoint(text):
        return None
    return Text(text, encoding, is_cut, codec)


def _decoded(data: bytes, codec: str, is_cut: bool) -> str | None:
    try:
        # not final where it was cut: half a character at the end is no mistake
        return codecs.getincrementaldecoder(codec)().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return None


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Return up to `length` bytes from `offset` on; fewer where the file ends."""
    file.seek(offset)
    return file.read(length)


def read_exactly(file: BinaryIO, length: int) -> bytes:
    """Return the next `length` bytes; raise Unreadable where the file ends before."""
    data = file.read(length)
    if len(data) < length:
        raise Unreadable(_("The file ends in the middle: it was cut off, or is damaged."))
    return data


def load_json(data: bytes | str, what: str) -> Any:
    """Return the value of a short JSON text; raise Unreadable, which names it as `what`.

    Brackets are counted first: a million empty lists take 30 times the memory of their text.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        if text.count("[") + text.count("{") > MOST_BRACKETS:
            raise Unreadable(_("{what} has too many parts to be shown.").format(what=what))
        return read_json(text, what)
    except UnicodeDecodeError as error:
        raise Unreadable(_("{what} is no JSON: it is no text.").format(what=what)) from error
    except Invalid as error:
        raise Unreadable(error.message) from error


def shortened(text: str, limit: int = 100) -> str:
    """Return a text from the file, cut to be quoted, and fit for a page in any encoding."""
    text = text if len(text) <= limit else f"{text[:limit]}…"
    return text.encode(errors="replace").decode()  # half a surrogate pair


class Bounded(io.RawIOBase):
    """The first `limit` bytes of a file as a stream of their own."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        file.seek(0)
        self._file, self._left = file, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)
