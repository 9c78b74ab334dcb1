"""The protocol of a store of bytes. A key is the SHA-256 of the bytes, in hex.

Every method that writes raises Unavailable where the store is full or can't be reached; every
method that opens bytes raises it where they are missing. No method holds more than a chunk of a
file in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import IO, BinaryIO, Protocol

MAX_PARTS = 10_000  # of one file

Read = Callable[[int], bytes]  # takes a number of bytes and returns at most as many; b"" at the end


class Arrived(Protocol):
    """Bytes that have arrived completely: their sums, and their size in bytes."""

    sha256: str  # hex
    md5: str  # base64
    xxh128: str  # base64
    size: int

    def keep(self) -> None:
        """Put the bytes in place, if they aren't there, so that no power cut can lose them.

        The caller must first make or mark the blob's row, which whoever removes bytes locks.
        """


class ReadOnce(Protocol):
    """Bytes that are read from beginning to end."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class WholeUpload(ReadOnce, Protocol):
    """All parts of an upload, read in their order as one file."""

    size: int


class Parts(Protocol):
    """The parts of one upload; each is stored on its own until all are put together.

    A part is stored whole or not at all, so an upload that was interrupted can be repeated.
    """

    def save(self, number: int, md5: str, read: Read, length: int) -> None:
        """Store one part of `length` bytes and this MD5 (hex); a repetition is fine.

        Raises Invalid for other bytes; then nothing is stored.
        """

    def missing(self, sums: Sequence[str]) -> list[int]:
        """Return the numbers of the parts (from 1) that have not arrived with these MD5s (hex)."""

    def open(self, sums: Sequence[str]) -> WholeUpload:
        """Return the parts with these MD5s (hex), which must all have arrived, as one file."""

    def lock(self, patience: float) -> AbstractContextManager[None]:
        """Return a context in which no other process puts these parts together.

        Raises Unavailable where another one still does after `patience` seconds. A killed process
        loses its lock.
        """

    def remove(self) -> None:
        """Remove all parts that have arrived; a repetition is fine."""


class Store(Protocol):
    """A store that keeps bytes by their SHA-256, so that equal bytes are stored once."""

    def receive(
        self, read: Read, length: int | None, md5: str = "", xxh128: str = ""
    ) -> AbstractContextManager[Arrived]:
        """Receive what `read` returns; bytes on which `keep` isn't called in the block are dropped.

        Raises Invalid where `length` (bytes), `md5` or `xxh128` (base64) is given and differs.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Return all the bytes as an open file, which can seek."""

    def open_range(self, sha256: str, part: range) -> ReadOnce:
        """Return the bytes from `part.start` up to `part.stop`, to be sent to a client."""

    def size_of(self, sha256: str) -> int:
        """Return the size in bytes."""

    def exists(self, sha256: str) -> bool: ...

    def remove(self, sha256: str) -> None:
        """Remove the bytes. The caller has locked the blob's row, which nothing refers to."""

    def old_keys(self, before: float) -> Iterator[str]:
        """Yield the keys of all bytes that are older than `before` (seconds since 1970)."""

    def parts(self, upload: int) -> Parts:
        """Return the parts of the upload with this number."""

    def scratch(self) -> AbstractContextManager[IO[str]]:
        """Return a context with a temporary file, for lines that would fill the memory."""

    def check_ready(self) -> None:
        """Raise OSError where the store can't take bytes at the moment."""

    def clear_incoming(self) -> None:
        """Remove uploads that killed servers left incomplete more than a day ago."""
