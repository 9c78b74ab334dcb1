"""Files of versions by what their addresses say, in one statement each.

A download of a version asks for thousands of files one by one. These reads know no rights, and no
former names: they return nothing where an address is not exactly what it is now.
"""

from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from artifacts.models import Membership
from artifacts.querysets.collections import LATEST, NUMBER, MembershipQuerySet, newest_index
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.queries.prepared import prepared


class PlainFile(NamedTuple):
    """A file with bytes, and the membership through which it is reached.

    Of the membership and its collection only keys are read, of the project what its roles need.
    """

    membership: Membership
    path: str
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def find_source_file(
    *, entity: str, project: str, type_name: str, collection: str, version: str, path: str
) -> PlainFile | None:
    """Return the file at `{entity}/{project}/artifacts/{type}/{collection}/{version}/files/…`."""
    address = entity.lower(), project, type_name, collection
    if version == LATEST:
        return _first(_newest_source_files(*address, path))
    if number := NUMBER.fullmatch(version):
        return _first(_numbered_source_files(*address, int(number[1]), path))
    return _first(_called_source_files(*address, version, path))


def find_registry_file(
    *, organization: str, registry: str, collection: str, reference: str, path: str
) -> PlainFile | None:
    """Return the file at `orgs/{org}/registry/{registry}/{collection}/{version}/files/…`."""
    address = organization, REGISTRY_PREFIX + registry, collection
    if reference == LATEST:
        return _first(_newest_registry_files(*address, path))
    if number := NUMBER.fullmatch(reference):
        return _first(_numbered_registry_files(*address, int(number[1]), path))
    return _first(_called_registry_files(*address, reference, path))


def find_file_by_digest(
    *, entity: str, project: str, collection: str, version_pk: int, digest: str
) -> PlainFile | None:
    """Return the version's first file with this digest (base64), reached in this collection."""
    return _first(_files_by_digest(entity.lower(), project, collection, version_pk, digest))


def _first(rows: list[Membership]) -> PlainFile | None:
    return PlainFile(rows[0], rows[0].path, rows[0].sha256) if rows else None  # type: ignore[attr-defined]


def _files(memberships: MembershipQuerySet, **which: Any) -> QuerySet:
    """Return the memberships annotated with the file of their version that has bytes."""
    at = {f"version__entries__{field}": value for field, value in which.items()}
    return (
        memberships.live()
        .filter(version__entries__blob__isnull=False, **at)
        .annotate(path=F("version__entries__path"), sha256=F("version__entries__blob__sha256"))
        .select_related("collection__project")
        .only(
            "version_id",
            "collection__project__entity_id",
            "collection__project__kind",
            "collection__project__access",
            "collection__project__default_role",
            "collection__project__deleted_at",
        )
    )


def _in_project(entity: Any, project: Any, collection: Any) -> MembershipQuerySet:
    return Membership.objects.filter(
        collection__project__entity__name__lower=entity,
        collection__project__name=project,
        collection__name=collection,
    )


def _in_registry(organization: Any, project: Any, collection: Any) -> MembershipQuerySet:
    return Membership.objects.filter(
        collection__project__entity__organization__name=organization,
        collection__project__name=project,
        collection__name=collection,
    )


def _in_source(entity: Any, project: Any, type_name: Any, collection: Any) -> MembershipQuerySet:
    rows = _in_project(entity, project, collection)
    return rows.filter(collection__artifact_type__name=type_name)


@prepared
def _newest_source_files(
    entity: Any, project: Any, type_name: Any, collection: Any, path: Any
) -> QuerySet:
    rows = _in_source(entity, project, type_name, collection)
    return _files(rows.filter(index=newest_index()), path=path)


@prepared
def _numbered_source_files(
    entity: Any, project: Any, type_name: Any, collection: Any, index: Any, path: Any
) -> QuerySet:
    return _files(_in_source(entity, project, type_name, collection).filter(index=index), path=path)


@prepared
def _called_source_files(
    entity: Any, project: Any, type_name: Any, collection: Any, alias: Any, path: Any
) -> QuerySet:
    rows = _in_source(entity, project, type_name, collection)
    return _files(rows.filter(aliases__name=alias), path=path)


@prepared
def _newest_registry_files(organization: Any, project: Any, collection: Any, path: Any) -> QuerySet:
    rows = _in_registry(organization, project, collection)
    return _files(rows.filter(index=newest_index()), path=path)


@prepared
def _numbered_registry_files(
    organization: Any, project: Any, collection: Any, index: Any, path: Any
) -> QuerySet:
    return _files(_in_registry(organization, project, collection).filter(index=index), path=path)


@prepared
def _called_registry_files(
    organization: Any, project: Any, collection: Any, alias: Any, path: Any
) -> QuerySet:
    rows = _in_registry(organization, project, collection)
    return _files(rows.filter(aliases__name=alias), path=path)


@prepared
def _files_by_digest(
    entity: Any, project: Any, collection: Any, version: Any, digest: Any
) -> QuerySet:
    rows = _in_project(entity, project, collection).filter(version=version)
    return _files(rows, digest=digest).order_by("version__entries__pk")[:1]
