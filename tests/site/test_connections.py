"""A connection that PostgreSQL closed is replaced before the next request uses it, and reads times
as psycopg does."""

from datetime import UTC

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg import DataError

from registry_site.queries.postgres import base

pytestmark = [
    pytest.mark.on_postgres,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's are never closed"),
]


@pytest.fixture
def other(monkeypatch):
    """A connection beside the test's own, with a count of how often the server was asked."""
    other = connection.copy()
    other.asked = 0
    ask = other.is_usable

    def is_usable():
        other.asked += 1
        return ask()

    monkeypatch.setattr(other, "is_usable", is_usable)
    other.health_check_enabled = True
    yield other
    other.close()


def request_on(other):
    """What a request does: the process id of the server's end."""
    other.close_if_unusable_or_obsolete()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_busy_connection_is_used_without_asking(other):
    first = request_on(other)
    assert [request_on(other) for _ in range(3)] == [first] * 3
    assert other.asked == 1  # when it was first used again


def test_a_connection_is_asked_after_a_pause(other, monkeypatch):
    first = request_on(other)
    request_on(other)
    monkeypatch.setattr(base, "PAUSE", 0)
    assert request_on(other) == first
    assert other.asked == 2


def test_a_connection_that_the_server_closed_is_replaced(other):
    first = request_on(other)
    request_on(other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [first])  # waits so many ms
        assert cursor.fetchone() == (True,)
    assert request_on(other) != first
    assert other.asked == 2


class Plain(BaseTzLoader):
    """Django's own way to read a time."""

    timezone = UTC


def read(loader, text):
    try:
        return repr(loader.load(text.encode()))
    except DataError as error:
        return str(error)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01 04:05:06+00",
        "2026-12-01 04:05:06.1+00",
        "2026-12-01 04:05:06.000789+00",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
        "10000-01-01 00:00:00+00",
        "0044-03-15 12:00:00+00 BC",
        "infinity",
        "1890-01-01 00:19:32+00:19:32",
        "2026-12-01 06:05:06+02",
    ],
)
def test_a_time_is_read_as_psycopg_reads_it(other, text):
    other.ensure_connection()
    oid = other.connection.adapters.types["timestamptz"].oid
    assert other.connection.adapters.get_loader(oid, 0) is base.TimeLoader
    loaders = [kind(oid, other.connection) for kind in (base.TimeLoader, Plain)]
    assert read(loaders[0], text) == read(loaders[1], text)


def test_a_cursor_reads_times_as_its_connection_does(other):
    with other.cursor() as cursor:
        cursor.execute("SELECT NOW()")
        (now,) = cursor.fetchone()
        assert now.tzinfo is UTC
        assert cursor.cursor.adapters.get_loader(cursor.description[0].type_code, 0) is (
            base.TimeLoader
        )
