"""The things of a project that can be restored, kind by kind: rows, columns, counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Sum

from artifacts.models import Collection, Membership, Project, Run, RunFile, RunOutput, Version
from artifacts.services.trash.collections import collections_in_trash
from registry_site.accounts.models import Event, Kind, Verb
from registry_site.http.exports import Columns


@dataclass(frozen=True)
class TrashRow:
    """A version, run or collection that can be restored, and what comes back with it."""

    thing: Any
    size: int  # bytes
    version_count: int = 0  # the other versions or links that come back
    rule: str = ""  # that the deletion of a version names, where no person deleted it

    def __str__(self) -> str:
        return str(self.thing)

    @property
    def kept_until(self) -> datetime:
        until: datetime = self.thing.deleted_at + timedelta(days=settings.TRASH_DAYS)
        return until


_WHEN: Columns = {
    "deleted_at": lambda row: row.thing.deleted_at,
    "deleted_by": lambda row: row.thing.deleted_by and row.thing.deleted_by.username,
    "kept_until": lambda row: row.kept_until,
}
VERSION_COLUMNS: Columns = {
    "version": str,
    "type": lambda row: row.thing.sequence.artifact_type.name,
    "size": lambda row: row.size,
    "files": lambda row: row.thing.file_count,
    "digest": lambda row: row.thing.digest,
    "created_at": lambda row: row.thing.created_at,
    **_WHEN,
}
RUN_COLUMNS: Columns = {
    "run": lambda row: row.thing.name,
    "name": lambda row: row.thing.display_name,
    "versions": lambda row: row.version_count,
    "size": lambda row: row.size,
    "created_at": lambda row: row.thing.created_at,
    **_WHEN,
}
COLLECTION_COLUMNS: Columns = {
    "collection": lambda row: row.thing.name,
    "type": lambda row: row.thing.artifact_type.name,
    "kind": lambda row: row.thing.kind,
    "versions": lambda row: row.version_count,
    "size": lambda row: row.size,
    "created_at": lambda row: row.thing.created_at,
    **_WHEN,
}


def versions_in_trash(project: Project) -> Any:
    """Return the versions that can be restored, with what a row of the page shows joined."""
    return Version.objects.in_trash().filter(sequence__project=project).for_trash()


def runs_in_trash(project: Project) -> Any:
    """Return the runs that can be restored, with who deleted each."""
    runs = Run.with_deleted.filter(project=project, deleted_at__isnull=False)
    return runs.filter(removed_at__isnull=True).listed().select_related("deleted_by")


def project_collections_in_trash(project: Project) -> Any:
    """Return the collections that can be restored, with their types and who deleted each."""
    within = collections_in_trash().filter(project=project)
    return within.select_related("artifact_type", "deleted_by")


def rows_of_versions(versions: list[Version]) -> list[TrashRow]:
    """Return the versions, each with the rule that deleted it if no person did."""
    keys = [version.pk for version in versions if not version.deleted_by]
    deletions = Event.objects.filter(kind=Kind.VERSION, subject_id__in=keys, verb=Verb.DELETE)
    rules = dict(deletions.order_by("pk").values_list("subject_id", "note"))
    return [TrashRow(each, size=each.size, rule=rules.get(each.pk, "")) for each in versions]


def rows_of_runs(runs: list[Run]) -> list[TrashRow]:
    """Return the runs with the versions that come back, and the bytes of these and of its files."""
    keys = [run.pk for run in runs]
    files = RunFile.objects.filter(run__in=keys).values_list("run").annotate(Sum("blob__size"))
    own = dict(files.order_by())
    along = RunOutput.objects.filter(run__in=keys, version__deleted_at=F("run__deleted_at"))
    along = along.filter(version__removed_at__isnull=True).order_by()
    counts = {
        pk: (n, size)
        for pk, n, size in along.values_list("run").annotate(Count("pk"), Sum("version__size"))
    }
    rows = []
    for run in runs:
        count, size = counts.get(run.pk, (0, 0))
        rows.append(TrashRow(run, (own.get(run.pk) or 0) + (size or 0), count))
    return rows


def rows_of_collections(collections: list[Collection]) -> list[TrashRow]:
    """Return the collections with the versions or links that come back, and the bytes of these."""
    keys = [collection.pk for collection in collections]
    logged = Version.objects.in_trash().filter(
        sequence__in=keys, deleted_at=F("sequence__deleted_at")
    )
    sizes = logged.order_by().values_list("sequence").annotate(Count("pk"), Sum("size"))
    links = Membership.objects.filter(
        collection__in=keys, hidden_with_collection=True, version__deleted_at__isnull=True
    )
    linked = links.order_by().values_list("collection").annotate(Count("pk"))
    counts = {pk: (n, 0) for pk, n in linked} | {pk: (n, size) for pk, n, size in sizes}
    rows = []
    for collection in collections:
        count, size = counts.get(collection.pk, (0, 0))
        rows.append(TrashRow(collection, size, count))
    return rows
