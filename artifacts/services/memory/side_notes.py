"""Writes during a read that must not make the read fail or wait."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction

_PATIENCE = 100  # milliseconds to wait for SQLite's lock before the note is given up


def savepoint() -> AbstractContextManager[Any]:
    """Return a savepoint if in a transaction, so that a failed write doesn't break that."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


@contextmanager
def impatient() -> Iterator[None]:
    """Make SQLite wait only briefly for its lock within the context."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    patience = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    # not through Django's cursors, because this is a setting and not a query to count
    connection.connection.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout={patience}")
