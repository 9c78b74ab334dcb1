"""Rows as JSON need no lock, not even for the first statement of a connection."""

import contextlib
import sqlite3

import pytest
from django.db import connection
from django.db.models import OuterRef
from django.db.utils import ConnectionHandler

from artifacts.models import Project, ProtectedAlias
from registry_site.accounts.models import User
from registry_site.accounts.roles import roles_for
from registry_site.queries.json_rows import json_rows_of

QUERYSETS = {
    "rows of a table": lambda: Project.objects.values_list(
        json_rows_of(ProtectedAlias.objects.filter(project=OuterRef("pk")), "name")
    ),
    "roles": lambda: User.objects.values_list(roles_for(OuterRef("pk"))),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite locks the whole database")
@pytest.mark.parametrize("name", QUERYSETS)
def test_a_first_statement_is_compiled_while_the_database_is_locked(tmp_path, name):
    file = tmp_path / "db.sqlite3"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0}
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": options}
    ours = ConnectionHandler({"default": settings})["default"]
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        sql, _parameters = QUERYSETS[name]().query.get_compiler(connection=ours).as_sql()
    ours.close()
    assert "JSON_ARRAY" in sql
