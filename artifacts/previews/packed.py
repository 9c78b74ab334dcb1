"""Compressed files: their format by their first bytes, and their bytes, unpacked in bounds."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

import zstandard
from django.utils.translation import gettext as _

from artifacts.previews.reading import Unreadable

MOST_UNPACKED = 128 * 2**20  # bytes that are unpacked of one file
_MOST_MEMORY = 80 * 2**20  # bytes for xz, whose default level takes 9 MiB
_CHUNK = 64 * 1024
_SIGNATURES = {
    "gzip": b"\x1f\x8b",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\0",
    "LZ4": b"\x04\x22\x4d\x18",
    "Zstandard": b"\x28\xb5\x2f\xfd",
    "LZMA": b"\x5d\0\0",
}
_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    "zlib": zlib.decompressobj,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY),
    "LZMA": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MOST_MEMORY),
}

_DAMAGES = (
    zlib.error, OSError, lzma.LZMAError, zstandard.ZstdError, ValueError, MemoryError,
)  # fmt: skip


def packing_of(head: bytes) -> str:
    """Return the compression of a file that begins so, "" for none."""
    for name, signature in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    # zlib: deflate, and a check of the two bytes themselves
    is_zlib = head[:1] == b"\x78" and int.from_bytes(head[:2], "big") % 31 == 0
    return "zlib" if is_zlib else ""


def is_opened(packing: str) -> bool:
    """Return whether files of this compression can be read here."""
    return packing in _DECOMPRESSORS or packing == "Zstandard"


class Packed:
    """The unpacked bytes of a file, a chunk at a time, up to `most`."""

    def __init__(self, file: BinaryIO, packing: str, most: int = MOST_UNPACKED) -> None:
        self._file, self._ready, self._left = file, b"", most
        file.seek(0)
        if packing == "Zstandard":  # its decompressor has a bound only as a stream
            zstd = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY)
            stream = zstd.stream_reader(file, read_across_frames=True)
            self._unpack = lambda: stream.read(_CHUNK)
        else:
            self._packing, self._rest = packing, b""
            self._decompressor = _DECOMPRESSORS[packing]()
            self._unpack = self._decompress

    def read(self, count: int) -> bytes:
        while len(self._ready) < count and self._left > 0:
            chunk = self._next()
            if not chunk:
                break
            self._ready += chunk
        data, self._ready = self._ready[:count], self._ready[count:]
        return data

    def skip(self, count: int) -> bool:
        while count > 0:
            passed = len(self.read(min(count, _CHUNK)))
            if not passed:
                return False
            count -= passed
        return True

    def _next(self) -> bytes:
        """Return a chunk of unpacked bytes at most, b"" at the end."""
        try:
            chunk = self._unpack()
        except _DAMAGES as error:
            raise Unreadable(_("The compressed file is damaged, or needs too much memory.")) from (
                error
            )
        self._left -= len(chunk)
        return chunk

    def _decompress(self) -> bytes:
        while not self._decompressor.eof or self._begin_next_stream():
            packed = getattr(self._decompressor, "unconsumed_tail", b"")  # only zlib has it
            if not packed and getattr(self._decompressor, "needs_input", True):
                packed, self._rest = self._rest or self._file.read(_CHUNK), b""
                if not packed:
                    return b""
            if chunk := self._decompressor.decompress(packed, _CHUNK):
                return chunk
        return b""

    def _begin_next_stream(self) -> bool:
        """Begin the next stream, as parallel packers write several; return whether there is one."""
        self._rest = self._decompressor.unused_data or self._file.read(_CHUNK)
        if packing_of(self._rest[:6]) != self._packing:
            return False
        self._decompressor = _DECOMPRESSORS[self._packing]()
        return True
