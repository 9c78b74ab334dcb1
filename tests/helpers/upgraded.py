"""Another database than the tests' own: one of an older release, or one that stopped on the way.

A process of its own brings it up to date, since migrations and services speak to the default
database, and prints as JSON what there is then: the schema, the rows, and the pages' statuses.

    python -m tests.helpers.upgraded                     the database as it is
    python -m tests.helpers.upgraded accounts.0003 …     an empty one, taken to these steps first
"""

import json
import re
import sys
from collections.abc import Iterator

import django

PAGES = ["/", "/settings", "/bloom", "/flowers", "/readyz"]
PAGES_OF_A_KIND = 5  # opened beside those


def stop(*targets: str) -> None:
    """Take an empty database to these steps, by the migrations from before the squash."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    names = [target.split(".") for target in targets]
    executor.migrate(
        [
            key
            for app, number in names
            for key in executor.loader.disk_migrations
            if key[0] == app and key[1].startswith(number) and "_squashed_" not in key[1]
        ]
    )


def schema() -> list[str]:
    """Return what the connected database consists of, in an order that says nothing."""
    from django.db import connection

    read = _of_sqlite if connection.vendor == "sqlite" else _of_postgres
    with connection.cursor() as cursor:
        return sorted(read(cursor))


def _of_sqlite(cursor) -> Iterator[str]:
    """Columns lie in the order in which they came, which differs by the way taken."""
    cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for table, sql in cursor.fetchall():
        if sql.startswith("CREATE TABLE"):
            for part in re.split(r', (?="|CONSTRAINT)', sql.partition("(")[2][:-1]):
                yield f"{table}: {part}"
        else:
            yield f"{table}: {sql}"


def _of_postgres(cursor) -> Iterator[str]:
    for query in (
        "SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable,"
        " column_default, is_identity FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
    ):
        cursor.execute(query)
        for row in cursor.fetchall():  # a restored dump has other casts and brackets
            yield re.sub(r"::[a-z ]+(\[\])?|[()]", "", ": ".join(map(str, row)))


def use() -> dict[str, dict]:
    """Return how many rows each table has, and the status of each page that Ana opens."""
    from django.apps import apps
    from django.test import Client

    from artifacts.models import Collection, Membership, Project, Run
    from registry_site.accounts.models import User

    rows = {model._meta.label: len(list(model._base_manager.all())) for model in apps.get_models()}
    ana = User.objects.get(username="ana")
    client = Client()
    client.force_login(ana)
    pages = list(PAGES)
    for model in (Project, Collection, Membership, Run):
        things = model.objects.visible_to(ana).order_by("-pk")[:PAGES_OF_A_KIND]
        pages += [thing.get_absolute_url() for thing in things]
    statuses = {page: client.get(page, follow=True).status_code for page in pages}
    return {"rows": rows, "pages": statuses}


def main(*targets: str) -> None:
    django.setup()
    from django.core.management import call_command

    if targets:
        stop(*targets)
    call_command("migrate", verbosity=0)
    json.dump({"schema": schema()} | ({} if targets else use()), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
