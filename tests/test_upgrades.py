"""Databases of older releases, brought up to date.

tests/dumps/ has a dump per release and database, made by `python scripts/checks/release.py freeze`
when the release is made: never again afterwards.
"""

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from scripts.checks import release
from tests.helpers import upgraded

pytestmark = [pytest.mark.slow, pytest.mark.on_postgres]

RELEASES = sorted(path.name for path in release.DUMPS.iterdir())


class Database:
    """A database beside the tests' own, of the same kind."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.environment = {
            **{
                key: os.environ[key]
                for key in ("PATH", "HOME", "LD_LIBRARY_PATH")
                if key in os.environ
            },
            "DJANGO_SETTINGS_MODULE": "registry_site.settings",
            "DATA_DIR": str(folder),
            "SECRET_KEY": "not a secret: only for tests",
            "ALLOWED_HOSTS": "testserver",
            "DEMO": "0",
            "DEBUG": "1",  # no static files are collected
        }
        if connection.vendor == "postgresql":
            host = connection.settings_dict["HOST"]
            self.environment["DATABASE_URL"] = f"postgres://cairn@/{host}/{name}"

    def restore(self, sql: str) -> None:
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.folder / "cairn.sqlite3")) as raw:
                raw.executescript(sql)
            return
        parameters = connection.get_connection_params() | {"dbname": self.name}
        parameters = {key: parameters[key] for key in ("dbname", "user", "host")}
        with psycopg.connect(**parameters, autocommit=True) as raw:
            raw.execute(sql)

    def upgrade(self, *stops: str):
        """Bring it up to date; return what there is then."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.helpers.upgraded", *stops],
            cwd=release.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)


@pytest.fixture
def database(db, tmp_path):
    name = f"upgraded_{os.getpid()}"
    if connection.vendor == "sqlite":
        yield Database(tmp_path, name)
        return
    with connection._nodb_cursor() as cursor:  # Django's own way to make a test database
        cursor.execute(f"CREATE DATABASE {name}")
    yield Database(tmp_path, name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("number", RELEASES)
def test_the_database_of_a_release_upgrades(database, number):
    dump = release.DUMPS / number / f"{_dump_name()}.sql.gz"
    database.restore(gzip.decompress(dump.read_bytes()).decode())
    answers = database.upgrade()
    assert answers["schema"] == upgraded.schema()
    assert len(answers["pages"]) > 20
    assert set(answers["pages"].values()) == {200}, answers["pages"]
    for model in ("accounts.Event", "artifacts.Version", "artifacts.LegalHold", "artifacts.Run"):
        assert answers["rows"][model], model


def _dump_name():
    return "sqlite" if connection.vendor == "sqlite" else "postgres"


@pytest.mark.parametrize(
    "stops",
    [
        {"accounts": "0006", "artifacts": "0012"},
        # registries has all that its squash replaces, and artifacts has not
        {"accounts": "0011", "artifacts": "0027", "registries": "0003"},
    ],
)
def test_a_database_that_stopped_before_the_squash_upgrades(database, stops):
    answers = database.upgrade(*(f"{app}.{number}" for app, number in stops.items()))
    assert answers["schema"] == upgraded.schema()


def test_there_is_a_dump_of_each_kind_and_a_list_per_release():
    for number in RELEASES:
        names = {path.name for path in (release.DUMPS / number).iterdir()}
        assert names == {"sqlite.sql.gz", "postgres.sql.gz", "migrations.sha256"}


@pytest.fixture
def of_a_release(tmp_path, monkeypatch):
    """A project of one app whose two migrations are frozen."""
    folder = tmp_path / "artifacts" / "migrations"
    folder.mkdir(parents=True)
    for name in ("0001_initial", "0002_more"):
        (folder / f"{name}.py").write_text("from old import place\n\nSTEPS = [place]\n")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(release, "DUMPS", tmp_path / "dumps")
    listing = tmp_path / "dumps" / "0.1.0" / "migrations.sha256"
    listing.parent.mkdir(parents=True)
    listing.write_text("".join(f"{release.digest(p)}  {p}\n" for p in release.migrations()))
    return folder


def test_new_migrations_come_after_those_of_a_release(of_a_release):
    (of_a_release / "0003_new.py").write_text("STEPS = []\n")
    (of_a_release / "0001_initial.py").write_text("from new import place\n\nSTEPS = [place]\n")
    assert release.problems() == []
    (of_a_release / "0002_between.py").write_text("STEPS = []\n")
    (problem,) = release.problems()
    assert re.search(r"0002_between.py is new, and comes before 0002 of a release", problem)


def test_migrations_of_a_release_stay(of_a_release):
    (of_a_release / "0001_initial.py").write_text("from old import place\n\nSTEPS = []\n")
    (of_a_release / "0002_more.py").unlink()
    gone, changed = release.problems()
    assert "0002_more.py is gone, but databases of release 0.1.0" in gone
    assert "0001_initial.py was changed after release 0.1.0" in changed
