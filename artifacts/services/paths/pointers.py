"""What a pointer leads to for one person; only this module tells deleted things from hidden ones.

A *visible* thing is one that the person can open. A *deleted* thing is one that they could open
before its deletion: they see its name, when and by whom it was deleted, and how to restore it while
it is in the trash. A *hidden* thing is one that they may not see, whether it was deleted or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from artifacts.models import Collection, Membership, Project, Run, Version
from artifacts.querysets.runs import is_deleted_run
from registry_site.accounts.models import Event, User
from registry_site.accounts.permissions import Action, can


@dataclass(frozen=True)
class Deletion:
    """A deletion or unlinking: of what, when, by whom, and whether it can be undone."""

    name: str  # `iris-model:v3`, or the name of a run
    path: str  # the full name
    at: datetime | None
    by: str = ""  # "" where its TTL ran out, or the account is gone
    type_name: str = ""
    with_project: bool = False  # deleted together with its project
    until: datetime | None = None  # can be restored until then; None: removed for good
    trash_url: str = ""  # where to restore it, for those who may open its project
    is_unlinked: bool = False  # not deleted: it only left its collection
    source: Membership | None = None  # where it was logged, if the person may see that


@dataclass(frozen=True)
class Pointer:
    """What a person sees of a version: a membership they can open, a deletion, or neither."""

    row: Membership | None = None
    deletion: Deletion | None = None

    @property
    def is_hidden(self) -> bool:
        return self.row is None and self.deletion is None


@dataclass(frozen=True)
class LoggedBy:
    """What a person sees of the run that logged a version: the run, or its deletion.

    Of a hidden run it says only that there is one; where no run logged the version, nothing.
    """

    run: Run | None = None
    deletion: Deletion | None = None
    is_hidden: bool = False


def read_versions(by: User, pks: Iterable[int]) -> dict[int, Pointer]:
    """Return a pointer for each of these versions, by key; the source comes before any link."""
    pks = list(pks)
    seen = Membership.objects.visible_to(by).filter(version__in=pks)
    visible = best_memberships(seen.for_path().with_aliases())
    deleted = deletions_of_versions(by, [pk for pk in pks if pk not in visible])
    return {pk: Pointer(visible.get(pk), deleted.get(pk)) for pk in pks}


def read_logged_by(by: User, versions: Iterable[Version]) -> dict[int, LoggedBy]:
    """Return what the person sees of the run of each of these versions, by the version's key."""
    versions = list(versions)
    pks = [version.run_id for version in versions if version.run_id]
    runs = Run.objects.visible_to(by).for_path().in_bulk(pks) if pks else {}
    deleted = deletions_of_runs(by, [pk for pk in pks if pk not in runs])

    def seen(pk: int | None) -> LoggedBy:
        if pk is None:
            return LoggedBy()
        run, deletion = runs.get(pk), deleted.get(pk)
        return LoggedBy(run, deletion, is_hidden=run is None and deletion is None)

    return {version.pk: seen(version.run_id) for version in versions}


def deletions_of_versions(by: User, pks: Iterable[int]) -> dict[int, Deletion]:
    """Return the deletions among these versions that the person may know of, by version key."""
    if not (pks := list(pks)):
        return {}
    traces = Membership.objects.traceable_by(by).filter(
        version__in=pks, version__deleted_at__isnull=False
    )
    best = best_memberships(traces.for_path().select_related("version__deleted_by"))
    return {pk: deletion_of_version(by, membership) for pk, membership in best.items()}


def deletions_of_runs(by: User, pks: Iterable[int]) -> dict[int, Deletion]:
    """Return the deletions among these runs that the person may know of, by run key."""
    if not (pks := list(pks)):
        return {}
    runs = Run.with_deleted.traceable_by(by).filter(is_deleted_run()).for_path().listed()
    deleted = runs.select_related("deleted_by", "project__deleted_by").in_bulk(pks)
    return {pk: deletion_of_run(run) for pk, run in deleted.items()}


def deletion_of_version(by: User, membership: Membership) -> Deletion:
    """Return the deletion of this membership's version; the person may know of the membership."""
    version = membership.version
    home = version.sequence.project
    until = restorable_until(version)
    return Deletion(
        name=str(membership),
        path=membership.full_name,
        at=version.deleted_at,
        by=_name(version.deleted_by),
        type_name=version.sequence.artifact_type.name,
        with_project=home.deleted_at is not None,
        until=until,
        trash_url=home.trash_url if until and can(by, Action.READ, home) else "",
    )


def deletion_of_run(run: Run) -> Deletion:
    """Return the deletion of this run: by itself, which can be undone, or with its project."""
    cause = run if run.deleted_at else run.project
    until = None if run.removed_at else _until(run.deleted_at, run.project)
    return Deletion(
        name=run.display_name,
        path=run.path,
        at=cause.deleted_at,
        by=_name(cause.deleted_by),
        type_name=run.job_type,
        with_project=cause is not run,
        until=until,
        trash_url=f"{run.project.trash_url}/runs" if until else "",
    )


def deletion_of_project(project: Project) -> Deletion:
    """Return the deletion of this project."""
    name = project.registry_name if project.is_registry else project.own_name
    path = f"{project.entity.name}/{project.own_name}"
    return Deletion(name=name, path=path, at=project.deleted_at, by=_name(project.deleted_by))


def deletion_of_collection(collection: Collection) -> Deletion:
    """Return the deletion of this collection, by itself or with its project."""
    cause = collection if collection.deleted_at else collection.project
    until = _until(collection.deleted_at, collection.project)
    is_over = until and until < timezone.now()  # its links may be deleted by then
    if is_over or collection.removed_at:
        until = None
    return Deletion(
        name=collection.name,
        path=collection.target_path,
        at=cause.deleted_at,
        by=_name(cause.deleted_by),
        type_name=collection.artifact_type.name,
        with_project=cause is not collection,
        until=until,
        trash_url=_collections_in_trash(collection.project) if until else "",
    )


def deletion_by_unlinking(event: Event, source: Membership | None = None) -> Deletion:
    """Return the unlinking of a version, read from its event."""
    name = event.subject.rpartition("/")[2]
    return Deletion(
        name=name,
        path=event.subject,
        at=event.at,
        by=event.actor_name,
        is_unlinked=True,
        source=source,
    )


def restorable_until(version: Version) -> datetime | None:
    """Return the time until which a deleted version can be restored; None where it can't be."""
    if version.removed_at:
        return None
    return _until(version.deleted_at, version.sequence.project)


def _until(deleted_at: datetime | None, project: Project) -> datetime | None:
    if deleted_at is None or project.deleted_at:
        return None
    return deleted_at + timedelta(days=settings.TRASH_DAYS)


def _collections_in_trash(project: Project) -> str:
    """Return the address of the collections in a project's trash; a registry's has only these."""
    return project.trash_url if project.is_registry else f"{project.trash_url}/collections"


def best_memberships(memberships: Iterable[Membership]) -> dict[int, Membership]:
    """Return one membership of each version, by version key: its source, else its first link."""
    best: dict[int, Membership] = {}
    for each in sorted(memberships, key=lambda each: each.pk):
        if each.is_source or each.version_id not in best:
            best[each.version_id] = each
    return best


def _name(user: User | None) -> str:
    return user.username if user else ""
