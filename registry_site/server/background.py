"""One of gunicorn's processes works in the background instead of serving.

So gunicorn itself starts it anew when it dies and ends it with the server, and it shares the
memory of the code with the others.
"""

import logging
import time
from typing import Any

BREATH = 2  # seconds before a process that failed ends and another one begins

logger = logging.getLogger(__name__)


def choose_part(server: Any, worker: Any) -> None:
    """Decide before a process begins what it is: one of any `num_workers` in a row works.

    Looked at are the newest, so that also those that take over after a reload (SIGHUP) have one.
    """
    others = sorted(server.WORKERS.values(), key=lambda each: each.age, reverse=True)
    newest = others[: server.num_workers - 1]
    worker.is_background = not any(each.is_background for each in newest)


def work_in_background(process: Any) -> None:
    """Be a worker until gunicorn ends the process, or is gone itself."""
    from artifacts.services.worker import Worker  # needs the site, which is loaded by now

    for listener in process.sockets:
        listener.close()

    def goes_on() -> bool:
        process.notify()
        return process.alive and process.is_parent_alive()

    try:
        Worker(goes_on, process.notify).run()
    except Exception:
        logger.exception("The worker failed")
        time.sleep(BREATH)
        raise SystemExit(1) from None
