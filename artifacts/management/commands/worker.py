"""Runs one more background worker, on this host or another one."""

import signal
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from artifacts.services.worker import INTERVAL, Worker


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0.05 <= seconds <= 60:
        raise ArgumentTypeError("give seconds from 0.05 to 60")
    return seconds


class Command(BaseCommand):
    help = (
        "Does work that waits in the background, such as the deletion of many versions. The server "
        "has one such worker already; start more, on any host that reaches the database and the "
        "files, where too much waits. SIGTERM ends it after the piece of work that it is at."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--interval",
            type=_seconds,
            default=INTERVAL,
            metavar="SECONDS",
            help="between looks at an empty queue; default: %(default)s",
        )
        parser.add_argument(
            "--until-empty", action="store_true", help="end when there is nothing to do"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        running = True

        def stop(_number: int, _frame: object) -> None:
            nonlocal running
            running = False

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker = Worker(lambda: running)
        worker.run(options["interval"], until_empty=options["until_empty"])
