"""Bounded reading: some bytes, some text, and the one exception for what can't be read."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

TEXT_LIMIT = 512 * 1024  # bytes of one text; colours cost more time than they are worth beyond it
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


def read_text(file: BinaryIO, size: int, limit: int = TEXT_LIMIT) -> Text | None:
    """Return the text in the first `limit` bytes, or None where the bytes are no text.

    Text is UTF-8, or UTF-16 that says so in its first bytes, without control characters.
    """
    data = read_at(file, 0, min(size, limit))
    is_cut = size > len(data)
    codec, encoding = next(
        (names for bom, names in _BOMS.items() if data.startswith(bom)), ("utf-8", "UTF-8")
    )
    try:
        # not final where it was cut: half a character at the end is no mistake
        text = codecs.getincrementaldecoder(codec)().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return None
    if not _NEVER_IN_TEXT.isdisjoint(text):
        return None
    return Text(text, encoding, is_cut)


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Return up to `length` bytes from `offset` on; fewer where the file ends."""
    file.seek(offset)
    return file.read(length)
