"""The worker, as a test plays it."""

from unittest.mock import patch

from artifacts.services.jobs import workers as heartbeats
from artifacts.services.jobs.steps import take_step
from artifacts.services.worker import Worker


def work():
    """Do all that waits, in this process; its thread would wait for the test's transaction."""
    with patch.object(heartbeats, "HEARTBEAT", 3600):
        Worker().run(0, until_empty=True)


def take_steps(job, count):
    """Let a worker do so many steps of a job."""
    for _number in range(count):
        assert take_step(job.pk)
