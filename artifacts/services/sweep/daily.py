"""The sweep of the day: a worker takes its steps while no task waits.

The database has the worker's name, so that only one of several sweeps. If it dies, another begins
the sweep anew, which is safe because each step checks again what it would remove.
"""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from artifacts.models import DailySweep, JobWorker
from artifacts.services.jobs.workers import alive_workers
from artifacts.services.sweep.report import SweepReport
from artifacts.services.sweep.sweep import sweep_steps

PIECE_SECONDS = 0.5  # of sweeping before the worker looks for tasks again
LOOK_SECONDS = 60  # from the start, or a check, to the next check whether a sweep is due
_SWEEPS_KEPT = timedelta(days=90)

logger = logging.getLogger(__name__)


class Sweeper:
    """One worker's part in the sweep of the day: the steps that it has still to take."""

    def __init__(self) -> None:
        self.sweep: DailySweep | None = None
        self.report = SweepReport()
        self.steps: Iterator[None] = iter(())
        self.next_look = time.monotonic() + LOOK_SECONDS

    def go_on(self, worker: JobWorker) -> None:
        """Take steps for a moment, where a sweep is due and no other worker does it."""
        now = time.monotonic()
        if self.sweep is None and now >= self.next_look:
            self.next_look = now + LOOK_SECONDS
            self.sweep, self.report = claim_sweep(worker), SweepReport()
            self.steps = sweep_steps(self.report)
        if self.sweep is not None and self._take_steps(now + PIECE_SECONDS):
            _finish(self.sweep, self.report)
            self.sweep = None

    def _take_steps(self, until: float) -> bool:
        """Take steps until that moment, and return whether the sweep has ended."""
        try:
            for _step in self.steps:
                if time.monotonic() > until:
                    return False
        except (OperationalError, InterfaceError):
            self.sweep = None  # the next check begins this worker's sweep anew
            raise
        except Exception:
            logger.exception("The sweep of the day failed")
            self.report.has_failed = True
        return True


def claim_sweep(worker: JobWorker) -> DailySweep | None:
    """Claim and return today's sweep; None where it is done, or a living worker does it."""
    sweep, is_new = DailySweep.objects.get_or_create(
        day=timezone.now().date(), defaults={"worker": worker.name}
    )
    if is_new or (sweep.worker == worker.name and not sweep.finished_at):
        return sweep
    if sweep.finished_at or sweep.worker in {each.name for each in alive_workers()}:
        return None
    orphan = DailySweep.objects.filter(pk=sweep.pk, worker=sweep.worker, finished_at=None)
    return sweep if orphan.update(worker=worker.name) else None


def last_sweep() -> DailySweep | None:
    """Return the newest sweep that has ended."""
    return DailySweep.objects.exclude(finished_at=None).order_by("-day").first()


def _finish(sweep: DailySweep, report: SweepReport) -> None:
    sweep.finished_at = timezone.now()
    sweep.report = None if report.has_failed else report.as_json()
    sweep.save(update_fields=["finished_at", "report"])
    DailySweep.objects.filter(day__lt=sweep.day - _SWEEPS_KEPT).delete()
    report.log()
