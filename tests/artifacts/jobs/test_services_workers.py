"""Workers: who lives, who died, and what happens to the work of the dead."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from artifacts.models import Job, JobWorker
from artifacts.services import worker
from artifacts.services.jobs import steps as running
from artifacts.services.jobs import workers
from artifacts.services.jobs.jobs import create_job
from artifacts.services.jobs.kinds import KINDS, job_kind
from artifacts.services.jobs.workers import (
    ATTEMPTS,
    alive_workers,
    beat,
    register_worker,
    take_up_again,
    worker_state,
)
from tests.helpers.jobs import work

pytestmark = pytest.mark.django_db
NOBODY = 2**22 + 1  # no process has such a number


@pytest.fixture
def job(bob, project):
    """One of a kind `nothing`, whose step does nothing."""
    job_kind("nothing", title="Nothing")(lambda job: False)
    yield create_job(by=bob, kind="nothing", project=project, about="vision/iris")
    del KINDS["nothing"]


def claim(me):
    task = DBTaskResult.objects.ready().get()
    task.claim(me.name)
    return task


def die(me, **fields):
    JobWorker.objects.filter(pk=me.pk).update(**(fields or {"pid": NOBODY}))


def test_one_that_speaks_lives(db):
    me = register_worker()
    assert [each.name for each in alive_workers()] == [me.name]
    die(me, seen_at=timezone.now() - timedelta(seconds=60))
    assert not alive_workers()
    beat(me)
    assert alive_workers()


def test_one_that_was_forgotten_comes_back_with_a_beat(db):
    me = register_worker()
    JobWorker.objects.all().delete()
    beat(me)
    assert [each.name for each in alive_workers()] == [me.name]


def test_one_whose_process_is_gone_is_dead_at_once(db):
    die(register_worker())
    assert not alive_workers()


def test_one_elsewhere_is_dead_after_its_lease(db):
    me = register_worker()
    die(me, pid=NOBODY, machine="another")
    assert alive_workers()


def test_the_work_of_the_dead_is_taken_up_again(job):
    me = register_worker()
    task = claim(me)
    assert not take_up_again()  # while it lives
    die(me)
    assert take_up_again() == 1
    task.refresh_from_db()
    assert task.status == "READY"
    work()
    job.refresh_from_db()
    assert job.state == "done"


def test_what_an_idle_worker_had_claimed_counts_as_no_attempt(job):
    me = register_worker()
    claim(me)
    take_up_again(me)
    assert DBTaskResult.objects.get().worker_ids == []


def test_what_workers_die_at_fails_in_the_end(job):
    for _attempt in range(ATTEMPTS):
        me = register_worker()
        claim(me)
        die(me)
        take_up_again()
    assert DBTaskResult.objects.get().status == "FAILED"
    job.refresh_from_db()
    assert job.state == "failed"
    assert str(ATTEMPTS) in job.failure


def test_a_database_in_trouble_costs_a_wait(job, monkeypatch, caplog):
    failures = [OperationalError("database is locked")] * 2
    take_step = running.take_step

    def trouble(pk):
        if failures:
            raise failures.pop()
        return take_step(pk)

    monkeypatch.setattr(running, "take_step", trouble)
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    at_work = worker.Worker(lambda: Job.objects.get().is_open)
    at_work.run(0)
    job.refresh_from_db()
    assert job.state == "done"
    assert "database is locked" in caplog.text


def test_what_the_database_always_refuses_fails_and_lets_others_pass(
    bob, project, job, monkeypatch
):
    """A statement that is wrong or too large is no trouble of the whole database."""
    cause = Exception("too many SQL variables")
    cause.sqlite_errorcode = 1
    other = create_job(by=bob, kind="nothing", project=project, about="another")
    order, take_step = [], running.take_step

    def refuse(pk):
        order.append(pk)
        if pk == job.pk:
            raise OperationalError(str(cause)) from cause
        return take_step(pk)

    monkeypatch.setattr(running, "take_step", refuse)
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    steps = iter(range(20))
    worker.Worker(lambda: next(steps, None) is not None).run(0, until_empty=True)
    assert order == [job.pk, other.pk, *[job.pk] * (ATTEMPTS - 1)]
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.state, other.state) == ("failed", "done")
    assert str(ATTEMPTS) in job.failure


def test_trouble_with_one_task_is_told_from_trouble_with_all(db, monkeypatch):
    """PostgreSQL's, by what it says and by whether it still answers."""

    def is_own(sqlstate, usable=True):
        postgres = SimpleNamespace(vendor="postgresql", is_usable=lambda: usable)
        monkeypatch.setattr(worker, "connection", postgres)
        error = OperationalError("no")
        error.__cause__ = Exception("no")
        error.__cause__.sqlstate = sqlstate
        return worker._is_of_the_task(error)

    assert all(is_own(state) for state in (None, "40P01", "57014", "55P03", "42601"))
    assert not any(is_own(state) for state in ("57P01", "53300", "25006", "08006"))
    assert not is_own(None, usable=False)


def test_a_worker_ends_in_peace(job):
    work()
    assert not JobWorker.objects.exists()


def test_dead_ones_are_forgotten(db):
    die(register_worker(), seen_at=timezone.now() - timedelta(days=2))
    workers.prune()
    assert not JobWorker.objects.exists()


def test_readyz_tells_of_the_worker(client, job):
    answer = client.get(reverse("readyz"))
    assert answer.status_code == 200  # pages work, and the job waits
    assert answer.json()["worker"] == "missing"
    assert answer.json()["worker_seen_seconds_ago"] is None
    assert answer.json()["tasks_waiting"] == 1
    me = register_worker()
    answer = client.get(reverse("readyz")).json()
    assert (answer["worker"], answer["worker_seen_seconds_ago"]) == ("alive", 0)
    die(me, seen_at=timezone.now() - timedelta(seconds=90))
    answer = client.get(reverse("readyz")).json()
    assert (answer["worker"], answer["worker_seen_seconds_ago"]) == ("missing", 90)
    assert worker_state().waiting == 1


def test_the_command_does_what_waits(job):
    from django.core.management import call_command

    call_command("worker", "--until-empty")
    job.refresh_from_db()
    assert job.state == "done"
