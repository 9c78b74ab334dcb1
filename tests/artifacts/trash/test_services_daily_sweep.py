"""The sweep that a worker does by itself: once a day, by one worker, and again where it died."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from artifacts.models import DailySweep, JobWorker, Version
from artifacts.services.jobs.workers import register_worker
from artifacts.services.sweep import daily as daily_sweep
from artifacts.services.sweep.daily import Sweeper, claim_sweep, last_sweep
from artifacts.services.worker import Worker

pytestmark = pytest.mark.django_db
NOBODY = 2**22 + 1  # no process has such a number


@pytest.fixture(autouse=True)
def _due_at_once(monkeypatch):
    monkeypatch.setattr(daily_sweep, "LOOK_SECONDS", 0)
    monkeypatch.setattr(daily_sweep, "PIECE_SECONDS", 60)  # one is enough, on a busy machine too


@pytest.fixture
def expired(version):
    Version.objects.filter(pk=version.pk).update(
        ttl_seconds=60, created_at=timezone.now() - timedelta(days=2)
    )
    return version


def is_deleted(version):
    version.refresh_from_db()
    return version.deleted_at is not None


def test_a_worker_without_tasks_sweeps(expired):
    looks = iter([True, True, False])
    Worker(lambda: next(looks)).run(0)
    assert is_deleted(expired)
    assert last_sweep().report["kinds"]["expired"]["count"] == 1


def test_only_once_a_day(expired):
    me = register_worker()
    Sweeper().go_on(me)
    sweep = DailySweep.objects.get()
    Sweeper().go_on(me)
    assert [each.finished_at for each in DailySweep.objects.all()] == [sweep.finished_at]
    DailySweep.objects.update(day=timezone.now().date() - timedelta(days=1))
    assert claim_sweep(me).day == timezone.now().date()


def test_one_worker_of_several(db):
    first, second = register_worker(), register_worker()
    assert claim_sweep(first)
    assert claim_sweep(second) is None
    JobWorker.objects.filter(pk=first.pk).update(pid=NOBODY)
    assert claim_sweep(second).day == timezone.now().date()
    assert claim_sweep(register_worker()) is None


def test_a_piece_at_a_time(expired, monkeypatch):
    monkeypatch.setattr(daily_sweep, "PIECE_SECONDS", -1)
    sweeper, me = Sweeper(), register_worker()
    sweeper.go_on(me)
    assert is_deleted(expired)
    assert last_sweep() is None  # there is more to do
    until = time.monotonic() + 10
    while last_sweep() is None and time.monotonic() < until:
        sweeper.go_on(me)
    assert last_sweep().report["kinds"]["expired"]["count"] == 1


def test_begins_anew_after_trouble(expired, monkeypatch):
    def trouble(report):
        raise OperationalError("database is locked")
        yield

    me, sweeper = register_worker(), Sweeper()
    with monkeypatch.context() as patched:
        patched.setattr(daily_sweep, "sweep_steps", trouble)
        with pytest.raises(OperationalError):
            sweeper.go_on(me)
    assert last_sweep() is None
    sweeper.go_on(me)
    assert is_deleted(expired)
    assert last_sweep()


def test_one_that_fails_is_over_for_the_day(monkeypatch, caplog):
    def fail(report):
        raise ValueError("broken")
        yield

    monkeypatch.setattr(daily_sweep, "sweep_steps", fail)
    Sweeper().go_on(register_worker())
    assert last_sweep().report is None
    assert "broken" in caplog.text


def test_server_admins_read_of_it(client, root, bob, expired):
    Sweeper().go_on(register_worker())
    client.force_login(root)
    page = client.get(reverse("artifacts:job_list")).content.decode()
    assert "Last daily sweep" in page
    client.force_login(bob)
    assert "Last daily sweep" not in client.get(reverse("artifacts:job_list")).content.decode()


def test_old_ones_are_forgotten(db):
    day = timezone.now().date() - timedelta(days=91)
    DailySweep.objects.create(day=day, worker="x", finished_at=timezone.now())
    Sweeper().go_on(register_worker())
    assert not DailySweep.objects.filter(day=day).exists()
