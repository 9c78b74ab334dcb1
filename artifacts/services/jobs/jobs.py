"""Creating, stopping and undoing jobs."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from artifacts.models import Job, JobItem, Project
from artifacts.services.jobs.kinds import AT_ONCE, KINDS
from artifacts.services.jobs.steps import run_job, take_step
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.roles import roles_of
from registry_site.errors import Conflict, Denied, NotFound

MOST_THINGS = 100_000  # in one job
MOST_ROWS = 100  # rows to change, at most, in a job for which a person waits
PATIENCE = 5  # seconds that a person waits for a few things
_ENDED_EARLY = (Job.State.STOPPED, Job.State.FAILED)


@transaction.atomic
def create_job(
    *,
    by: User,
    kind: str,
    project: Project,
    about: str,
    things: Iterable[tuple[int, str]] = (),
    page: str = "",
    arguments: dict[str, Any] | None = None,
) -> Job:
    """Create a job in a project; a worker begins it within a second.

    `things` has the keys and names of the things to work on, which don't change later. Rights are
    checked now, and again for each thing. Raises Conflict for more than MOST_THINGS things.
    """
    check(by, Action.EDIT, project)
    job = Job.objects.create(
        kind=kind,
        by=by,
        project=project,
        about=about[:512],
        page=page[:1024],
        arguments=arguments or {},
    )
    items = [JobItem(job=job, thing=pk, name=name[:512]) for pk, name in things]
    if len(items) > MOST_THINGS:
        raise Conflict(
            _("{count} are too many for one job: choose at most {limit}.").format(
                count=f"{len(items):,}", limit=f"{MOST_THINGS:,}"
            )
        )
    JobItem.objects.bulk_create(items, batch_size=2000)
    job.total = len(items)
    job.save(update_fields=["total"])
    run_job.enqueue(job.pk)  # in the same transaction: both rows are stored, or neither
    return job


def reach_job(*, by: User, pk: int) -> Job:
    """Return a job that the person may see: their own, or one in a project that they administer."""
    job = Job.objects.visible_to(by).for_page().filter(pk=pk).first()
    if job is None:
        raise NotFound(_("There is no such job that you may see."))
    return job


@dataclass(frozen=True)
class RefusedThing:
    """A thing with which a job could not do what it does, and why."""

    name: str
    sentence: str


def readable_refusals(*, by: User, job: Job, items: Iterable[JobItem]) -> list[RefusedThing]:
    """Return these refused items, each with its reason or with who may read it.

    A reason names things that the person who started the job can see; other admins may not.
    """
    if job.by_id == by.pk or roles_of(by).is_server_admin:
        return [RefusedThing(item.name, item.sentence) for item in items]
    sentence = _("Refused; {by} can read why.").format(by=job.by or _("who started it"))
    return [RefusedThing(item.name, sentence) for item in items]


@transaction.atomic
def stop_job(*, by: User, job: Job) -> None:
    """End a job before its next step; what it has done stays. A repetition is fine."""
    check_may_stop(by=by, job=job)
    Job.objects.open().filter(pk=job.pk).update(stop_requested=True)


def can_stop(*, by: User, job: Job) -> bool:
    """Return whether the job is still going on and the person may stop it."""
    return job.by_id == by.pk or can(by, Action.MANAGE, job.project)


def check_may_stop(*, by: User, job: Job) -> None:
    """Raise Denied unless the person started the job or administers its project."""
    if not can_stop(by=by, job=job):
        raise Denied(
            _("Only {by} and admins of {project} can stop this job.").format(
                by=job.by or _("who started it"), project=job.project
            )
        )


def can_undo(*, by: User, job: Job) -> bool:
    """Return whether the person can undo the job, by its kind, its state and their role."""
    kind = KINDS.get(job.kind)
    if kind is None or not kind.inverse or not job.changed or job.is_open:
        return False
    return can(by, Action.EDIT, job.project)


def undo_job(*, by: User, job: Job) -> Job:
    """Return a job that brings back all that this job removed; a repetition returns the same job.

    Where that job was stopped or failed, a new one does what is left. If the things are few, they
    are back when this returns. Raises Conflict while the job goes on, and for a kind that can't be
    undone.
    """
    undoing = _create_undoing(by, job)
    return settle(undoing)


def undoing_of(job: Job) -> Job | None:
    """Return the job that undoes this one; None where there is none or it ended unfinished."""
    undoing: Job | None = getattr(job, "undone_by", None)
    return None if undoing and undoing.state in _ENDED_EARLY else undoing


def settle(job: Job) -> Job:
    """Do a job of a few small things at once, and return it; a worker does all other jobs."""
    weigh = KINDS[job.kind].weigh
    if job.total <= AT_ONCE and (weigh is None or weigh(job) <= MOST_ROWS):
        until = time.monotonic() + PATIENCE
        with suppress(OperationalError):
            while take_step(job.pk) and time.monotonic() < until:
                pass
        job.refresh_from_db()
    return job


@transaction.atomic
def _create_undoing(by: User, job: Job) -> Job:
    kind = KINDS.get(job.kind)
    if kind is None or not kind.inverse:
        raise Conflict(_("What this job did can't be undone."))
    check(by, Action.EDIT, job.project)
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.is_open:
        raise Conflict(_("This job goes on: stop it, or wait for its end."))
    if undoing := undoing_of(locked):
        return undoing
    undoing = create_job(
        by=by,
        kind=kind.inverse,
        project=job.project,
        about=locked.about,
        page=locked.page,
        things=_left_to_undo(locked),
        arguments=locked.arguments,
    )
    Job.objects.filter(undoes=locked).update(undoes=None)
    Job.objects.filter(pk=undoing.pk).update(undoes=locked)
    return undoing


def _left_to_undo(job: Job) -> list[tuple[int, str]]:
    """Return keys and names of what the job removed and no undoing job has brought back."""
    before: Job | None = getattr(job, "undone_by", None)
    items = before.items.exclude(state=JobItem.State.DONE) if before else job.items.done()
    return list(items.order_by("pk").values_list("thing", "name"))
