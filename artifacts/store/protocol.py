"""What a store of bytes can do. A key is the SHA-256 of the bytes, in hex.

Every method that writes raises Unavailable where the store is full or away, every method that
opens bytes raises it where they are lost. Nothing holds more than a chunk of a file in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import IO, BinaryIO, Protocol

MAX_PARTS = 10_000  # of one file

Read = Callable[[int], bytes]  # takes a number of bytes and returns at most as many; b"" at the end


class Arrived(Protocol):
    """Bytes that have arrived whole: their sums and their size in bytes."""

    sha256: str  # hex
    md5: str  # base64
    xxh128: str  # base64
    size: int

    def keep(self) -> None:
        """Put the bytes in place, if they aren't there, so that no power cut can lose them.

        The caller has made or marked the blob's row: whoever removes bytes locks it.
        """


class ReadOnce(Protocol):
    """Bytes that are read from beginning to end."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class WholeUpload(ReadOnce, Protocol):
    """All parts of an upload, read in their order as one file."""

    size: int


class Parts(Protocol):
    """The parts of one upload; each lies on its own until all are put together.

    A part is there whole or not at all, so whoever was killed in between can begin again.
    """

    def save(self, number: int, md5: str, read: Read, length: int) -> None:
        """Keep one part of `length` bytes and this MD5 (hex); sending it again is fine.

        Raises Invalid for other bytes; then nothing is kept.
        """

    def missing(self, sums: Sequence[str]) -> list[int]:
        """Return the numbers of the parts (from 1) that have not arrived with these MD5s (hex)."""

    def open(self, sums: Sequence[str]) -> WholeUpload:
        """Open the parts with these MD5s (hex), which have all arrived, as one file."""

    def lock(self, patience: float) -> AbstractContextManager[None]:
        """Keep every other process from putting these parts together meanwhile.

        Raises Unavailable where another one still does after `patience` seconds. The lock of a
        process that is killed ends with it.
        """

    def remove(self) -> None:
        """Remove what has arrived; a repetition is fine."""


class Store(Protocol):
    """Keeps bytes by their SHA-256, so that equal bytes lie there once."""

    def receive(
        self, read: Read, length: int | None, md5: str = "", xxh128: str = ""
    ) -> AbstractContextManager[Arrived]:
        """Take in what `read` returns; what isn't kept inside the block is gone after it.

        Compares `length` (bytes), `md5` and `xxh128` (base64) where they are given, and raises
        Invalid when they differ.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Open all the bytes for reading here and there; the file can seek."""

    def open_range(self, sha256: str, part: range) -> ReadOnce:
        """Open the bytes from `part.start` up to `part.stop`, to be sent to a client."""

    def size_of(self, sha256: str) -> int:
        """Return how many bytes there are."""

    def exists(self, sha256: str) -> bool: ...

    def remove(self, sha256: str) -> None:
        """Remove the bytes. The caller holds the blob's row, and nothing uses it."""

    def old_keys(self, before: float) -> Iterator[str]:
        """List the keys of all bytes that have not changed since then (seconds since 1970)."""

    def parts(self, upload: int) -> Parts:
        """Return the parts of the upload with this number."""

    def scratch(self) -> AbstractContextManager[IO[str]]:
        """Lend a file for lines that would take too much memory; it is gone after the block."""

    def check_ready(self) -> None:
        """Raise OSError where the store takes no bytes now."""

    def clear_incoming(self) -> None:
        """Remove what killed servers left half received, a day after."""
