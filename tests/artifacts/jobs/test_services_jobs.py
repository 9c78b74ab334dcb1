"""Jobs: asked for, done in steps, stopped, refused in part, and gone on with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from artifacts.models import FormerPathUse, Job, JobItem
from artifacts.services.jobs import steps as running
from artifacts.services.jobs.jobs import (
    can_stop,
    can_undo,
    create_job,
    reach_job,
    stop_job,
    undo_job,
)
from artifacts.services.jobs.kinds import KINDS, each_item, job_kind
from artifacts.services.jobs.steps import fail_job, take_step
from registry_site.accounts.permissions import Action
from registry_site.accounts.services.members import remove_team_member
from registry_site.errors import Conflict, Denied, Invalid, NotFound
from tests.factories import fresh
from tests.helpers.jobs import take_steps, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def acted():
    """A kind `count` that notes each thing, and refuses 13."""
    seen = []

    @each_item("count", title="Count", inverse="count_back")
    def count(by, job, thing):
        if thing == 13:
            raise Invalid("13 is bad luck.")
        if thing == 666:
            raise ZeroDivisionError
        seen.append(thing)

    each_item("count_back", title="Count back")(lambda by, job, thing: seen.append(-thing))
    yield seen
    del KINDS["count"], KINDS["count_back"]


def things(*numbers):
    return [(number, f"thing {number}") for number in numbers]


def ask(by, project, *numbers, kind="count"):
    return create_job(
        by=by, kind=kind, project=project, about="vision/iris", things=things(*numbers)
    )


def test_a_job_goes_through_its_things_once(bob, project, acted):
    job = ask(bob, project, *range(50, 100))
    assert (job.state, job.total, job.done) == ("waiting", 50, 0)
    work()
    job.refresh_from_db()
    assert (job.state, job.done, job.refused) == ("done", 50, 0)
    assert job.started_at <= job.finished_at
    assert acted == list(range(50, 100))
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_refusals_are_lines_of_the_report(bob, project, acted):
    job = ask(bob, project, 12, 13, 14)
    work()
    job.refresh_from_db()
    assert (job.state, job.done, job.refused, job.changed) == ("done", 3, 1, 2)
    line = job.items.refused().get()
    assert (line.name, line.sentence) == ("thing 13", "13 is bad luck.")


def test_a_bug_with_one_thing_does_not_stop_the_others(bob, project, acted, caplog):
    job = ask(bob, project, 665, 666, 667)
    work()
    job.refresh_from_db()
    assert (job.state, job.refused) == ("done", 1)
    assert acted == [665, 667]
    assert "ZeroDivisionError" in caplog.text


def test_a_bug_with_several_at_once_is_found_one_by_one(bob, project, caplog):
    seen = []

    def together(by, job, numbers):
        raise ZeroDivisionError

    @each_item("count", title="Count", together=together)
    def count(by, job, thing):
        seen.append(1 / (thing - 2))

    try:
        job = ask(bob, project, 1, 2, 3)
        work()
    finally:
        del KINDS["count"]
    job.refresh_from_db()
    assert (job.state, job.done, job.refused) == ("done", 3, 1)
    assert job.items.refused().get().thing == 2
    assert seen == [-1, 1]
    assert "several things at once" in caplog.text


def test_things_alone_have_a_transaction_each(bob, project):
    """Several in one transaction keep rows locked, and end up in deadlocks on PostgreSQL."""
    tried = []

    def together(by, job, numbers):
        tried.append(numbers)
        if 13 in numbers:
            raise Conflict("")

    @each_item("count", title="Count", together=together)
    def count(by, job, thing):
        tried.append(thing)

    try:
        job = ask(bob, project, *range(10, 40))
        take_steps(job, 3)
        assert tried == [list(range(10, 30)), 10, 11, 12]
        work()
    finally:
        del KINDS["count"]
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 30)
    assert tried[1:] == [*range(10, 30), list(range(30, 40))]


def test_a_step_that_was_done_is_not_done_again(bob, project, acted):
    job = ask(bob, project, *range(100, 130))
    assert take_step(job.pk)
    running.run_job.enqueue(job.pk)  # a second task for the same job
    work()
    assert not take_step(job.pk)
    assert acted == list(range(100, 130))


@pytest.mark.slow
def test_a_job_gives_others_their_turn(bob, project, acted, monkeypatch):
    monkeypatch.setattr(running, "SLICE", 0)
    ask(bob, project, *range(100, 150))
    ask(bob, project, 1, 2)
    work()
    assert acted.index(1) < acted.index(149)


def test_stopped_before_its_next_step(bob, project, acted):
    job = ask(bob, project, *range(100, 150))
    take_steps(job, 20)
    stop_job(by=bob, job=job)
    work()
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 20)
    assert len(acted) == 20
    stop_job(by=bob, job=job)  # a repetition
    assert Job.objects.get().state == "stopped"


def test_who_may_not_ask(victor, charlie, project, acted):
    with pytest.raises(Denied):
        ask(victor, project, 1)
    with pytest.raises(NotFound):
        ask(charlie, project, 1)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_who_sees_and_stops_a_job(alice, bob, victor, charlie, root, project, acted):
    job = ask(bob, project, 1)
    for person in (alice, bob, root):
        assert reach_job(by=fresh(person), pk=job.pk) == job
        assert can_stop(by=fresh(person), job=job)
    for person in (victor, charlie):
        with pytest.raises(NotFound):
            reach_job(by=fresh(person), pk=job.pk)
        assert not can_stop(by=fresh(person), job=job)
        with pytest.raises(Denied):
            stop_job(by=fresh(person), job=job)
    stop_job(by=alice, job=job)
    job.refresh_from_db()
    assert job.stop_requested


def test_rights_are_those_of_the_moment(alice, bob, vision, project):
    """Each thing asks anew: who has left the team meanwhile gets no further."""
    from registry_site.accounts.permissions import check

    each_item("check", title="Check")(lambda by, job, thing: check(by, Action.EDIT, job.project))
    try:
        job = ask(bob, project, *range(30), kind="check")
        take_steps(job, 20)
        remove_team_member(by=alice, team=vision, user=bob)
        work()
    finally:
        del KINDS["check"]
    job.refresh_from_db()
    assert (job.state, job.done, job.refused) == ("done", 30, 10)


def test_without_its_person_a_job_ends(bob, project, acted):
    job = ask(bob, project, 1)
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    work()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "no account" in job.failure


def test_a_step_that_fails_ends_the_job(bob, project, caplog):
    @job_kind("fail", title="Fail")
    def fail(job):
        job.project.name = 1 / 0

    try:
        job = ask(bob, project, kind="fail")
        work()
    finally:
        del KINDS["fail"]
    job.refresh_from_db()
    assert (job.state, bool(job.failure)) == ("failed", True)
    assert "ZeroDivisionError" in caplog.text


def test_undone_by_another_job(alice, bob, victor, charlie, project, acted):
    job = ask(bob, project, 12, 13, 14)
    with pytest.raises(Conflict):
        undo_job(by=bob, job=job)
    assert not can_undo(by=bob, job=job)
    work()
    job.refresh_from_db()
    able = {
        person.username
        for person in (alice, bob, victor, charlie)
        if can_undo(by=fresh(person), job=job)
    }
    assert able == {"alice", "bob"}
    undoing = undo_job(by=alice, job=job)
    assert undo_job(by=bob, job=job) == undoing  # a repetition
    work()
    assert acted == [12, 14, -12, -14]
    with pytest.raises(Conflict):
        undo_job(by=bob, job=Job.objects.get(pk=undoing.pk))


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_an_undoing_that_ended_early_is_gone_on_with(bob, project, acted, state):
    job = ask(bob, project, *range(100, 125))
    work()
    acted.clear()
    first = undo_job(by=bob, job=job)
    take_steps(first, 3)
    if state == "stopped":
        stop_job(by=bob, job=first)
        work()
    else:
        fail_job(first.pk, "No.")
    second = undo_job(by=bob, job=Job.objects.get(pk=job.pk))
    assert second != first
    assert second.total == 22
    work()
    assert sorted(acted) == [-number for number in reversed(range(100, 125))]
    assert undo_job(by=bob, job=Job.objects.get(pk=job.pk)) == second
    assert Job.objects.get(undoes=job) == second


def test_too_many_for_one_job(bob, project, acted, monkeypatch):
    monkeypatch.setattr("artifacts.services.jobs.jobs.MOST_THINGS", 2)
    with pytest.raises(Conflict):
        ask(bob, project, 1, 2, 3)
    assert not JobItem.objects.exists()


def test_old_ones_are_forgotten(bob, project, acted):
    from artifacts.services.jobs.workers import prune

    old, new = ask(bob, project, 1), ask(bob, project, 2)
    work()
    now = timezone.now()
    for age in (80, 91):
        at = now - timedelta(days=age)
        FormerPathUse.objects.create(
            project=project, project_name="old", path="vision/old", user=bob, day=at, at=at
        )
    long_ago = timezone.now() - timedelta(days=91)
    Job.objects.filter(pk=old.pk).update(finished_at=long_ago)
    DBTaskResult.objects.update(finished_at=long_ago)
    prune()
    assert Job.objects.get() == new
    assert JobItem.objects.get().job == new
    assert FormerPathUse.objects.get().at == now - timedelta(days=80)
    assert not DBTaskResult.objects.exists()
