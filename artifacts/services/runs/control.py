"""What people do to a run from outside: stop it, set its state, delete it."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.models import Run, RunOutput, Version
from artifacts.services.locks import lock_run, lock_versions
from artifacts.services.trash.trash import move_to_trash
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Conflict, Invalid

# The states that a person may set, each with the states before (`Run.update_state`, wandb 0.31).
TRANSITIONS = {
    Run.State.PENDING: {
        Run.State.RUNNING,
        Run.State.FAILED,
        Run.State.CRASHED,
        Run.State.PREEMPTED,
    },
    Run.State.FAILED: {Run.State.PENDING, Run.State.RUNNING},
}


@transaction.atomic
def stop_run(*, by: User, run: Run) -> None:
    """Make the script stop at its next request; does nothing where the run has ended."""
    check(by, Action.EDIT, run.project)
    going = Run.objects.filter(pk=run.pk, exit_code=None, stop_requested=False)
    if going.update(stop_requested=True):
        _record(by, Verb.STOP, run)


@transaction.atomic
def set_run_state(*, by: User, run: Run, state: str) -> Run:
    """Set a run's state: pending, to begin it again, or failed, if lost; a repetition is fine.

    Raises Conflict where the present state can't change to this one.
    """
    check(by, Action.EDIT, run.project)
    locked = lock_run(run)
    before = locked.state_now
    if state not in TRANSITIONS:
        raise Invalid(
            _("A run is set to {states}, not to {state!r}.").format(
                states=" or ".join(map(repr, map(str, TRANSITIONS))), state=state
            )
        )
    if before == state:
        return locked
    if before not in TRANSITIONS[Run.State(state)]:
        raise Conflict(
            _("{run} is {before}, and such a run can't be set to {state!r}.").format(
                run=run, before=before, state=state
            )
        )
    locked.state, locked.exit_code = state, None
    locked.finished_at = timezone.now() if state == Run.State.FAILED else None
    locked.save(update_fields=["state", "exit_code", "finished_at"])
    _record(by, Verb.UPDATE, run, before={"state": before}, after={"state": state})
    return locked


@transaction.atomic
def delete_run(*, by: User, run: Run, with_artifacts: bool = False) -> None:
    """Move a run to the trash with all that it streamed and saved; its id is never reused.

    Versions that it logged or used stay, and show that it was deleted. `with_artifacts` also moves
    the versions to the trash that only this run logged; Conflict where one can't be deleted.
    """
    check(by, Action.EDIT, run.project)
    now = timezone.now()  # a restoration finds the versions by this time
    if with_artifacts:
        mine = versions_only_of(run)
        lock_versions(mine)
        thing = _("the run {run} with its artifacts").format(run=run)
        move_to_trash(by=by, versions=mine, thing=thing, at=now)
    locked = lock_run(run)
    _record(by, Verb.DELETE, locked)
    locked.deleted_at, locked.deleted_by = now, by
    locked.save(update_fields=["deleted_at", "deleted_by"])


def versions_only_of(run: Run) -> QuerySet[Version]:
    """Return the versions that the run logged in its project and no other live run logged."""
    runs = RunOutput.objects.filter(version=OuterRef("pk"), run__deleted_at=None)
    return Version.objects.filter(
        ~Exists(runs.exclude(run=run)),
        pk__in=RunOutput.objects.filter(run=run).values("version"),
        sequence__project=run.project,
        deleted_at__isnull=True,
    )


def _record(by: User, verb: Verb, run: Run, **change: Any) -> None:
    record_event(
        by=by,
        verb=verb,
        kind=Kind.RUN,
        subject=f"{run.project}/{run.name}",
        subject_id=run.pk,
        project_id=run.project_id,
        **change,
    )
