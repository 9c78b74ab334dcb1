"""What goes by itself, and above all what doesn't."""

import os
import threading
import time
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from artifacts.models import ArtifactFile, Blob, Manifest, ManifestEntry, RunFile, Version
from artifacts.services.collections.links import link_version
from artifacts.services.files.blobs import borrow, save_blob
from artifacts.services.retention.default_ttl import set_default_ttl
from artifacts.services.sweep.sweep import sweep
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.versions import update_version
from artifacts.store import store
from registry_site.accounts.models import Event
from registry_site.errors import Denied, Invalid, NotFound
from tests import factories
from tests.artifacts.versions.test_services_concurrency import at_once


def age(rows, **ages):
    """Make rows as old as `deleted_at=days` says."""
    now = timezone.now()
    rows.update(**{name: now - timedelta(days=days) for name, days in ages.items()})


def age_all(days=30):
    age(Version.objects.filter(deleted_at__isnull=False), deleted_at=days)
    age(Blob.objects.all(), wanted_at=days)


@pytest.fixture
def trashed(bob, version):
    """A version that has been in the trash for a month, with all that hangs on it."""
    version.manifest = factories.make_blob(b"{}")
    version.save(update_fields=["manifest"])
    Manifest.objects.create(version=version, digest="x", blob=factories.make_blob(b"patch"))
    ArtifactFile.objects.create(
        version=version, path="a", md5="x", digest="x", blob=factories.make_blob(b"file")
    )
    version.tags.create(name="t")
    delete_version(by=bob, version=version, with_aliases=True)
    age_all()
    return version


def test_the_trash_is_emptied_with_the_bytes(trashed, sequence):
    done = sweep()
    assert (done["removed"], done["blobs"]) == (1, 4)
    assert not Version.objects.exists()
    tombstone = Version.with_removed.get()
    assert (tombstone.manifest, tombstone.metadata, tombstone.description) == (None, {}, None)
    assert (str(tombstone), tombstone.deleted_by.username) == ("iris-model:v0", "bob")
    assert tombstone.memberships.get().hidden_at
    assert not Blob.objects.exists()
    assert not [path for path in store().path_of("x").parents[1].rglob("*") if path.is_file()]
    event = Event.objects.get(verb="purge")
    assert (event.subject, event.actor) == ("vision/iris/iris-model:v0", None)
    assert not any(sweep().values())
    assert factories.make_version(sequence).version_index == 1


def test_what_is_not_long_in_the_trash_stays(trashed, bob, settings):
    age(Version.objects.all(), deleted_at=6)
    assert not any(sweep().values())
    restore_version(by=bob, version=trashed)
    age_all()
    assert not any(sweep().values())
    delete_version(by=bob, version=trashed, with_aliases=True)
    settings.TRASH_DAYS = 0
    assert sweep()["removed"] == 1


def test_bytes_that_others_use_stay(trashed, bob, sequence, project):
    entries = trashed.entries.values_list("blob", flat=True)
    other = factories.make_version(sequence, files={})
    ManifestEntry.objects.create(version=other, path="x", digest="x", blob_id=entries[0])
    run = factories.make_run(project, bob)
    RunFile.objects.create(run=run, name="f", blob=factories.make_blob(b"file"))
    age_all()
    done = sweep()
    assert (done["removed"], done["blobs"]) == (1, 2)
    assert all(store().exists(blob.sha256) for blob in Blob.objects.all())
    assert Blob.objects.count() == 2


def test_bytes_that_somebody_wanted_within_a_day_stay(db):
    blob = factories.make_blob()
    assert not any(sweep().values())
    age_all(2)
    assert borrow({blob.pk: Blob.objects.get().wanted_at}) == {blob.pk}
    assert not any(sweep().values())
    age_all(2)
    factories.make_blob()
    assert not any(sweep().values())
    age_all(2)
    assert sweep()["blobs"] == 1
    assert borrow({blob.pk: timezone.now() - timedelta(days=2)}) == set()


def test_expired_versions_go_to_the_trash(bob, sequence, registry):
    short, long, off, inheriting, linked = (factories.make_version(sequence) for _ in range(5))
    link_version(by=bob, version=linked, project=registry.project, collection_name="c")
    for version, seconds in ((short, 60), (long, 90 * 86_400), (off, 0), (inheriting, None)):
        update_version(by=bob, version=version, ttl_seconds=seconds)
    Version.objects.filter(pk=linked.pk).update(ttl_seconds=60)  # as another server might have
    assert not any(sweep().values())
    age(Version.objects.all(), created_at=30)
    assert sweep()["expired"] == 1
    assert Version.objects.get(state="DELETED") == short
    assert Version.objects.get(pk=short.pk).deleted_by is None
    event = Event.objects.get(verb="delete")
    assert (event.actor, event.subject) == (None, "vision/iris/iris-model:v0")
    assert not any(sweep().values())


def test_a_default_ttl_is_inherited(alice, vision, sequence, registry, project):
    own, linked, inheriting, off = (factories.make_version(sequence) for _ in range(4))
    link_version(by=alice, version=linked, project=registry.project, collection_name="c")
    update_version(by=alice, version=own, ttl_seconds=90 * 86_400)
    update_version(by=alice, version=off, ttl_seconds=0)
    elsewhere = factories.make_project(alice, "own")
    factories.make_version(factories.make_collection(elsewhere))
    age(Version.objects.all(), created_at=30)
    set_default_ttl(by=alice, entity=vision.entity, seconds=31 * 86_400)
    assert not any(sweep().values())
    set_default_ttl(by=alice, entity=vision.entity, seconds=29 * 86_400)
    assert sweep()["expired"] == 1
    assert Version.objects.get(state="DELETED") == inheriting
    restore_version(by=alice, version=inheriting)
    assert not any(sweep().values())  # its TTL is off now
    set_default_ttl(by=alice, entity=vision.entity, seconds=None)
    assert Event.objects.filter(kind="entity").count() == 3


def test_who_may_not_set_a_default_ttl(alice, bob, charlie, vision):
    with pytest.raises(Denied):
        set_default_ttl(by=bob, entity=vision.entity, seconds=60)
    with pytest.raises(NotFound):
        set_default_ttl(by=charlie, entity=vision.entity, seconds=60)
    with pytest.raises(Invalid):
        set_default_ttl(by=alice, entity=vision.entity, seconds=-1)


@pytest.mark.parametrize("protected", ["keep", "KE*"])
def test_expired_versions_with_a_protected_alias_stay(bob, sequence, version, project, protected):
    project.protected_aliases.create(name=protected)
    version.memberships.get().aliases.create(collection=sequence, name="keep")
    update_version(by=bob, version=version, ttl_seconds=60)
    age(Version.objects.all(), created_at=30)
    assert not any(sweep().values())


def test_uploads_that_were_given_up_go(sequence, project, bob):
    def begun(days):
        version = Version.objects.create(sequence=sequence, digest="0")
        age(Version.objects.filter(pk=version.pk), created_at=days)
        return version

    fresh, _given_up, announcing, sending = begun(0.5), begun(2), begun(2), begun(2)
    announced = {"md5": "x", "digest": "x"}
    ArtifactFile.objects.create(version=announcing, path="a", **announced)
    file = ArtifactFile.objects.create(
        version=sending, path="a", blob=factories.make_blob(), **announced
    )
    age(ArtifactFile.objects.filter(pk=file.pk), created_at=2)
    assert sweep()["given_up"] == 1
    assert set(Version.objects.all()) == {fresh, announcing, sending}
    age_all(2)
    assert sweep()["given_up"] == 1
    assert set(Version.objects.all()) == {fresh, announcing}


def test_stray_files_go_and_fresh_ones_stay(db):
    kept = factories.make_blob(b"kept")
    paths = [store().path_of(letter * 64) for letter in "ab"]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for old in (paths[0], store().path_of(kept.sha256)):
        os.utime(old, (0, 0))
    assert sweep()["strays"] == 1
    assert [path.exists() for path in paths] == [False, True]
    assert store().exists(kept.sha256)
    assert Blob.objects.get() == kept


def test_the_command_says_what_went_and_stops_in_time(trashed, monkeypatch):
    out = StringIO()
    call_command("sweep", seconds=0, stdout=out)
    assert out.getvalue().startswith("Expired: 0. Retired by rules: 0. Never committed: 0. Rem")
    sizes = list(Blob.objects.values_list("size", flat=True))
    assert len(sizes) == 4
    out = StringIO()
    call_command("sweep", stdout=out)
    assert out.getvalue().endswith(f"Files freed: 4 ({sum(sizes)} bytes).\n")
    out = StringIO()
    call_command("sweep", stdout=out, verbosity=0)
    assert not out.getvalue()


def test_a_sweep_costs_the_same_whatever_there_is(sequence, monkeypatch):
    # bytes are read by so many keys at a time, of which other tests have used up some
    monkeypatch.setattr("artifacts.services.sweep.sweep._BATCH", 10**6)
    for more in (3, 20):
        for _number in range(more):
            factories.make_version(sequence)
        with CaptureQueriesContext(connection) as queries:
            sweep()
        assert len(queries) == 9, [query["sql"] for query in queries]


# ------------------------------------------------------------------ races


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remove_each_once(bob, sequence):
    for _number in range(6):
        version = factories.make_version(sequence)
        delete_version(by=bob, version=version, with_aliases=True)
    age_all()
    done = []
    at_once([lambda: done.append(sweep())] * 4)
    assert sum(each["removed"] for each in done) == 6
    assert not Version.objects.exists()
    sweep()
    assert not Blob.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_bytes_sent_while_they_are_swept_away_are_there(db, monkeypatch):
    """The upload finds the old bytes in place and would drop its own; the sweep removes them."""
    blob = factories.make_blob(b"bytes")
    age_all()
    removing, remove = threading.Event(), store().remove

    def slowly(sha256):
        removing.set()
        time.sleep(0.3)
        remove(sha256)

    monkeypatch.setattr(store(), "remove", slowly)

    def upload():
        removing.wait(5)
        save_blob(read=BytesIO(b"bytes").read, length=5)

    at_once([sweep, upload])
    assert Blob.objects.get().sha256 == blob.sha256
    assert store().exists(blob.sha256)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_bytes_sent_while_a_stray_file_goes_are_there(db, monkeypatch):
    blob = factories.make_blob(b"bytes")
    Blob.objects.all().delete()
    os.utime(store().path_of(blob.sha256), (0, 0))
    removing, remove = threading.Event(), store().remove

    def slowly(sha256):
        removing.set()
        time.sleep(0.3)
        remove(sha256)

    monkeypatch.setattr(store(), "remove", slowly)

    def upload():
        removing.wait(5)
        save_blob(read=BytesIO(b"bytes").read, length=5)

    at_once([sweep, upload])
    assert Blob.objects.get().size == 5
    assert store().exists(blob.sha256)
