from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from registry_site.accounts.models import User
from tests.conftest import ALIKE_ON_BOTH, ON_POSTGRES

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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL compiles statements")
@pytest.mark.django_db
def test_no_statement_is_compiled_just_in_time():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.parametrize("part", ON_POSTGRES + ALIKE_ON_BOTH)
def test_what_is_run_on_both_is_there(part):
    """A file that moves stays in, or out of, the run on PostgreSQL."""
    files = Path(settings.BASE_DIR, "tests").rglob("test_*.py")
    if part.startswith("::"):
        assert any(f"def {part[2:]}(" in file.read_text() for file in files)
    else:
        assert any(part in file.as_posix() for file in files)
