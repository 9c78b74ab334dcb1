"""Counts the database queries of one page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(client, address, **headers):
    """How many queries a GET takes, once session and caches are warm."""
    client.get(address, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, headers=headers).status_code == 200
    return len(queries)
