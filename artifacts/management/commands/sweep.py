"""Removes what has gone: run it once a day, while the server works."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from artifacts.services.sweep import sweep


class Command(BaseCommand):
    help = (
        "Moves versions to the trash whose TTL ran out; removes for good what was in the trash "
        "for TRASH_DAYS days, uploads that nobody finished within a day, and files that nothing "
        "uses any more. Safe while the server works, and in several processes at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, help="stop after so long; default: never")

    def handle(self, *args: Any, **options: Any) -> None:
        done = sweep(seconds=options["seconds"])
        if options["verbosity"]:
            self.stdout.write(
                f"Expired: {done['expired']}. Never committed: {done['given_up']}. "
                f"Removed from the trash: {done['removed']}. "
                f"Files freed: {done['blobs'] + done['strays']}."
            )
