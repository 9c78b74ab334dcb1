"""Files that a run saves beside its artifacts: announced, received, deleted."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.formats.file_names import kept_names, plain_name
from artifacts.formats.manifests import check_path
from artifacts.models import Project, Run, RunFile
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid

_BATCH = 500


@transaction.atomic
def create_run_files(*, by: User, run: Run, names: Iterable[str]) -> list[RunFile]:
    """Announce files of a run; return a row for each name, with the name as given."""
    check(by, Action.EDIT, run.project)
    plain = [check_path(plain_name(name)) for name in names]
    unique = list(dict.fromkeys(plain))
    RunFile.objects.bulk_create(
        [RunFile(run=run, name=name) for name in unique], ignore_conflicts=True, batch_size=_BATCH
    )
    rows = _files(run, unique)
    return [rows[name] for name in plain]


def check_run_files(*, by: User, run: Run, names: Iterable[str]) -> None:
    """Raise Invalid unless the bytes of all these files have come.

    A file counts as uploaded as soon as its bytes have arrived, so nothing else has to be stored.
    """
    check(by, Action.EDIT, run.project)
    unique = list(dict.fromkeys(kept_names(names, run.files.all(), "name")))
    rows = _files(run, unique)
    missing = [name for name in unique if name not in rows or rows[name].blob_id is None]
    if missing:
        raise Invalid(
            _("{count} of these files did not arrive: {names}. Upload them again.").format(
                count=len(missing), names=", ".join(missing[:5])
            )
        )


@transaction.atomic
def delete_run_files(*, by: User, project: Project, pks: Iterable[int]) -> None:
    """Delete files of runs of this project; files that are gone already are ignored.

    Files of runs in the trash stay: they come back with their runs.
    """
    check(by, Action.EDIT, project)
    files = RunFile.objects.filter(
        run__project=project, run__deleted_at__isnull=True, pk__in=list(pks)
    ).select_related("run")
    names: dict[Run, list[str]] = {}
    for file in files.order_by("run", "name"):
        names.setdefault(file.run, []).append(file.name)
    files.delete()
    for run, gone in names.items():
        record_event(
            by=by,
            verb=Verb.DELETE,
            kind=Kind.RUN_FILE,
            subject=f"{project}/{run.name}",
            subject_id=run.pk,
            project_id=project.pk,
            before={"files": gone},
        )


def _files(run: Run, names: list[str]) -> dict[str, RunFile]:
    return {
        file.name: file
        for start in range(0, len(names), _BATCH)
        for file in RunFile.objects.filter(run=run, name__in=names[start : start + _BATCH])
    }
