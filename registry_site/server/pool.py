"""The threads that answer requests: a few work at once; those that wait don't count.

A thread that waits for bytes of its client gives its turn to another one, so that slow clients cost
memory and sockets, but no time of others.
"""

import contextlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Protocol

from django.db import connections

IDLE_SECONDS = 30  # after so many idle seconds a surplus thread ends

Job = Callable[[], None]


class Waiter(Protocol):
    """The connection for which a thread waits."""

    address: str

    def cut_off(self) -> None: ...


class Pool:
    """At most `turns` threads work, and about `most_waiting` wait for their clients."""

    def __init__(self, turns: int, most_waiting: int) -> None:
        self.most_threads = turns + most_waiting
        self.turns = threading.Semaphore(turns)
        self.jobs: deque[Job] = deque()
        self.changed = threading.Condition()
        self.threads = self.idle = self.leaving = 0  # leaving: cut off, but still running
        self.most_idle = turns  # threads that stay while there is nothing to do
        self.waiting: dict[Waiter, None] = {}  # the one that waits longest comes first

    def submit(self, job: Job) -> None:
        """Queue the job for a thread, which runs it when it gets a turn."""
        with self.changed:
            self.jobs.append(job)
            if self.idle >= len(self.jobs):
                self.changed.notify()
            elif self.threads < self.most_threads:
                self.threads += 1
                threading.Thread(target=self._work, daemon=True).start()
            else:
                self._cut_off_one()

    @contextlib.contextmanager
    def waiting_for(self, waiter: Waiter) -> Iterator[None]:
        """Give this thread's turn to another one meanwhile."""
        with self.changed:
            self.waiting[waiter] = None
            if self.threads == self.most_threads:
                self._cut_off_one()
        self.turns.release()
        try:
            yield
        finally:
            with self.changed:
                if waiter in self.waiting:
                    del self.waiting[waiter]
                else:
                    self.leaving -= 1
            self.turns.acquire()

    def shutdown(self, wait: bool = False) -> None:
        """Do nothing: gunicorn calls this at its end, and the threads end with the process."""

    def _cut_off_one(self) -> None:
        """Free a thread for a job that has none.

        It is the one that has waited longest, of those that wait for the address with the most
        connections.
        """
        if self.waiting and len(self.jobs) > self.idle + self.leaving:
            [(most, _number)] = Counter(each.address for each in self.waiting).most_common(1)
            waiter = next(each for each in self.waiting if each.address == most)
            del self.waiting[waiter]
            self.leaving += 1
            waiter.cut_off()

    def _work(self) -> None:
        while job := self._next_job():
            with self.turns:
                job()
        connections.close_all()

    def _next_job(self) -> Job | None:
        with self.changed:
            self.idle += 1
            while not self.jobs:
                in_time = self.changed.wait(IDLE_SECONDS)
                if not in_time and not self.jobs and self.threads > self.most_idle:
                    self.idle -= 1
                    self.threads -= 1
                    return None
            self.idle -= 1
            return self.jobs.popleft()
