"""Locks on the rows that operations change, all to the end of the transaction.

Everybody locks a version first, then the project where a collection is to be made, and then the
collections of its memberships, in the order of their keys, so no two wait for each other. Rows
that only refer to a locked version can be added. (A *legal hold* is another thing:
retention/holds.py.)
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership, Project, Run, Version
from registry_site.errors import NotFound
from registry_site.queries.prepared import prepared


def lock_version(pk: int) -> Version:
    """Lock the version's row and return it as it is by then."""
    for version in lock_versions(Version.objects.filter(pk=pk)):
        return version
    raise NotFound(_("This version has been removed for good."))


def lock_live_version(pk: int) -> int | None:
    """Lock the version's row and return its TTL; NotFound where it went to the trash meanwhile."""
    for (ttl_seconds,) in _live_versions(pk):
        return ttl_seconds
    raise NotFound(_("There is no such artifact that you may see."))


def lock_versions(versions: QuerySet[Version]) -> list[Version]:
    """Lock the rows of all these versions and return them."""
    locked = versions.select_for_update(of=("self",), no_key=True)
    return list(locked.for_path().order_by("pk"))  # type: ignore[attr-defined]  # our queryset


def lock_many_versions(versions: QuerySet[Version]) -> None:
    """Lock the rows of all these versions, however many there are."""
    locked = versions.select_for_update(of=("self",), no_key=True)
    for _version in locked.only("pk").order_by("pk").iterator(chunk_size=5_000):
        pass


def lock_project(pk: int) -> None:
    """Lock the project's row: it is not deleted while somebody makes a collection there."""
    locked = Project.objects.live().select_for_update(no_key=True).filter(pk=pk)
    if not locked.values_list("pk").first():
        raise NotFound(_("There is no such project that you may see."))


def lock_collection(pk: int) -> Collection:
    """Lock a collection that is not deleted and return it: its numbers and aliases stay."""
    for collection in _live_collections(pk):
        return collection
    raise NotFound(_("There is no such collection that you may see."))


def lock_collections(pks: Iterable[int]) -> dict[int, Collection]:
    """Lock these collections, deleted ones too, and return them by key with what governs them."""
    locked = Collection.with_deleted.select_for_update(of=("self",)).filter(pk__in=set(pks))
    rows = locked.for_path().prefetch_related("project__protected_aliases").order_by("pk")
    return {collection.pk: collection for collection in rows}


def lock_memberships(versions: Iterable[int], *collections: int) -> dict[int, Collection]:
    """Lock the collections where these versions have memberships, and the others that are named.

    The caller has locked the versions. From here on nobody gives them an alias or a link.
    """
    memberships = Membership.objects.live().filter(version__in=list(versions))
    return lock_collections([*memberships.values_list("collection", flat=True), *collections])


def lock_collection_named(project: Project, name: str) -> Collection | None:
    """Lock what stands at this path and return it; None where nothing does.

    NotFound where the project has lost its name by then: what is done would be at another path.
    """
    rows = _named_collections(project.pk, name)
    if rows and not _named_projects(project.pk, project.name):
        raise NotFound(_("There is no such project that you may see."))
    return rows[0] if rows else None


def lock_run(run: Run) -> Run:
    """Lock the run's row and return it as it is by then."""
    locked: Run | None = Run.objects.select_for_update().filter(pk=run.pk).first()
    if locked is None:
        raise NotFound(_("This run has been deleted."))
    locked.project = run.project
    return locked


@prepared
def _live_collections(pk: Any) -> QuerySet:
    return Collection.objects.select_for_update(of=("self",)).for_path().filter(pk=pk)


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
