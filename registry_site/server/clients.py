"""The connection to one client, for a thread that reads its request and sends the answer.

The thread waits as on a blocking socket, but gives up its turn meanwhile (see pool.py). A client
that sends or takes next to nothing loses its connection.
"""

import contextlib
import errno
import os
import select
import socket
import time
from typing import Any

from django.db import connections

from registry_site.server.pool import Pool

STALLED = 60  # a client loses its connection after so many seconds without a byte
TRIED = 60  # seconds of waiting, after which a client must have had …
SLOWEST = 1024  # … at least this speed, in bytes per second of waiting
DATABASE_HELD = 1  # seconds that a thread waiting for a body keeps its database connection
_MOST = 2**30  # bytes per call of sendfile


class Client(socket.socket):
    """A socket that never blocks; a call that has to wait gives up the thread's turn."""

    pool: Pool
    address: str

    def begin_request(self) -> None:
        """Reset the measures of how fast the client sends this request and takes the answer."""
        self.moved = 0  # bytes moved in either direction
        self.waited = 0.0  # seconds
        self.patience: float | None = None

    def cut_off(self) -> None:
        """Wake the waiting thread, and let its next call fail."""
        with contextlib.suppress(OSError):  # the client has closed it already
            self.shutdown(socket.SHUT_RDWR)

    # gunicorn's parser sets these: a blocking socket, and a limit for discarding bodies
    def setblocking(self, flag: bool) -> None: ...

    def settimeout(self, value: float | None) -> None:
        self.patience = value

    def gettimeout(self) -> float | None:
        return self.patience

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        while True:
            try:
                data = super().recv(bufsize, flags)
            except BlockingIOError:
                self._wait(select.POLLIN, lets_database_go=True)
                continue
            self.moved += len(data)
            return data

    def sendall(self, data: Any, flags: int = 0) -> None:
        left = memoryview(data)
        while left:
            try:
                sent = super().send(left, flags)
            except BlockingIOError:
                self._wait(select.POLLOUT)
                continue
            self.moved += sent
            left = left[sent:]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        end = os.fstat(file.fileno()).st_size if count is None else offset + count
        begin = offset
        while offset < end:
            try:
                sent = os.sendfile(self.fileno(), file.fileno(), offset, min(end - offset, _MOST))
            except BlockingIOError:
                self._wait(select.POLLOUT, lets_database_go=True)
                continue
            if not sent:
                break  # the file was shortened meanwhile
            self.moved += sent
            offset += sent
        return offset - begin

    def _wait(self, event: int, *, lets_database_go: bool = False) -> None:
        """Wait until the socket is ready; raise ConnectionResetError where that takes too long."""
        begun = time.monotonic()
        patience = STALLED if self.patience is None else self.patience
        poll = select.poll()
        poll.register(self.fileno(), event)
        with self.pool.waiting_for(self):
            ready = poll.poll(min(patience, DATABASE_HELD) * 1000)
            if not ready and patience > DATABASE_HELD:
                if lets_database_go:
                    let_database_go()
                ready = poll.poll((patience - DATABASE_HELD) * 1000)
        self.waited += time.monotonic() - begun
        if not ready and self.patience is not None:
            raise TimeoutError  # gunicorn has set this timeout
        if not ready or (self.waited > TRIED and self.moved < self.waited * SLOWEST):
            raise ConnectionResetError(errno.ECONNRESET, "The client is too slow.")


def let_database_go() -> None:
    """Close this thread's connection: PostgreSQL has fewer of them than we have clients."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
