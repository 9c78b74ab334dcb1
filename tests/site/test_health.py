import errno
import os

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from artifacts.store import store
from registry_site import VERSION

READY = reverse("readyz")


def test_healthz_asks_nothing(client):
    response = client.get(reverse("healthz"))

    assert response.status_code == 200
    assert response.json() == {"status": "alive"}


def test_readyz_when_all_is_there(client, db):
    response = client.get(READY)

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "failing": [],
        "version": VERSION,
        "worker": "missing",
        "worker_seen_seconds_ago": None,
        "tasks_waiting": 0,
    }
    assert "no-store" in response["Cache-Control"]


def test_readyz_names_the_storage(client, db, settings, tmp_path):
    file = tmp_path / "no-folder"
    file.write_text("")
    settings.STORAGE_FOLDER = file

    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["failing"] == ["storage"]


def test_readyz_names_missing_migrations(client, db, caplog):
    MigrationRecorder.Migration.objects.filter(app="registries").delete()

    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["failing"] == ["migrations"]
    assert "registries.0001_initial" in caplog.text
    assert "manage.py migrate" in caplog.text


def test_readyz_names_the_database(client, monkeypatch):
    monkeypatch.setattr(type(store()), "check_ready", lambda self: None)

    # no `db` fixture: pytest-django refuses every query, as a database that is away would
    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["failing"] == ["database", "migrations"]
    assert response.json()["worker"] == "unknown"


def test_readyz_writes(client, db, monkeypatch, caplog, settings):
    """On a full disk a file can still be made, but nothing be written to it."""

    def full(_number):
        raise OSError(errno.ENOSPC, f"No space left on {settings.DATA_DIR}")

    monkeypatch.setattr(os, "fsync", full)
    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["failing"] == ["storage"]
    assert "No space left" in caplog.text
    assert not [path for path in settings.DATA_DIR.rglob("tmp*") if path.is_file()]


@pytest.mark.parametrize("url", [READY, reverse("healthz")])
def test_health_wrong_method(client, db, url):
    assert client.post(url).status_code == 405
