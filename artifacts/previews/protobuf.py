"""Just enough of protobuf's wire format to walk a message on the disk and skip its data.

https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from artifacts.previews.reading import Unreadable

MOST_FIELDS = 300_000  # of one file
_MOST_TEXT = 512  # bytes of a string that are read


class Span(NamedTuple):
    """A range of bytes in the file: a string, or a message inside the message."""

    start: int
    end: int


class Walker:
    """Reads the fields of messages in one file; all walks together read MOST_FIELDS at most."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.whole, self.left = file, Span(0, size), MOST_FIELDS

    @property
    def is_spent(self) -> bool:
        return self.left <= 0

    def fields(self, span: Span) -> Iterator[tuple[int, int | Span]]:
        """Yield number and value of each field; end early when too many were read."""
        at = span.start
        while at < span.end and not self.is_spent:
            self.left -= 1
            self._file.seek(at)
            key, at = self._varint(at, span.end)
            number, wire = key >> 3, key & 7
            value: int | Span
            if wire == 0:
                value, at = self._varint(at, span.end)
            elif wire == 2:
                length, at = self._varint(at, span.end)
                value = Span(at, at + length)
                at = value.end
            elif wire in {1, 5}:
                value = Span(at, at + (8 if wire == 1 else 4))
                at = value.end
            else:
                raise _broken()
            if at > span.end or not number:
                raise _broken()
            yield number, value

    def text(self, span: int | Span) -> str:
        """Return the beginning of a string."""
        if not isinstance(span, Span):
            raise _broken()
        self._file.seek(span.start)
        return self._file.read(min(span.end - span.start, _MOST_TEXT)).decode(errors="replace")

    def numbers(self, value: int | Span) -> list[int]:
        """Return the numbers of a repeated field: one, or several packed into one."""
        if not isinstance(value, Span):
            return [value]
        at, numbers = value.start, list[int]()
        self._file.seek(at)
        while at < value.end and len(numbers) < 64:
            number, at = self._varint(at, value.end)
            numbers.append(number)
        return numbers

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        """Return the number at the file's position, and the position behind it."""
        number = 0
        for shift in range(0, 70, 7):
            byte = self._file.read(1)
            at += 1
            if not byte or at > end:
                raise _broken()
            number |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return number & 0xFFFFFFFFFFFFFFFF, at
        raise _broken()


def _broken() -> Unreadable:
    return Unreadable(_("The file is no message of protobuf, or ends in the middle."))
