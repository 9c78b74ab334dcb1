"""Beginning and describing runs, by whoever may log to their project."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from artifacts.models import Project, Run
from artifacts.reads.lookups import find_run
from artifacts.services.projects import create_project
from artifacts.services.runs.names import invent_name
from registry_site.accounts.models import User
from registry_site.accounts.names import check_run_name
from registry_site.accounts.permissions import Action, check
from registry_site.errors import Invalid

# The fields that a client may set, with the length of the text; None has a rule of its own.
_DESCRIBED: dict[str, int | None] = {
    "display_name": 256,
    "notes": 2**20,
    "group": 256,
    "job_type": 256,
    "host": 256,
    "commit": 256,
    "program": 4096,
    "config": None,
    "summary": None,
    "tags": None,
    "state": None,
    "description": 2**20,
}
MAX_RUN_TAGS = 1000
# The fields that are reset when a run that ended begins again.
AGAIN = {
    "state": Run.State.RUNNING,
    "finished_at": None,
    "exit_code": None,
    "stop_requested": False,
}


@transaction.atomic
def create_run(
    *,
    by: User,
    entity_name: str | None,
    project_name: str | None,
    name: str | None,
    changes: dict[str, Any],
) -> tuple[Run, bool]:
    """Begin or resume the run of this name; return it and whether it is new.

    Project and run are made if missing; a None in `changes` leaves a value unchanged. A finished
    run that is begun again is running.
    """
    project = create_project(by=by, entity_name=entity_name, name=project_name, run_name=name or "")
    name = check_run_name(name or get_random_string(8, "abcdefghijklmnopqrstuvwxyz0123456789"))
    run = find_run(project, name)
    is_new = run is None
    if run is None:
        _check_unused(project, name)
        try:
            with transaction.atomic():
                number = project.runs.count() + 1
                run = Run.objects.create(
                    project=project, name=name, user=by, display_name=invent_name(number)
                )
        except IntegrityError:  # the same request, sent twice
            _check_unused(project, name)
            is_new, run = False, Run.objects.get(project=project, name=name)
    run.project = project
    alive = {"heartbeat_at": timezone.now()} | ({} if run.is_going else AGAIN)
    return _describe(run, alive | _without_none(changes)), is_new


def update_run(*, by: User, run: Run, changes: dict[str, Any]) -> Run:
    """Describe a run; None leaves a value unchanged. The run's state doesn't change."""
    check(by, Action.EDIT, run.project)
    return _describe(run, _without_none(changes))


def _without_none(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}


def _check_unused(project: Project, name: str) -> None:
    """Raise Invalid where the name is a deleted run's: its script must not make an empty one."""
    of_name = Run.with_deleted.filter(project=project, name=name)
    if of_name.exclude(deleted_at=None).exists():
        raise Invalid(
            _("The run {name!r} was deleted, and its id is not used again; take another.").format(
                name=name
            )
        )


def _describe(run: Run, changes: dict[str, Any]) -> Run:
    for name, value in changes.items():
        if name in _DESCRIBED:
            _check(name, value)
        setattr(run, name, value)
    run.save(update_fields=list(changes))
    return run


def _check(name: str, value: Any) -> None:
    limit = _DESCRIBED[name]
    if name in {"config", "summary"} and not isinstance(value, dict):
        raise Invalid(_("The {name} of a run is a JSON object.").format(name=name))
    if name == "tags" and (len(value) > MAX_RUN_TAGS or any(len(tag) > 128 for tag in value)):
        raise Invalid(
            _("A run has {limit} tags at most, of 128 characters at most.").format(
                limit=MAX_RUN_TAGS
            )
        )
    if name == "state" and value not in Run.State.values:
        raise Invalid(_("{value!r} is no state of a run.").format(value=value))
    if limit and len(value) > limit:
        raise Invalid(
            _("The {name} of a run has {limit} characters at most.").format(name=name, limit=limit)
        )
