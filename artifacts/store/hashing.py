"""Hashes of large files, computed in threads beside the one that reads and writes.

MD5 takes longer than everything else that is done with a chunk. hashlib and xxhash let other
threads run while they work on one.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import Queue
from typing import Protocol

_AHEAD = 3  # chunks that wait for a hash at most; then whoever reads waits, too


class Hash(Protocol):
    """A hash object of hashlib or xxhash, or what feeds some of them."""

    def update(self, data: bytes, /) -> None: ...


class _Thread(threading.Thread):
    """Feeds chunks to hashes in their order until it gets None."""

    def __init__(self, hashes: tuple[Hash, ...]) -> None:
        super().__init__(daemon=True)
        self._hashes = hashes
        self._chunks: Queue[bytes | None] = Queue(_AHEAD)
        self._error: Exception | None = None

    def update(self, data: bytes) -> None:
        self._chunks.put(data)

    def finish(self) -> None:
        """Wait until all chunks are hashed; raise what a hash raised."""
        self._chunks.put(None)
        self.join()
        if self._error:
            raise self._error

    def run(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            try:
                for each in self._hashes:
                    each.update(chunk)
            except Exception as error:  # raised again by `finish`; until then the queue is emptied
                self._error = error


@contextmanager
def beside(*groups: tuple[Hash, ...]) -> Iterator[list[Hash]]:
    """Return what feeds these groups of hashes, each in a thread of its own.

    The sums are complete when the block has ended.
    """
    with ExitStack() as threads:
        feeders: list[Hash] = []
        for hashes in groups:
            thread = _Thread(hashes)
            thread.start()
            threads.callback(thread.finish)
            feeders.append(thread)
        yield feeders
