"""Runs the sweep that the worker runs once a day, or only reports what it would remove."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.template.defaultfilters import filesizeformat

from artifacts.services.sweep.report import SweepReport
from artifacts.services.sweep.sweep import sweep

_WORDS = {
    "expired": "Expired",
    "retired": "Retired by rules",
    "given_up": "Never committed",
    "removed": "Removed from the trash",
    "runs": "Runs removed",
    "collections": "Collections forgotten",
}


class Command(BaseCommand):
    help = (
        "Moves versions to the trash whose TTL ran out or that no rule of their collection keeps; "
        "removes for good what was in the trash for TRASH_DAYS days, uploads that nobody finished "
        "within a day, and files that nothing uses any more. Safe while the server works, and in "
        "several processes at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, help="stop after so long; default: never")
        parser.add_argument(
            "--dry-run", action="store_true", help="only tell what would go now, and what stays"
        )
        parser.add_argument(
            "--json", action="store_true", help="print counts, bytes and refusals as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = sweep(seconds=options["seconds"], is_trial=options["dry_run"])
        report.log()
        if not options["verbosity"]:
            return
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
            return
        if report.is_trial:
            self.stdout.write("A trial: nothing was changed. This would go now:")
        self.stdout.write(_summary(report))
        for refusal in report.refusals:
            self.stdout.write(f"Stays: {refusal.name}: {refusal.reason}")
        if more := report.refused_count - len(report.refusals):
            self.stdout.write(f"Stay, too: {more}.")


def _summary(report: SweepReport) -> str:
    parts = [f"{word}: {_counted(report, [kind])}." for kind, word in _WORDS.items()]
    return " ".join([*parts, f"Files freed: {_counted(report, ['blobs', 'strays'])}."])


def _counted(report: SweepReport, kinds: list[str]) -> str:
    count = sum(report[kind] for kind in kinds)
    size = sum(report.sizes[kind] for kind in kinds)
    return f"{count} ({filesizeformat(size).replace(chr(160), ' ')})" if size else str(count)
