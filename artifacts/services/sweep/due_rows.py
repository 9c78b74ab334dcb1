"""A sweep's work on due rows: each row in its own transaction, checked again once locked."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from artifacts.models import Version
from artifacts.services.sweep.report import SweepReport
from registry_site.errors import Conflict

Act = Callable[[Any, QuerySet], int | None]  # returns the bytes removed, None if it stays


def keys_of(rows: QuerySet) -> list[int]:
    """Return the keys, sorted in Python: a database would read all rows in that order."""
    return sorted(rows.values_list("pk", flat=True))


def do_to_version(
    report: SweepReport, kind: str, due: QuerySet[Version], pk: int, act: Act
) -> None:
    """Run `act` on one version, as `do_to_row` does, joined with what names and roles need."""
    do_to_row(report, kind, due, pk, act, Version.objects.for_path())


def do_to_row(
    report: SweepReport, kind: str, due: QuerySet, pk: int, act: Act, rows: QuerySet | None = None
) -> None:
    """Run `act` on the row if it is still due and nobody has locked it, and report the result.

    The row is read from `rows`, or else from `due`. A Conflict is reported as a refusal.
    """
    free = (due if rows is None else rows).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    locked = None
    try:
        with transaction.atomic():
            locked = free.filter(pk=pk).first()
            if locked is None or not due.filter(pk=pk).exists():
                return
            size = act(locked, due.filter(pk=pk))
            if report.is_trial:
                transaction.set_rollback(True)
    except Conflict as refusal:  # it is on legal hold, or has a protected alias
        report.refuse(kind, str(locked), refusal.message)
        return
    if size is not None:
        report.add(kind, size)
