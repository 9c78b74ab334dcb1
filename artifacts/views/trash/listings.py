"""The things of a project that can be restored, kind by kind: rows, columns, counts."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Sum

from artifacts.models import Membership, Project, Run, RunFile, RunOutput, Version
from artifacts.services.trash.collections import collections_in_trash
from registry_site.accounts.models import Event, Kind, Verb
from registry_site.http.exports import Columns

_WHEN: Columns = {
    "deleted_at": lambda row: row.deleted_at,
    "deleted_by": lambda row: row.deleted_by and row.deleted_by.username,
    "kept_until": lambda row: row.kept_until,
}
VERSION_COLUMNS: Columns = {
    "version": str,
    "type": lambda version: version.sequence.artifact_type.name,
    "size": lambda version: version.size,
    "files": lambda version: version.file_count,
    "digest": lambda version: version.digest,
    "created_at": lambda version: version.created_at,
    **_WHEN,
}
RUN_COLUMNS: Columns = {
    "run": lambda run: run.name,
    "name": lambda run: run.display_name,
    "versions": lambda run: run.coming,
    "size": lambda run: run.size,
    "created_at": lambda run: run.created_at,
    **_WHEN,
}
COLLECTION_COLUMNS: Columns = {
    "collection": lambda collection: collection.name,
    "type": lambda collection: collection.artifact_type.name,
    "kind": lambda collection: collection.kind,
    "versions": lambda collection: collection.coming,
    "size": lambda collection: collection.size,
    "created_at": lambda collection: collection.created_at,
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


def _complete(rows: Iterable[Any]) -> None:
    for row in rows:
        row.kept_until = row.deleted_at + timedelta(days=settings.TRASH_DAYS)


def complete_versions(versions: list[Any]) -> None:
    """Set `rule` of each version that no person deleted: the one that its deletion names."""
    _complete(versions)
    keys = [version.pk for version in versions if not version.deleted_by]
    deletions = Event.objects.filter(kind=Kind.VERSION, subject_id__in=keys, verb=Verb.DELETE)
    rules = dict(deletions.order_by("pk").values_list("subject_id", "note"))
    for version in versions:
        version.rule = rules.get(version.pk, "")


def complete_runs(runs: list[Any]) -> None:
    """Set how many versions come back with each run, and the bytes of these and of its files."""
    _complete(runs)
    keys = [run.pk for run in runs]
    files = RunFile.objects.filter(run__in=keys).values_list("run").annotate(Sum("blob__size"))
    own = dict(files.order_by())
    along = RunOutput.objects.filter(run__in=keys, version__deleted_at=F("run__deleted_at"))
    along = along.filter(version__removed_at__isnull=True).order_by()
    counts = {
        pk: (n, size)
        for pk, n, size in along.values_list("run").annotate(Count("pk"), Sum("version__size"))
    }
    for run in runs:
        run.coming, size = counts.get(run.pk, (0, 0))
        run.size = (own.get(run.pk) or 0) + (size or 0)


def complete_collections(collections: list[Any]) -> None:
    """Set how many versions or links come back with each, and the bytes of the versions."""
    _complete(collections)
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
    for collection in collections:
        collection.coming, collection.size = counts.get(collection.pk, (0, 0))
