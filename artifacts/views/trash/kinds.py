"""The three kinds of things in the trash of a project, one row of a table each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from artifacts.models import Collection, Project, Run, Version
from artifacts.services.trash.restoration import restore_version
from artifacts.services.trash.restoration_of_parents import restore_collection, restore_run
from artifacts.views.trash.listings import (
    COLLECTION_COLUMNS,
    RUN_COLUMNS,
    VERSION_COLUMNS,
    TrashRow,
    project_collections_in_trash,
    rows_of_collections,
    rows_of_runs,
    rows_of_versions,
    runs_in_trash,
    versions_in_trash,
)
from registry_site.errors import NotFound
from registry_site.http.exports import Columns, Listing
from registry_site.pages import read_number


@dataclass(frozen=True)
class Kind:
    """How one kind is listed, named in forms, and restored."""

    name: str  # in addresses
    word: str  # in forms
    label: Promise
    summary: Callable[[int], str]
    rows: Callable[[Project], Any]
    columns: Columns
    complete: Callable[[list[Any]], list[TrashRow]]
    find: Callable[[Project, str], Any]  # by the key that a form sends
    restore: Callable[[Any, Any], Any]  # by somebody, a thing


def trash_listing(project: Project, kind: str, url: str) -> Listing:
    """Return the project's deleted things of a kind, last deleted first; `url` is the page's."""
    return Listing(
        url=f"{url}/-/{kind}",
        rows=KINDS[kind].rows(project),
        order=("-deleted_at", "-pk"),
        columns=KINDS[kind].columns,
        complete=KINDS[kind].complete,
        has_pages=False,
    )


def version_to_restore(project: Project, key: str) -> Version:
    """Return the version that a Restore button names; one that is back already is fine, too."""
    versions = Version.objects.filter(sequence__project=project, pk=read_number(key)).for_path()
    return _need(
        versions.first(), _("There is no such version in the trash; it may be gone for good.")
    )


def run_to_restore(project: Project, key: str) -> Run:
    """Return the run that a Restore button names."""
    run = Run.with_deleted.filter(project=project, pk=read_number(key)).first()
    run = _need(run, _("There is no such run in the trash; it may be gone for good."))
    run.project = project
    return run


def collection_to_restore(project: Project, key: str) -> Collection:
    """Return the collection that a Restore button names."""
    rows = Collection.with_deleted.filter(project=project, pk=read_number(key)).for_path()
    return _need(
        rows.first(), _("There is no such collection in the trash; it may be gone for good.")
    )


def _need(row: Any, message: str) -> Any:
    if row is None:
        raise NotFound(message)
    return row


def _version_summary(count: int) -> str:
    return ngettext(
        "{count} deleted version · last deleted first",
        "{count} deleted versions · last deleted first",
        count,
    )


def _run_summary(count: int) -> str:
    return ngettext(
        "{count} deleted run · last deleted first",
        "{count} deleted runs · last deleted first",
        count,
    )


def _collection_summary(count: int) -> str:
    return ngettext(
        "{count} deleted collection · last deleted first",
        "{count} deleted collections · last deleted first",
        count,
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="versions",
            word="version",
            label=gettext_lazy("Versions"),
            summary=_version_summary,
            rows=versions_in_trash,
            columns=VERSION_COLUMNS,
            complete=rows_of_versions,
            find=version_to_restore,
            restore=lambda by, thing: restore_version(by=by, version=thing),
        ),
        Kind(
            name="runs",
            word="run",
            label=gettext_lazy("Runs"),
            summary=_run_summary,
            rows=runs_in_trash,
            columns=RUN_COLUMNS,
            complete=rows_of_runs,
            find=run_to_restore,
            restore=lambda by, thing: restore_run(by=by, run=thing),
        ),
        Kind(
            name="collections",
            word="collection",
            label=gettext_lazy("Collections"),
            summary=_collection_summary,
            rows=project_collections_in_trash,
            columns=COLLECTION_COLUMNS,
            complete=rows_of_collections,
            find=collection_to_restore,
            restore=lambda by, thing: restore_collection(by=by, collection=thing),
        ),
    )
}
