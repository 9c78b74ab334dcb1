"""A connection that PostgreSQL closed is replaced before the next request uses it."""

import pytest
from django.db import connection

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
