"""The worker, as a test plays it."""

from artifacts.services.jobs.worker import Worker


def work():
    """Do all that waits, in this process."""
    Worker().run(0, until_empty=True)
