"""Rewinding: a run returns to an earlier step, to go on from there."""

from contextlib import suppress
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.formats.run_history import count_metrics, step_of
from artifacts.models import Run, RunLine
from artifacts.querysets.runs import RunLineQuerySet
from artifacts.services.locks import lock_run
from artifacts.services.runs.runs import AGAIN
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid
from registry_site.texts.json_text import read_line, read_object

_BATCH = 2000  # lines in memory at a time
_COUNTED = "history_keys", "history_lines", "last_step", "summary"


@transaction.atomic
def rewind_run(*, by: User, run: Run, metric: str, value: float) -> Run:
    """Delete what the run logged after a step, and set it running again.

    Its summary becomes the last line that is left. Its artifacts and files stay. Raises Invalid
    for anything but a value of `_step` (wandb 0.31 offers nothing else).
    """
    check(by, Action.EDIT, run.project)
    if metric != "_step" or not 0 <= value < 2**53 or value != int(value):
        raise Invalid(_("A run is taken back to a step: give `_step` and a whole number."))
    locked = lock_run(run)
    later = RunLine.objects.filter(run=locked, step__gt=int(value)).order_by("line")
    cut = later.values_list("line", flat=True).first()
    history = RunLine.objects.of_stream(locked, RunLine.Stream.HISTORY)
    if cut is not None:
        history.filter(line__gte=cut).delete()
        _count_anew(locked, history)
        record_event(
            by=by,
            verb=Verb.REWIND,
            kind=Kind.RUN,
            subject=f"{run.project}/{run.name}",
            subject_id=run.pk,
            project_id=run.project_id,
            after={"step": int(value)},
        )
    for name, new_value in (AGAIN | {"heartbeat_at": timezone.now()}).items():
        setattr(locked, name, new_value)
    locked.save(update_fields=[*_COUNTED, *AGAIN, "heartbeat_at"])
    return locked


def _count_anew(run: Run, lines: RunLineQuerySet) -> None:
    """Set the run's counts and summary anew, from the lines that are left."""
    run.history_keys, run.history_lines, run.last_step, run.summary = {}, 0, None, {}
    texts = lines.values_list("text", flat=True).iterator()
    while rows := [read_line(text) for text in islice(texts, _BATCH)]:
        count_metrics(run.history_keys, rows)
        all_steps = [run.last_step, *map(step_of, rows)]
        run.last_step = max((step for step in all_steps if step is not None), default=None)
    if last := lines.last():
        run.history_lines = last.line + 1
        with suppress(Invalid):  # lines are stored as they came
            run.summary = read_object(last.text, _("The history"))
