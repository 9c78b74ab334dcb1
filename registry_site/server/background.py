"""One of gunicorn's processes works in the background instead of serving.

So gunicorn itself restarts it when it dies and ends it with the server, and it shares the code's
memory with the others.
"""

import logging
import time
from typing import Any

BREATH = 2  # seconds before a failed process ends, so that restarts are not too quick

logger = logging.getLogger(__name__)


def choose_part(server: Any, worker: Any) -> None:
    """Decide, before a process begins, whether it serves or works in the background.

    Of any `num_workers` consecutive processes one works in the background. Only the newest are
    compared, so that the processes that take over after a reload (SIGHUP) have one, too.
    """
    others = sorted(server.WORKERS.values(), key=lambda each: each.age, reverse=True)
    newest = others[: server.num_workers - 1]
    worker.is_background = not any(each.is_background for each in newest)


def work_in_background(process: Any) -> None:
    """Run tasks until gunicorn ends the process, or is gone itself."""
    from artifacts.services.worker import Worker  # imported late: it needs the loaded site

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
