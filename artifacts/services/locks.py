"""Locks on the rows that operations change, all until the end of the transaction.

All operations lock in one order, so that no two wait for each other: first the version, then the
project in which a collection gets a name, then the collections of the version's memberships, by
key. Rows that only refer to a locked version can still be added. (A *legal hold* is something
else: see retention/holds.py.)
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Run, Version
from registry_site.errors import NotFound
from registry_site.queries.prepared import prepared

T = TypeVar("T")


def lock_version(pk: int) -> Version:
    """Lock the version's row and return it as it is once locked."""
    for version in _locked_versions(pk):
        return version
    raise NotFound(_("This version has been removed for good."))


def lock_version_and_sequence(pk: int) -> Version:
    """Lock the version's row, then its sequence's; return both as they are once locked.

    Raises NotFound where one of them is gone.
    """
    for version in _locked_with_sequences(pk):
        return version
    version = lock_version(pk)
    version.sequence = lock_collection(version.sequence_id)
    return version


def lock_live_version(pk: int) -> int | None:
    """Lock the version's row and return its TTL in seconds; NotFound where it was deleted."""
    for (ttl_seconds,) in _live_versions(pk):
        return ttl_seconds
    raise NotFound(_("There is no such artifact that you may see."))


def lock_versions(versions: QuerySet[Version]) -> list[Version]:
    """Lock the rows of all these versions and return them."""
    locked = versions.select_for_update(of=("self",), no_key=True)
    return list(locked.for_path().order_by("pk"))  # type: ignore[attr-defined]  # our queryset


def lock_many_versions(versions: QuerySet[Version]) -> None:
    """Lock the rows of all these versions, and load few of them at a time."""
    locked = versions.select_for_update(of=("self",), no_key=True)
    for _version in locked.only("pk").order_by("pk").iterator(chunk_size=5_000):
        pass


def lock_project(pk: int) -> None:
    """Lock the project's row, so that it isn't deleted while a collection is made in it."""
    locked = Project.objects.live().select_for_update(no_key=True).filter(pk=pk)
    if not locked.values_list("pk").first():
        raise NotFound(_("There is no such project that you may see."))


def lock_collection(pk: int) -> Collection:
    """Lock and return a collection, so that its numbers and aliases stay; NotFound if deleted."""
    for collection in _live_collections(pk):
        return collection
    raise NotFound(_("There is no such collection that you may see."))


def hold_collection(pk: int) -> None:
    """Lock a collection as `lock_collection` does, for those who need nothing of its row."""
    if not _live_collection_keys(pk):
        raise NotFound(_("There is no such collection that you may see."))


def lock_collections(pks: Iterable[int]) -> dict[int, Collection]:
    """Lock these collections, deleted ones too, and return them by key, with their projects."""
    locked = Collection.with_deleted.select_for_update(of=("self",)).filter(pk__in=set(pks))
    return {collection.pk: collection for collection in locked.for_path().order_by("pk")}


def lock_memberships(versions: Iterable[int], *collections: int) -> dict[int, Collection]:
    """Lock the collections with memberships of these versions, and the `collections` given.

    The caller has locked the versions. Then nobody can give them an alias or a link.
    """
    memberships = Membership.objects.live().filter(version__in=list(versions))
    return lock_collections([*memberships.values_list("collection", flat=True), *collections])


def lock_collection_named(project: Project, name: str) -> Collection:
    """Lock and return the project's collection of this name.

    Raises Collection.DoesNotExist where there is none. Leave the transaction then before you lock
    anything else: PostgreSQL keeps the lock on a collection that was renamed while this waited.
    Raises NotFound where the project was renamed meanwhile, so that the path is another one.
    """
    for collection in _named_collections(project.pk, name):
        if _named_projects(project.pk, project.name):
            return collection
        raise NotFound(_("There is no such project that you may see."))
    raise Collection.DoesNotExist


def with_collection(
    attempt: Callable[..., T], *, lock: Callable[..., Collection], make: Callable[..., Collection]
) -> T:
    """Return `attempt(lock=lock)`, or `attempt(lock=make)` where there is no collection to lock.

    An attempt is a transaction. The first has left its locks before the second begins.
    """
    try:
        return attempt(lock=lock)
    except Collection.DoesNotExist:
        if connection.in_atomic_block and transaction.get_rollback():
            raise OperationalError("the connection was lost in a savepoint") from None
    return attempt(lock=make)


def lock_run(run: Run) -> Run:
    """Lock the run's row and return it as it is once locked."""
    locked: Run | None = Run.objects.select_for_update().filter(pk=run.pk).first()
    if locked is None:
        raise NotFound(_("This run has been deleted."))
    locked.project = run.project
    return locked


@prepared
def _locked_versions(pk: Any) -> QuerySet:
    return Version.objects.filter(pk=pk).select_for_update(of=("self",), no_key=True).for_path()


@prepared
def _locked_with_sequences(pk: Any) -> QuerySet:
    live = Version.objects.filter(pk=pk, sequence__deleted_at__isnull=True)
    # PostgreSQL locks in the order of these names
    return live.select_for_update(of=("self", "sequence"), no_key=True).for_path()


@prepared
def _live_collections(pk: Any) -> QuerySet:
    return Collection.objects.select_for_update(of=("self",)).for_path().filter(pk=pk)


@prepared
def _live_collection_keys(pk: Any) -> QuerySet:
    return Collection.objects.select_for_update().filter(pk=pk).values_list("pk")


@prepared
def _named_collections(project: Any, name: Any) -> QuerySet:
    rows = Collection.objects.select_for_update(of=("self",)).for_path()
    return rows.filter(project=project, name=name)


@prepared
def _named_projects(pk: Any, name: Any) -> QuerySet:
    return Project.objects.live().filter(pk=pk, name=name).values_list("pk")


@prepared
def _live_versions(pk: Any) -> QuerySet:
    live = Version.objects.filter(pk=pk, deleted_at__isnull=True)
    return live.select_for_update(no_key=True).values_list("ttl_seconds")
