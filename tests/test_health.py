import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from artifacts import storage

READY = reverse("readyz")


def test_healthz_asks_nothing(client):
    response = client.get(reverse("healthz"))

    assert response.status_code == 200
    assert response.json() == {"status": "alive"}


def test_readyz_when_all_is_there(client, db):
    response = client.get(READY)

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "reasons": {}}
    assert "no-store" in response["Cache-Control"]


def test_readyz_names_the_storage(client, db, settings, tmp_path):
    file = tmp_path / "no-folder"
    file.write_text("")
    settings.STORAGE_FOLDER = file

    response = client.get(READY)
    assert response.status_code == 503
    assert list(response.json()["reasons"]) == ["storage"]


def test_readyz_names_missing_migrations(client, db):
    MigrationRecorder.Migration.objects.filter(app="registries").delete()

    response = client.get(READY)
    assert response.status_code == 503
    reason = response.json()["reasons"]["migrations"]
    assert "registries.0001_initial" in reason
    assert "manage.py migrate" in reason


def test_readyz_names_the_database(client, monkeypatch):
    monkeypatch.setattr(storage, "check_ready", lambda: None)

    # no `db` fixture: pytest-django refuses every query, as a database that is away would
    response = client.get(READY)
    assert response.status_code == 503
    assert set(response.json()["reasons"]) == {"database", "migrations"}


@pytest.mark.parametrize("url", [READY, reverse("healthz")])
def test_health_wrong_method(client, db, url):
    assert client.post(url).status_code == 405
