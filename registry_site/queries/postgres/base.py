"""PostgreSQL as Django has it, but for how a connection is found to be dead, and without its JIT.

Django asks the server `SELECT 1` before the first statement of each request, so that a server that
was restarted in between costs nobody a request. A server that goes away closes its connections,
which a busy connection's socket tells at once and for nothing. Only after a pause is the server
asked, for then something on the way may have dropped the connection without a word.

The just-in-time compiler is for statements that run for seconds, and ours run for milliseconds.
Until the statistics know what came in, PostgreSQL takes some of them for the other kind, and
compiles for up to a second before each: the tests of deletion took four times as long.

Times are read by Python's own parser, in a quarter of the time that psycopg takes for one.
"""

import select
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import BaseTzLoader

PAUSE = 5  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection; `checked_at` is when a request last began to use it."""

    checked_at = float("-inf")
    health_check_enabled: bool  # Django's own
    health_check_done: bool

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self.connection.execute("SET jit = off")
        self.connection.adapters.register_loader("timestamptz", TimeLoader)

    def close_if_health_check_failed(self) -> None:
        """Close a connection that is dead; what comes unasked is the server's farewell."""
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        was_busy = monotonic() - self.checked_at < PAUSE
        self.checked_at = monotonic()
        if was_busy and _is_silent(self.connection):
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()


class TimeLoader(BaseTzLoader):
    """Reads a time of UTC, which is the zone of our connections, as psycopg does but faster."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        text = bytes(data)
        if text.endswith(b"+00"):
            with suppress(ValueError):  # the year 10000: psycopg has the sentence
                return datetime.fromisoformat(text.decode())
        return super().load(data)


def _is_silent(connection: Any) -> bool:
    """Return whether the connection is open and the server has said nothing on it."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
