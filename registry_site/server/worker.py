"""gunicorn's threaded worker, whose threads get only requests that have arrived.

The main thread collects heads and short bodies of all connections, with a time limit for each, and
keeps idle connections. Where there are too many connections, of one address or in all, those that
only wait are closed first.
"""

import contextlib
import errno
import socket
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain
from selectors import EVENT_READ
from typing import Any

from django.conf import settings
from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from registry_site.server.background import work_in_background
from registry_site.server.clients import Client
from registry_site.server.heads import Arrival, Missing
from registry_site.server.pool import Pool

HEAD_SECONDS = 10  # limit from the first byte to the end of the head
BODY_SECONDS = 60  # limit for the part of the body that is awaited without a thread
LINGER_SECONDS = 2  # for the client to read the answer before the connection ends
LINGER_BYTES = 64 * 1024  # bytes that are discarded meanwhile
PER_ADDRESS = 500  # connections of one client's address to one process
WAITING = 8  # threads that may wait for slow clients, per working thread

_READ = 64 * 1024
_THROWN_AWAY = 32 * 1024  # bytes of a body that nobody read; gunicorn takes up to 64 KiB
_TOO_SLOW = "408 Request Timeout"
_TOO_LONG = "431 Request Header Fields Too Large"
_TOO_MANY = "503 Service Unavailable"


class Connection(TConn):
    """A client's connection, and what has arrived of its next request."""

    def __init__(self, cfg: Any, sock: Client, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        sock.address = client[0] if isinstance(client, tuple) else ""
        self.parser = http.get_parser(cfg, sock, client)
        self.initialized = True
        self.arrival = Arrival()
        self.thrown_away = 0  # bytes
        self.has_ended = False  # the poller may still report it once

    def begin_request(self) -> None:
        self.sock.begin_request()
        self.parser.unreader.unread(bytes(self.arrival.data))
        self.arrival = Arrival()


class Worker(ThreadWorker):
    """Listens, waits, and hands complete requests to the threads."""

    wsgi: Any
    is_background = False  # see background.py; chosen before the process begins

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # connections that the main thread waits for, in the order in which their time runs out
        self.heads: dict[Connection, None] = {}
        self.bodies: dict[Connection, None] = {}
        self.lingering: dict[Connection, None] = {}
        self.addresses: Counter[str] = Counter()

    def run(self) -> None:
        if self.is_background:
            work_in_background(self)
        else:
            super().run()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi = saying_that_it_closes(self.wsgi)

    def get_thread_pool(self) -> Pool:
        return Pool(self.cfg.threads, WAITING * self.cfg.threads)

    # ------------------------------------------------------------- connections come
    def accept(self, listener: Any) -> None:
        try:
            plain, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._end_one_that_waits()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        sock = Client(plain.family, plain.type, plain.proto, fileno=plain.detach())
        socket.socket.setblocking(sock, False)
        sock.pool = self.tpool
        conn = Connection(self.cfg, sock, address, listener.getsockname())
        self.nr_conns += 1
        self.addresses[sock.address] += 1
        if self._has_room(sock.address):
            self._read(conn)
        else:
            self._refuse(conn, _TOO_MANY)

    def _has_room(self, address: str) -> bool:
        """Make room for a connection; return False where this address has too many busy ones."""
        if self.addresses[address] > PER_ADDRESS and not settings.TRUSTED_PROXY:
            return self._end_one_that_waits(address)
        if self.nr_conns >= self.worker_connections:
            self._end_one_that_waits()
        return True

    def _end_one_that_waits(self, address: str | None = None) -> bool:
        waiting: Iterator[Connection] = chain(
            self.lingering, self.keepalived_conns, self.heads, self.bodies
        )
        for conn in waiting:
            if address is None or conn.sock.address == address:
                self._end(conn)
                return True
        return False

    # ------------------------------------------------------------- requests come
    def _read(self, conn: Connection, _sock: object = None) -> None:
        """Read what has arrived; then hand the request over, wait for more, or close."""
        if conn.has_ended:
            return
        try:
            data = socket.socket.recv(conn.sock, _READ)
        except BlockingIOError:
            self._wait_for(conn)
            return
        except OSError:
            data = b""
        if not data:
            self._end(conn)
            return
        conn.arrival.add(data)
        self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        if conn.arrival.is_too_long:
            self._refuse(conn, _TOO_LONG)
        elif conn.arrival.missing is Missing.NOTHING:
            self._stop_waiting(conn)
            conn.begin_request()
            self.tpool.submit(partial(self._serve, conn))
        else:
            self._wait_for(conn)

    def _wait_for(self, conn: Connection) -> None:
        """Set the time limit of a request: one for its head, another one for the rest."""
        head = conn.arrival.missing is Missing.HEAD
        line, seconds = (self.heads, HEAD_SECONDS) if head else (self.bodies, BODY_SECONDS)
        if conn not in line:
            self._stop_waiting(conn)
            self._wait(conn, line, seconds, self._read)

    def _serve(self, conn: Connection) -> None:
        keep = False
        try:
            with contextlib.suppress(SystemExit):  # gunicorn raises it for a half-sent answer
                keep = self.handle(conn)
        finally:
            self.method_queue.defer(self.finish_request, conn, keep)

    def finish_request(self, conn: Connection, keep: bool) -> None:
        if not keep:
            self._linger(conn)
            return
        conn.arrival = Arrival(conn.parser.unreader.take_buffered())
        if conn.arrival.data:
            self._go_on(conn)
        else:
            conn.set_timeout()
            if not self.alive:
                conn.timeout = min(conn.timeout, time.monotonic() + LINGER_SECONDS)
            self.keepalived_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self._read, conn))

    # ------------------------------------------------------------- connections end
    def _refuse(self, conn: Connection, status: str) -> None:
        """Answer without a thread, as far as the client takes the answer at once."""
        lines = [f"HTTP/1.1 {status}", "Connection: close", "Content-Length: 0", "Retry-After: 5"]
        with contextlib.suppress(OSError):
            socket.socket.send(conn.sock, "\r\n".join([*lines, "", ""]).encode())
        self._linger(conn)

    def _linger(self, conn: Connection) -> None:
        """End the connection after the client has read the answer (RFC 9112, 9.6)."""
        self._stop_waiting(conn)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(conn)
            return
        self._wait(conn, self.lingering, LINGER_SECONDS, self._throw_away)

    def _throw_away(self, conn: Connection, _sock: object) -> None:
        if conn.has_ended:
            return
        try:
            data = socket.socket.recv(conn.sock, _READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.thrown_away += len(data)
        if not data or conn.thrown_away > LINGER_BYTES:
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        self._stop_waiting(conn)
        conn.has_ended = True
        self.nr_conns -= 1
        self.addresses[conn.sock.address] -= 1
        if not self.addresses[conn.sock.address]:
            del self.addresses[conn.sock.address]
        conn.sock.close()

    # ------------------------------------------------------------- time runs out
    def _wait(self, conn: Connection, line: dict, seconds: float, callback: Any) -> None:
        conn.timeout = time.monotonic() + seconds
        line[conn] = None
        self.poller.register(conn.sock, EVENT_READ, partial(callback, conn))

    def _stop_waiting(self, conn: Connection) -> None:
        for line in (self.heads, self.bodies, self.lingering):
            if conn in line:
                del line[conn]
                self.poller.unregister(conn.sock)
                return
        with contextlib.suppress(ValueError):
            self.keepalived_conns.remove(conn)
            self.poller.unregister(conn.sock)

    def murder_keepalived(self, force: bool = False) -> None:
        """End idle connections whose time is over; gunicorn calls this once a second."""
        now = time.monotonic()
        while self.keepalived_conns and (force or self.keepalived_conns[0].timeout <= now):
            self._end(self.keepalived_conns[0])

    def murder_pending(self) -> None:
        """End connections whose request, or whose reading of the answer, took too long."""
        now = time.monotonic()
        for line in (self.heads, self.bodies, self.lingering):
            while line and (conn := next(iter(line))).timeout <= now:
                if line is not self.lingering and conn.arrival.data:
                    self._refuse(conn, _TOO_SLOW)
                else:
                    self._end(conn)
        if not self.alive:
            for conn in [each for each in self.heads if not each.arrival.data]:
                self._end(conn)


def saying_that_it_closes(app: Any) -> Any:
    """Return the application, saying `Connection: close` where a request was not read.

    Gunicorn discards only so much of a body and then ends the connection, on which the client would
    send its next request.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list, exc_info: Any = None) -> Any:
            if _is_unread(environ["wsgi.input"].reader):
                start_response.__self__.force_close()  # a method of gunicorn's Response
            return start_response(status, headers, exc_info)

        return app(environ, start)

    return wrapped


def _is_unread(reader: Any) -> bool:
    """Return whether more of the body is to come than gunicorn discards.

    For a body in chunks: whether anything is to come.
    """
    length = getattr(reader, "length", None)
    return getattr(reader, "parser", None) is not None if length is None else length > _THROWN_AWAY
