"""Finds the bytes of a manifest's entries, and stores the entries as rows."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.formats.manifests import Entry
from artifacts.models import ArtifactFile, Blob, ManifestEntry, Version
from artifacts.services.files.blobs import borrow, chunks
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action
from registry_site.errors import Invalid
from registry_site.queries.prepared import prepared

Row = tuple[str, str, int, str, int | None, int | None]
Bases = Callable[[], list[Version]]  # versions that another is based on, read when they are needed

_INSERTED = 2_000  # rows inserted at once
_COLUMNS = "version_id", "path", "digest", "blob_id", "size", "blob__wanted_at"


class Found(NamedTuple):
    """Bytes in the store: the blob's key and its size in bytes.

    `wanted_at` is set only for bytes that were uploaded for something else.
    """

    blob_pk: int
    size: int
    wanted_at: datetime | None = None


def find_bytes(
    *, by: User, version: Version, entries: Iterable[Entry], bases: Bases
) -> dict[str, Found]:
    """Return the bytes of entries that aren't references, by path; missing ones are left out.

    Searched in this order: uploads for the version; its bases, under the same path; the version
    that the entry names as its birth, if the person may download that; the project. The project is
    searched by MD5 only: an XXH128 is easy to forge, so it may select among the bytes of one
    version, never among everybody's.
    """
    left = {entry.path: entry for entry in entries if not entry.ref}
    own = _own(version, left)
    lent: dict[str, Found] = {}
    for look in (
        partial(_in_bases, bases),
        partial(_in_births, by, "path"),
        partial(_in_births, by, "digest"),
        partial(_in_project, version),
    ):
        left = {path: left[path] for path in left.keys() - own.keys() - lent.keys()}
        lent |= look(left) if left else {}
    there = borrow({each.blob_pk: each.wanted_at for each in lent.values() if each.wanted_at})
    return own | {path: each for path, each in lent.items() if each.blob_pk in there}


def row_of(version: Version, entry: Entry, bytes_: Found | None) -> Row:
    """Return the row that `store_entries` inserts for an entry with these bytes."""
    if bytes_ is None:
        return entry.path, entry.digest, entry.size, entry.ref, None, None
    birth = entry.birth_pk or version.pk
    return entry.path, entry.digest, bytes_.size, entry.ref, birth, bytes_.blob_pk


def store_entries(version: Version, rows: Iterable[Row]) -> None:
    """Insert the entries of a version that is being committed, and set its size and file count."""
    version.size = version.file_count = 0
    for part in chunks(rows, _INSERTED):
        version.size += sum(row[2] for row in part)
        version.file_count += len(part)
        if version.size >= 2**63:
            raise Invalid(_("The manifest is not JSON of the form that the SDK writes."))
        ManifestEntry.objects.insert(
            ("path", "digest", "size", "ref", "birth_version_id", "blob_id"),
            part,
            version_id=version.pk,
        )


def _own(version: Version, left: Mapping[str, Entry]) -> dict[str, Found]:
    return {
        path: Found(blob_pk, size)
        for part in chunks(left)
        for path, digest, blob_pk, size in _files_that_came(version.pk, part)
        if left[path].digest == digest
    }


@prepared
def _files_that_came(version: Any, paths: Any) -> QuerySet:
    rows = ArtifactFile.objects.filter(version=version, blob__isnull=False, path__among=paths)
    return rows.values_list("path", "digest", "blob_id", "blob__size")


def _in_bases(bases: Bases, left: Mapping[str, Entry]) -> dict[str, Found]:
    rows = ManifestEntry.objects.filter(version__in=bases(), blob__isnull=False)
    return {
        path: Found(*bytes_)
        for part in chunks(left)
        for _version, path, digest, *bytes_ in rows.filter(path__in=part).values_list(*_COLUMNS)
        if left[path].digest == digest
    }


def _in_births(by: User, field: str, left: Mapping[str, Entry]) -> dict[str, Found]:
    """Return bytes from the birth versions, by path (indexed) or, for renamed files, by digest."""
    bytes_of: dict[str, Found] = {}
    left = {path: entry for path, entry in left.items() if entry.birth_id}
    may = Version.objects.permitting(Action.DOWNLOAD, by)
    for part in chunks(left.values()):
        births = {entry.path: entry.birth_pk for entry in part}
        lenders = list(may.filter(pk__in=set(births.values())).values_list("pk", flat=True))
        looked_for = {f"{field}__in": {getattr(entry, field) for entry in part}}
        rows = ManifestEntry.objects.filter(
            version__in=lenders, blob__isnull=False, **looked_for
        ).values_list(*_COLUMNS)
        lent = {
            (version, path if field == "path" else "", digest): Found(*bytes_)
            for version, path, digest, *bytes_ in rows
        }
        for entry in part:
            path = entry.path if field == "path" else ""
            if bytes_ := lent.get((births[entry.path], path, entry.digest)):
                bytes_of[entry.path] = bytes_
    return bytes_of


def _in_project(version: Version, left: Mapping[str, Entry]) -> dict[str, Found]:
    bytes_of: dict[str, Found] = {}
    for part in chunks(entry for entry in left.values() if not entry.is_xxh128):
        blobs = Blob.objects.held_by(version.sequence.project_id).filter(
            md5__in={entry.digest for entry in part}
        )
        by_md5 = {blob.md5: Found(blob.pk, blob.size, blob.wanted_at) for blob in blobs}
        bytes_of |= {entry.path: by_md5[entry.digest] for entry in part if entry.digest in by_md5}
    return bytes_of
