"""The worker: it looks for tasks, does one at a time, and gives signs of life meanwhile.

Several may run, on several hosts. A task is done at least once: one whose effect must not happen
twice has to lock rows and read there how far it is, as jobs do. A task that takes over ten minutes
counts as hung: its worker gives no more signs of life, and others take it up.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator

from django.db import (
    Error,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.urls import get_resolver
from django_tasks_db.models import DBTaskResult

from artifacts.models import JobWorker
from artifacts.services.jobs import workers
from artifacts.services.sweep.daily import Sweeper
from registry_site.errors import Unavailable, refusal_of

INTERVAL = 0.5  # seconds between looks at the queue
TROUBLE_SECONDS = 2  # to wait when the database is away
RECOVERY_SECONDS = 10  # between checks for tasks of dead workers
PRUNE_SECONDS = 3600
HUNG_SECONDS = 600
_WAITED = {"55P03", "57014"}  # PostgreSQL: lock not available, statement took too long

logger = logging.getLogger(__name__)


class Worker:
    """A worker that runs until `goes_on` returns False; it calls `notify` at each sign of life."""

    def __init__(
        self, goes_on: Callable[[], bool] = lambda: True, notify: Callable[[], None] = lambda: None
    ) -> None:
        self.goes_on, self.notify = goes_on, notify
        self.busy_since: float | None = None
        self.next_recovery = self.next_prune = 0.0
        self.sweeper = Sweeper()

    def run(self, interval: float = INTERVAL, *, until_empty: bool = False) -> None:
        """Do tasks as they come; `until_empty` ends when there is none."""
        get_resolver().url_patterns  # noqa: B018 - imports the site, and every kind of job with it
        me = self._register()
        if me is None:
            return
        with self._heart(me):
            while self.goes_on():
                task = self._look(me)
                if not task:
                    if until_empty:
                        break
                    self._sweep(me)
                    time.sleep(interval)
        with contextlib.suppress(Error):
            workers.end_worker(me)

    def _register(self) -> JobWorker | None:
        while self.goes_on():
            with self._trouble():
                return workers.register_worker()
        return None

    def _look(self, me: JobWorker) -> bool:
        """Do the next task; return whether there was one."""
        if not connection.in_atomic_block:  # as in a test
            close_old_connections()
        with self._trouble():
            self._tidy(me)
            task = _claim(me)
            if task is not None:
                self.busy_since = time.monotonic()
                try:
                    _do(task)
                finally:
                    self.busy_since = None
                return True
        return False

    def _sweep(self, me: JobWorker) -> None:
        with self._trouble():
            self.sweeper.go_on(me)

    def _tidy(self, me: JobWorker) -> None:
        now = time.monotonic()
        if now >= self.next_recovery:
            self.next_recovery = now + RECOVERY_SECONDS
            if count := workers.take_up_again(me):
                logger.warning("Took up %s tasks that a worker had left.", count)
        if now >= self.next_prune:
            self.next_prune = now + PRUNE_SECONDS
            workers.prune()

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        """Wait after an error because the database is away or locked; then queue tasks again."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            logger.warning("The worker waits for the database: %s", error)
            with contextlib.suppress(Error):
                connection.close()
            self.next_recovery = 0
            time.sleep(TROUBLE_SECONDS)

    @contextlib.contextmanager
    def _heart(self, me: JobWorker) -> Iterator[None]:
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(workers.HEARTBEAT):
                if self.busy_since and time.monotonic() - self.busy_since > HUNG_SECONDS:
                    continue
                self.notify()
                with contextlib.suppress(Error):
                    close_old_connections()
                    workers.beat(me)
            connection.close()

        thread = threading.Thread(target=beat, name="heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(1)


def _claim(me: JobWorker) -> DBTaskResult | None:
    """Claim and return the next task of the queue; None where it is empty."""
    ready = DBTaskResult.objects.ready().filter(backend_name="default")
    if not ready.exists():  # reading needs no lock
        return None
    with transaction.atomic():
        task = ready.get_locked()
        if task is not None:
            task.claim(me.name)
    return task


def _do(task: DBTaskResult) -> None:
    arguments = task.args_kwargs
    try:
        task.task.call(*arguments["args"], **arguments["kwargs"])
    except (OperationalError, InterfaceError) as error:
        if not _is_of_the_task(error):
            raise  # the task is queued again later
        logger.warning("The task %s is tried later: %s", task.task_path, error, exc_info=True)
        workers.put_back(task)
    except Exception as error:
        logger.exception("The task %s failed", task.task_path)
        task.set_failed(error)
    else:
        task.set_successful(None)


def _is_of_the_task(error: Error) -> bool:
    """Return whether a database error is the task's own, so that other tasks wouldn't have it."""
    if not isinstance(refusal_of(error), Unavailable):
        return True  # a statement that is wrong or too large
    if connection.vendor == "sqlite" or not connection.is_usable():
        return False
    sqlstate = getattr(error.__cause__, "sqlstate", None) or ""
    return not sqlstate or sqlstate[:2] == "40" or sqlstate in _WAITED
