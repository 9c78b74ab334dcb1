"""Tar files, plain or compressed: names and sizes, read in bounds and never unpacked."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.packed import Packed, packing_of
from artifacts.previews.reading import MOST_NAME, Unreadable, read_at, shortened

MOST_MEMBERS = 20_000
TAR_PACKINGS = {"gzip", "bzip2", "xz"}
_MOST_HEADERS = 3 * MOST_MEMBERS  # a member may have two more before its own
_MOST_NAME = 64 * 1024
_BLOCK = 512


class _Plain:
    """A file that isn't compressed; bytes that nobody needs are skipped."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        file.seek(0)

    def read(self, count: int) -> bytes:
        return self._file.read(count)

    def skip(self, count: int) -> bool:
        """Skip bytes, and return whether there were that many."""
        if count > self._size - self._file.tell():
            return False
        self._file.seek(count, 1)
        return True


def tar_members(file: BinaryIO, size: int) -> tuple[list[tuple[str, int]], bool]:
    """Return names and sizes of the members, and whether these are all."""
    stream = _stream(file, size)
    members: list[tuple[str, int]] = []
    try:
        for member in _members(stream):
            members.append(member)
            if len(members) >= MOST_MEMBERS:
                return members, False
    except EOFError:
        return members, False
    return members, True


def _stream(file: BinaryIO, size: int) -> _Plain | Packed:
    packing = packing_of(read_at(file, 0, 6))
    return Packed(file, packing) if packing in TAR_PACKINGS else _Plain(file, size)


def _members(stream: _Plain | Packed) -> Iterator[tuple[str, int]]:
    """Yield names and sizes; raise EOFError where the file, or what is read of it, ends early."""
    long_name, is_first, headers = "", True, 0
    while head := stream.read(_BLOCK):
        headers += 1
        if headers > _MOST_HEADERS:
            raise EOFError
        if len(head) < _BLOCK:
            raise EOFError
        if not head.strip(b"\0"):
            return
        if head[257:262] != b"ustar" and (is_first or not head[124:136].strip(b"\0 ").isdigit()):
            raise Unreadable(_("This is not a tar file: its first block is no header."))
        is_first = False
        size, kind = _number(head[124:136]), head[156:157]
        blocks = -(-size // _BLOCK) * _BLOCK
        if kind in {b"L", b"x"} and size <= _MOST_NAME:
            long_name = _long_name(kind, stream.read(blocks)[:size]) or long_name
            continue
        if kind not in b"LxgK":
            prefix = _text(head[345:500]) if head[257:263] == b"ustar\0" else ""
            name = _text(head[:100])
            name = long_name or (f"{prefix}/{name}" if prefix else name)
            yield shortened(name, MOST_NAME), size
            long_name = ""
        if not stream.skip(blocks):
            raise EOFError


def _number(data: bytes) -> int:
    if data[0] & 0x80:  # GNU writes bytes where octal digits don't suffice
        number = int.from_bytes(data[1:], "big")
    else:
        digits = data.strip(b"\0 ")
        number = int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else 0
    if number >= 2**62:
        raise Unreadable(_("The tar file is damaged: a member is larger than any file."))
    return number


def _long_name(kind: bytes, data: bytes) -> str:
    if kind == b"L":
        return _text(data)
    for line in data.split(b"\n"):  # of pax: "31 path=…"
        _length, _space, record = line.partition(b" ")
        if record.startswith(b"path="):
            return _text(record[5:])
    return ""


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode(errors="replace")
