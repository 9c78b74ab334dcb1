"""Zip files: their lists read in bounds, and the beginning of a member. Nothing is unpacked."""

import struct
import zlib
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from artifacts.previews.reading import MOST_NAME, Unreadable, read_at, shortened

MOST_MEMBERS = 20_000
_COMMENT = 65_535
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_ENTRY, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8


class Member(NamedTuple):
    name: str
    size: int
    packed: int
    method: int
    is_encrypted: bool
    offset: int


def members_of(file: BinaryIO, size: int) -> tuple[list[Member], int]:
    """Return the members, MOST_MEMBERS at most, and how many the file says it has."""
    count, start = _directory(file, size)
    members: list[Member] = []
    file.seek(start)
    while len(members) < min(count, MOST_MEMBERS):
        head = file.read(46)
        if len(head) < 46 or not head.startswith(_ENTRY):
            raise Unreadable(_("The list of the zip file is damaged."))
        (
            flags,
            method,
            _time,
            _crc,
            packed,
            unpacked,
            name_length,
            extra_length,
            comment_length,
            _disk,
            _inner,
            _outer,
            offset,
        ) = struct.unpack_from("<HHIIIIHHHHHII", head, 8)
        name = file.read(name_length).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        extra = file.read(extra_length)
        file.seek(comment_length, 1)
        unpacked, packed, offset = _in_64_bits(extra, unpacked, packed, offset)
        members.append(
            Member(shortened(name, MOST_NAME), unpacked, packed, method, bool(flags & 1), offset)
        )
    return members, count


def read_member(file: BinaryIO, member: Member, limit: int) -> bytes:
    """Return the first `limit` bytes of a member, however much it would unpack to."""
    head = read_at(file, member.offset, 30)
    if len(head) < 30 or not head.startswith(_LOCAL):
        raise Unreadable(_("A member of the zip file is not where the list says."))
    if member.is_encrypted or member.method not in {_STORED, _DEFLATED}:
        raise Unreadable(_("The member is encrypted, or packed in a way that is not read here."))
    name_length, extra_length = struct.unpack_from("<HH", head, 26)
    file.seek(name_length + extra_length, 1)
    data = file.read(min(member.packed, limit))
    if member.method == _STORED:
        return data
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, limit)
    except zlib.error as error:
        raise Unreadable(_("A member of the zip file is damaged.")) from error


def _directory(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return how many members there are, and where their list begins."""
    tail_start = max(0, size - _COMMENT - 22 - 76)
    tail = read_at(file, tail_start, size - tail_start)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Unreadable(_("This is not a zip file, or its end is missing."))
    count, _length, start = struct.unpack_from("<HII", tail, at + 10)
    at64 = tail.rfind(_END64, 0, at)
    if at64 >= 0 and (count == 0xFFFF or start == 0xFFFFFFFF) and len(tail) >= at64 + 56:
        count, _length, start = struct.unpack_from("<QQQ", tail, at64 + 32)
    if start > size:
        raise Unreadable(_("The list of the zip file is not where its end says."))
    return count, start


def _in_64_bits(extra: bytes, *numbers: int) -> list[int]:
    """Return the numbers; one that doesn't fit 32 bits comes from the extra field of Zip64."""
    values, at = list(numbers), 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        if tag == 1:
            for index, number in enumerate(values):
                if number == 0xFFFFFFFF and at + 12 <= len(extra):
                    values[index] = struct.unpack_from("<Q", extra, at + 4)[0]
                    at += 8
            break
        at += 4 + length
    if any(number >= 2**63 for number in values):  # no file is as large, and seek() takes no more
        raise Unreadable(_("The list of the zip file is damaged."))
    return values
