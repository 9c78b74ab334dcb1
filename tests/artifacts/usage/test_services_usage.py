"""Downloads and uses: who, with which key, through which name, noted cheaply or not at all."""

import logging
import threading
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from artifacts.models import Download, RunInput
from artifacts.querysets.files import DownloadQuerySet
from artifacts.services.memory import recent, shared, side_notes
from artifacts.services.usage import usage
from artifacts.services.usage.last_references import last_reference, remember_reached
from artifacts.services.usage.usage import record_download, use_version
from registry_site.accounts.models import ApiKey
from registry_site.accounts.services.keys.api_keys import create_api_key, delete_api_key
from registry_site.errors import Denied
from tests import factories


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def key(bob):
    return create_api_key(by=bob, user=bob, name="train")[0]


def later(monkeypatch, seconds):
    """As if so many seconds had passed for what the process remembers."""
    now = recent.monotonic()
    for module in (recent, shared):
        monkeypatch.setattr(module, "monotonic", lambda: now + seconds)


# ------------------------------------------------------------------ downloads
def test_a_download_is_noted_with_person_key_place_and_name(bob, membership, key):
    record_download(by=bob, membership=membership, reference="best", api_key=key)
    row = Download.objects.get()
    assert (row.version_id, row.collection_id) == (membership.version_id, membership.collection_id)
    assert (row.user, row.key_name, row.reference) == (bob, "train", "best")
    assert (row.count, row.first_at) == (1, row.last_at)


def test_a_browser_has_no_key_and_an_unknown_name_is_empty(bob, membership):
    record_download(by=bob, membership=membership)
    row = Download.objects.get()
    assert (row.key_name, row.reference) == ("", "")


def test_people_keys_names_and_places_have_rows_of_their_own(
    alice, bob, membership, key, collection
):
    linked = factories.make_membership(collection, membership.version)
    record_download(by=bob, membership=membership, reference="v0")
    record_download(by=alice, membership=membership, reference="v0")
    record_download(by=bob, membership=membership, reference="v0", api_key=key)
    record_download(by=bob, membership=membership, reference="latest")
    record_download(by=bob, membership=linked, reference="v0")
    assert Download.objects.count() == 5


def test_who_may_not_download_is_not_noted(registry, collection, version, victor):
    person = factories.restricted_viewer(registry, victor)
    linked = factories.make_membership(collection, version)
    linked.collection.project = registry.project
    with pytest.raises(Denied):
        record_download(by=person, membership=linked)
    assert not Download.objects.exists()


# ------------------------------------------------------------------ cheap
@pytest.mark.django_db(transaction=True)
def test_one_statement_at_first_and_none_for_a_minute(
    bob, membership, key, django_assert_num_queries, monkeypatch
):
    def again():
        record_download(by=bob, membership=membership, reference="v0", api_key=key)

    membership.collection.project.role_of(bob)
    with django_assert_num_queries(1):
        again()
    with django_assert_num_queries(0):
        again()
    later(monkeypatch, 61)
    with django_assert_num_queries(1):
        again()


def test_the_count_goes_up_once_a_minute_over_all_processes(bob, membership, monkeypatch):
    record_download(by=bob, membership=membership)
    usage._noted.clear()  # another process
    record_download(by=bob, membership=membership)
    assert Download.objects.get().count == 1
    Download.objects.update(last_at=timezone.now() - timedelta(seconds=61))
    usage._noted.clear()
    record_download(by=bob, membership=membership)
    row = Download.objects.get()
    assert row.count == 2
    assert row.last_at > timezone.now() - timedelta(seconds=30)
    assert row.first_at <= row.last_at


def test_what_is_remembered_does_not_grow(monkeypatch):
    kept = recent.Recent(seconds=60, most=3)
    for number in range(10):
        kept.set(number, True)
    assert len(kept._values) <= 3
    assert kept.get(9)
    later(monkeypatch, 61)
    assert kept.get(9) is None


# ------------------------------------------------------------------ never in the way
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_download_goes_on_when_nothing_can_be_noted(bob, membership, monkeypatch, caplog, inside):
    def broken(*_arguments, **_options):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO artifacts_download (version_id) VALUES (NULL)")

    monkeypatch.setattr(DownloadQuerySet, "touch", broken)
    guard = side_notes.transaction.atomic() if inside else side_notes.nullcontext()
    with caplog.at_level(logging.WARNING), guard:
        record_download(by=bob, membership=membership)
        assert Download.objects.count() == 0  # the transaction around it still works
    assert "was not noted" in caplog.text
    monkeypatch.undo()
    record_download(by=bob, membership=membership)
    assert Download.objects.count() == 1


def test_what_found_the_database_busy_is_noted_with_the_next(bob, alice, membership, monkeypatch):
    def busy(*_arguments, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(DownloadQuerySet, "touch", busy)
    before = timezone.now()
    record_download(by=bob, membership=membership, reference="best")
    record_download(by=bob, membership=membership, reference="best")
    after = timezone.now()
    monkeypatch.undo()
    assert not Download.objects.exists()
    record_download(by=alice, membership=membership)
    row = Download.objects.get(user=bob)
    assert (row.reference, row.count) == ("best", 1)
    assert before < row.first_at < after  # when it was, not when it was noted
    assert Download.objects.get(user=alice)
    assert not usage._waiting


def test_what_waits_does_not_grow(bob, membership, monkeypatch):
    def busy(*_arguments, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(usage, "_MOST_WAITING", 2)
    monkeypatch.setattr(DownloadQuerySet, "touch", busy)
    for number in range(5):
        record_download(by=bob, membership=membership, reference=f"name{number}")
    assert [each.reference for each in usage._waiting] == ["name0", "name1"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has more than one writer")
def test_a_reader_does_not_wait_for_the_one_writer(bob, membership):
    from time import monotonic

    holds, done = threading.Event(), threading.Event()

    def hold():
        with side_notes.transaction.atomic():
            Download.objects.filter(pk=0).delete()
            holds.set()
            done.wait(10)
        connection.close()

    writer = threading.Thread(target=hold)
    writer.start()
    holds.wait(10)
    begun = monotonic()
    record_download(by=bob, membership=membership)
    took = monotonic() - begun
    assert not Download.objects.exists()
    done.set()
    writer.join()
    assert took < 2
    record_download(by=bob, membership=membership)
    assert Download.objects.get().count == 1
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_row(bob, membership, key):
    failures = []

    def read():
        try:
            usage._noted.clear()
            record_download(by=bob, membership=membership, reference="v0", api_key=key)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Download.objects.get().count == 1


# ------------------------------------------------------------------ what remains
def test_a_revoked_key_stays_as_text_and_a_deleted_person_as_nobody(alice, bob, membership, key):
    record_download(by=bob, membership=membership, api_key=key)
    record_download(by=bob, membership=membership)
    delete_api_key(by=bob, key=key)
    bob.delete()
    names = Download.objects.order_by("key_name").values_list("user", "key_name")
    assert list(names) == [(None, ""), (None, "train")]


def test_a_link_that_is_gone_stays_as_a_download_of_the_version(bob, collection, version):
    linked = factories.make_membership(collection, version)
    record_download(by=bob, membership=linked, reference="v0")
    linked.delete()
    assert Download.objects.get().version == version
    version.delete()
    assert not Download.objects.exists()


# ------------------------------------------------------------------ by which name
def test_a_key_reached_what_it_asked_for_a_moment_ago(membership, key, monkeypatch):
    assert last_reference(api_key=key, membership=membership) == ""
    remember_reached(api_key=key, membership=membership, reference="production")
    assert last_reference(api_key=key, membership=membership) == "production"
    assert last_reference(api_key=None, membership=membership) == ""
    assert last_reference(api_key=ApiKey(pk=key.pk + 1), membership=membership) == ""
    later(monkeypatch, 61)
    assert last_reference(api_key=key, membership=membership) == ""


def test_no_alias_means_latest(membership, key):
    remember_reached(api_key=key, membership=membership, reference="")
    assert last_reference(api_key=key, membership=membership) == "latest"


def test_two_names_at_the_same_time_are_no_name(membership, key):
    for reference in ("production", "v0", "production"):
        remember_reached(api_key=key, membership=membership, reference=reference)
    assert last_reference(api_key=key, membership=membership) == ""


def test_names_that_are_used_one_after_the_other_are_each_known(bob, project, membership, key):
    """`use_artifact("iris:latest")`, and at once `use_artifact("iris:v0")`, as in a test script."""
    for number, reference in enumerate(["latest", "v0", "best"]):
        remember_reached(api_key=key, membership=membership, reference=reference)
        run = factories.make_run(project, bob, display_name=f"run-{number}")
        use_version(by=bob, version=membership.version, run=run, project=project, api_key=key)
        assert last_reference(api_key=key, membership=membership) == reference  # to download it
    used = RunInput.objects.order_by("pk").values_list("reference", flat=True)
    assert list(used) == ["latest", "v0", "best"]


def test_another_process_of_the_server_knows_it_too(membership, key):
    """The requests of one script go to whichever process is free."""
    assert membership.collection  # the other process must not read by this one's connection
    process = get_context("fork").Process(
        target=remember_reached,
        kwargs={"api_key": key, "membership": membership, "reference": "production"},
    )
    process.start()
    process.join()
    assert process.exitcode == 0
    assert last_reference(api_key=key, membership=membership) == "production"


def test_what_processes_share_is_whole_or_forgotten(monkeypatch):
    memory = shared.Shared(seconds=60, slots=1)
    memory.set(("a", 1), "größe")
    assert memory.get(("a", 1)) == "größe"
    assert memory.get(("a", 2)) is None
    memory.set(("a", 2), "other")  # the same membership
    assert (memory.get(("a", 1)), memory.get(("a", 2))) == (None, "other")
    memory.set(("a", 2), "x" * 2_000)
    assert memory.get(("a", 2)) is None
    memory.set(("a", 2), "other")
    memory._memory[32:34] = b"??"  # as when another process is writing
    assert memory.get(("a", 2)) is None
    memory.set(("a", 2), "again")
    later(monkeypatch, 61)
    assert memory.get(("a", 2)) is None


def test_a_use_is_noted_with_collection_and_name(bob, project, version, collection, key):
    linked = factories.make_membership(collection, version)
    remember_reached(api_key=key, membership=linked, reference="production")
    run = factories.make_run(project, bob)
    registry = collection.project
    use_version(by=bob, version=version, run=run, project=registry, api_key=key)
    use = RunInput.objects.get()
    assert (use.collection, use.reference, use.project) == (collection, "production", registry)


def test_a_use_through_the_only_place_has_its_collection_and_no_name(bob, project, version, key):
    remember_reached(api_key=key, membership=version.memberships.get(), reference="best")
    run = factories.make_run(project, bob)
    use_version(by=bob, version=version, run=run, project=project)
    use = RunInput.objects.get()
    assert (use.collection, use.reference) == (version.sequence, "")


def test_a_use_through_one_of_two_places_has_no_collection(bob, project, version, collection):
    for target in (collection, factories.make_collection(collection.project, "other")):
        factories.make_membership(target, version)
    run = factories.make_run(project, bob)
    use_version(by=bob, version=version, run=run, project=collection.project)
    assert RunInput.objects.get().collection is None


def test_an_error_that_is_not_the_database_is_not_hidden(bob, membership, monkeypatch):
    def broken(*_arguments, **_options):
        raise TypeError

    monkeypatch.setattr(DownloadQuerySet, "touch", broken)
    with pytest.raises(TypeError):
        record_download(by=bob, membership=membership)
