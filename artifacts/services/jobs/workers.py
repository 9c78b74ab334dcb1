"""Workers: each updates its row every few seconds as a sign of life.

A worker without a sign of life for LEASE seconds, or whose process is gone from this machine, is
dead; the next worker takes up its tasks.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from artifacts.models import FormerPathUse, Job, JobWorker
from artifacts.services.jobs.steps import fail_job, run_job

HEARTBEAT = 5  # seconds
LEASE = 30  # seconds of silence
ATTEMPTS = 5  # at one task that ended with a dead worker or a database error
RESULTS_KEPT = timedelta(days=1)
JOBS_KEPT = timedelta(days=90)
USES_KEPT = timedelta(days=90)  # uses of former paths; no page shows older ones
_FORGOTTEN = timedelta(hours=1)  # after which rows of dead workers are deleted
_GIVEN_UP = "The worker ended {count} times while it was at this; its log may say why."
_REFUSED = "The database refused this {count} times; the worker's log says why."


def machine() -> str:
    """Return an id of the machine's boot and container, within which a PID is unique."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    space = Path("/proc/self/ns/pid")
    parts = [boot.read_text().strip() if boot.exists() else ""]
    parts += [os.readlink(space) if space.exists() else socket.gethostname()]
    return "/".join(parts)


def register_worker() -> JobWorker:
    """Store and return the row of a new worker, under a unique name."""
    now = timezone.now()
    return JobWorker.objects.create(
        name=get_random_string(20),
        host=socket.gethostname()[:255],
        machine=machine(),
        pid=os.getpid(),
        started_at=now,
        seen_at=now,
    )


def beat(worker: JobWorker) -> None:
    """Store a sign of life of the worker."""
    worker.seen_at = timezone.now()
    if not JobWorker.objects.filter(name=worker.name).update(seen_at=worker.seen_at):
        worker.pk = None  # another worker took it for dead
        worker.save(force_insert=True)


def end_worker(worker: JobWorker) -> None:
    """Remove the row of a worker that ends."""
    JobWorker.objects.filter(name=worker.name).delete()


def alive_workers() -> list[JobWorker]:
    """Return the living workers, last seen first."""
    since = timezone.now() - timedelta(seconds=LEASE)
    workers = JobWorker.objects.filter(seen_at__gt=since).order_by("-seen_at")
    return [worker for worker in workers if not _is_gone(worker)]


def _is_gone(worker: JobWorker) -> bool:
    """Return whether the worker's process belonged to this machine and has ended."""
    return worker.machine == machine() and not Path(f"/proc/{worker.pid}").exists()


@dataclass(frozen=True)
class WorkerState:
    """The state of all workers: whether one lives, when one was last seen, how many tasks wait."""

    alive: int
    seen_at: datetime | None
    waiting: int

    @property
    def name(self) -> str:
        return "alive" if self.alive else "missing"

    @property
    def seconds(self) -> int:
        """Seconds since a worker was last seen."""
        return round((timezone.now() - self.seen_at).total_seconds()) if self.seen_at else 0


def worker_state() -> WorkerState:
    alive = alive_workers()
    last = alive[0] if alive else JobWorker.objects.order_by("-seen_at").first()
    waiting = DBTaskResult.objects.ready().count()
    return WorkerState(len(alive), last.seen_at if last else None, waiting)


def take_up_again(worker: JobWorker | None = None) -> int:
    """Queue the tasks of dead workers and of the idle `worker` again; return their number.

    A task at which workers died ATTEMPTS times fails.
    """
    tasks = DBTaskResult.objects.running()
    if not tasks.exists():
        return 0
    busy = {each.name for each in alive_workers()} - ({worker.name} if worker else set())
    with transaction.atomic():
        orphans = [
            each
            for each in tasks.select_for_update(skip_locked=True)
            if each.worker_ids[-1] not in busy
        ]
        for orphan in orphans:
            if worker and orphan.worker_ids[-1] == worker.name:
                orphan.worker_ids = orphan.worker_ids[:-1]  # this worker did not die at the task
            if len(orphan.worker_ids) < ATTEMPTS:
                orphan.status = TaskResultStatus.READY
                orphan.save(update_fields=["status", "worker_ids"])
                continue
            _give_up(orphan, _GIVEN_UP.format(count=ATTEMPTS))
    return len(orphans)


def put_back(task: DBTaskResult) -> None:
    """Queue a task again, behind others, after an error; after ATTEMPTS times, let it fail."""
    if len(task.worker_ids) >= ATTEMPTS:
        _give_up(task, _REFUSED.format(count=ATTEMPTS))
        return
    task.status, task.enqueued_at = TaskResultStatus.READY, timezone.now()
    task.save(update_fields=["status", "enqueued_at"])


@transaction.atomic
def _give_up(task: DBTaskResult, sentence: str) -> None:
    task.set_failed(RuntimeError(sentence))
    if task.task_path == run_job.module_path:
        fail_job(task.args_kwargs["args"][0], sentence)


def prune() -> None:
    """Delete results of tasks after a day, jobs and uses of former paths after 90 days, and dead
    workers.
    """
    now = timezone.now()
    old = now - RESULTS_KEPT
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    Job.objects.filter(finished_at__lt=now - JOBS_KEPT).delete()
    FormerPathUse.objects.filter(at__lt=now - USES_KEPT).delete()
    JobWorker.objects.filter(seen_at__lt=now - _FORGOTTEN).delete()
