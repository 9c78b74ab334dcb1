"""The part of a request that has arrived before any thread sees it, and what it still lacks."""

import re
from enum import Enum

LONGEST_HEAD = 64 * 1024  # bytes; the address alone may have 8 KiB
BODY_AWAITED = 64 * 1024  # bytes of a body to await without a thread

_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# chunked bodies have no known size; clients that expect a 100 send no body before it
_UNAWAITED = re.compile(rb"^(expect|transfer-encoding):", re.IGNORECASE | re.MULTILINE)


class Missing(Enum):
    """The part of a request that must arrive before a thread reads it."""

    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class Arrival:
    """The bytes of a request so far. Gunicorn's parser validates them, not this class."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray()
        # bytes of head and awaited body; None until the head is complete
        self._size: int | None = None
        self.add(data)

    def add(self, data: bytes) -> None:
        searched = max(0, len(self.data) - 3)
        self.data += data
        if self._size is None and (end := _END.search(self.data, searched)):
            self._size = end.end() + _awaited(self.data, end.end())

    @property
    def missing(self) -> Missing:
        if self._size is None:
            return Missing.HEAD
        return Missing.BODY if len(self.data) < self._size else Missing.NOTHING

    @property
    def is_too_long(self) -> bool:
        return self._size is None and len(self.data) > LONGEST_HEAD


def _awaited(data: bytearray, end: int) -> int:
    length = _LENGTH.search(data, 0, end)
    if length is None or _UNAWAITED.search(data, 0, end):
        return 0
    return min(int(length[1]), BODY_AWAITED)
