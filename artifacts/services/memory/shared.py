"""Memory that all processes of this server share for some seconds; nothing may rely on it."""

import mmap
import struct
from collections.abc import Hashable
from hashlib import blake2b
from time import monotonic
from zlib import crc32

_HEAD = struct.Struct("<16s d H I")  # the key's digest, time, length of the text, checksum
_SLOT = 640  # bytes, including the head


class Shared:
    """Short texts by key, in memory shared by all processes that are forked after it is made.

    There are no locks: a text that another process is just writing has a wrong checksum, and
    counts as forgotten. A text is also forgotten when another key takes its slot.
    """

    def __init__(self, seconds: float, slots: int = 4096) -> None:
        self.seconds, self.slots = seconds, slots
        self._memory = mmap.mmap(-1, slots * _SLOT)

    def get(self, key: Hashable) -> str | None:
        """Return the remembered text, or None."""
        digest, start = self._slot(key)
        mark, at, length, checksum = _HEAD.unpack_from(self._memory, start)
        if mark != digest or not 0 <= monotonic() - at < self.seconds:
            return None
        text = self._memory[start + _HEAD.size : start + min(_HEAD.size + length, _SLOT)]
        return text.decode() if crc32(text, crc32(mark)) == checksum else None

    def set(self, key: Hashable, text: str) -> None:
        """Remember a text, unless it is too long."""
        digest, start = self._slot(key)
        content = text.encode()
        if len(content) > _SLOT - _HEAD.size:
            digest, content = bytes(len(digest)), b""
        head = _HEAD.pack(digest, monotonic(), len(content), crc32(content, crc32(digest)))
        self._memory[start : start + len(head + content)] = head + content

    def clear(self) -> None:
        self._memory[:] = bytes(len(self._memory))

    def _slot(self, key: Hashable) -> tuple[bytes, int]:
        """Return the digest of the key, and where its slot begins."""
        digest = blake2b(repr(key).encode(), digest_size=16).digest()
        return digest, int.from_bytes(digest[:4], "little") % self.slots * _SLOT
