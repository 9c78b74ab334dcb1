"""The steps of a job: a worker does them for a while, then queues the job again.

A task may be run twice, where a worker was wrongly taken for dead. A step is never done twice: it
locks the job's row, and reads there how far the job is.
"""

import logging
import time

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from artifacts.models import Job
from artifacts.services.jobs.kinds import KINDS
from registry_site.errors import DomainError

SLICE = 2  # seconds that a job works before others have their turn
REST = {"sqlite": 1.0, "postgresql": 0.1}  # pause for each second of work: others write then
MOST_REST = 0.5  # seconds

logger = logging.getLogger(__name__)


@task()
def run_job(pk: int) -> None:
    """Work on a job for a while; if steps are left, queue it again behind other tasks."""
    until = time.monotonic() + SLICE
    while True:
        began = time.monotonic()
        if not take_step(pk):
            return
        now = time.monotonic()
        if now >= until:
            run_job.enqueue(pk)
            return
        time.sleep(min(MOST_REST, REST[connection.vendor] * (now - began)))


def take_step(pk: int) -> bool:
    """Do one step of a job and store its progress; return whether the job goes on."""
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update().filter(pk=pk).first()
            return job is not None and job.is_open and _take_step(job)
    except (OperationalError, InterfaceError):
        raise  # not the job's fault: a worker tries again
    except DomainError as refusal:
        fail_job(pk, refusal.message)
    except Exception:
        logger.exception("Job %s failed", pk)
        fail_job(pk, _("This server failed here; its log has the trace."))
    return False


def _take_step(job: Job) -> bool:
    if job.stop_requested:
        return _finish(job, Job.State.STOPPED)
    if job.by is None or not job.by.is_active:
        job.failure = _("Whoever asked for it has no account any more.")
        return _finish(job, Job.State.FAILED)
    job.started_at = job.started_at or timezone.now()
    job.state = Job.State.RUNNING
    if not KINDS[job.kind].step(job):
        return _finish(job, Job.State.DONE)
    job.save(update_fields=["state", "started_at", "total", "done", "refused", "arguments"])
    return True


def fail_job(pk: int, sentence: str) -> None:
    """End a job that can't go on, with a sentence that says why; what it has done stays."""
    with transaction.atomic():
        job = Job.objects.select_for_update().open().filter(pk=pk).first()
        if job:
            job.failure = sentence
            _finish(job, Job.State.FAILED)


def _finish(job: Job, state: Job.State) -> bool:
    job.state, job.finished_at = state, timezone.now()
    job.save()
    return False
