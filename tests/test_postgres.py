import pytest
from django.db import connection

from registry_site.accounts.models import User

pytestmark = pytest.mark.on_postgres


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in microseconds")
@pytest.mark.django_db
def test_a_repeated_statement_is_planned_once():
    for number in range(5):
        User.objects.filter(username=f"nobody{number}").exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%%username%%' AND NOT statement LIKE '%%pg_prepared%%'"
        )
        assert cursor.fetchall() == [(2,)]
