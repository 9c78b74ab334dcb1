"""Files of pending versions: clients announce them here, then upload them (see uploads.py)."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts.formats.manifests import check_path
from artifacts.models import ArtifactFile, Blob, Version
from artifacts.services.files.blobs import borrow, chunks
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict, Invalid, NotFound
from registry_site.queries.prepared import prepared

Wanted = Mapping[tuple[str, str], "FileSpec"]  # by path and digest


@dataclass(frozen=True)
class FileSpec:
    """A file that a client is about to upload. Sums are base64, those of its parts hex.

    `digest` is the sum by the version's algorithm, MD5 or XXH128. For a large file with an XXH128,
    wandb 0.31 sends no MD5.
    """

    version_pk: int
    path: str
    md5: str
    digest: str = ""
    part_sums: tuple[str, ...] = ()


def create_files(*, by: User, specs: list[FileSpec]) -> list[ArtifactFile]:
    """Announce files, and return their rows in the same order.

    `blob` is set where no upload is needed, which is only where the same project has the bytes
    already: nobody gets at others' bytes by naming a checksum. Announcing a file again changes
    nothing. Raises NotFound, Denied, Invalid (a bad path or sum), and Conflict for a file that a
    committed version doesn't have.
    """
    versions = _versions(by, {spec.version_pk for spec in specs})
    row_of: dict[tuple[int, str, str], ArtifactFile] = {}
    for pk, version in versions.items():
        own = [spec for spec in specs if spec.version_pk == pk]
        specs_by_key = {(check_path(spec.path), _digest(version, spec)): spec for spec in own}
        rows = (
            _committed(version, specs_by_key)
            if version.is_committed
            else _announce(version, specs_by_key)
        )
        row_of |= {(pk, row.path, row.digest): row for row in rows}
    keys = ((spec.path, _digest(versions[spec.version_pk], spec)) for spec in specs)
    return [row_of[spec.version_pk, *key] for spec, key in zip(specs, keys, strict=True)]


def _versions(by: User, pks: set[int]) -> dict[int, Version]:
    versions = {version.pk: version for version in _versions_to_add_to(list(pks))}
    projects = {version.sequence.project for version in versions.values()}
    if pks - versions.keys() or not all(can(by, Action.READ, each) for each in projects):
        raise NotFound(_("There is no such artifact that you may add files to."))
    for project in projects:
        check(by, Action.EDIT, project)
    return versions


@prepared
def _versions_to_add_to(keys: Any) -> QuerySet:
    return Version.objects.filter(pk__among=keys, deleted_at__isnull=True).for_path()


def _digest(version: Version, spec: FileSpec) -> str:
    """Return the file's digest, by the version's algorithm."""
    digest = spec.digest if version.is_summed_by_xxh128 else spec.md5
    for sum_ in (digest, spec.md5 or digest):
        try:
            size = len(base64.b64decode(sum_, validate=True))
        except (binascii.Error, ValueError):
            size = 0
        if size != 16:
            raise Invalid(
                _("The checksum {sum!r} of {path!r} is not the base64 of 16 bytes.").format(
                    sum=sum_[:50], path=spec.path[:200]
                )
            )
    return digest


def _committed(version: Version, specs: Wanted) -> Iterable[ArtifactFile]:
    """Return the committed version's files: a late process may announce equal content."""
    has: dict[str, Blob | None] = {}
    for part in chunks(path for path, _sum in specs):
        entries = version.entries.filter(path__in=part).select_related("blob")
        has |= {entry.path: entry.blob for entry in entries}
    for (path, digest), spec in specs.items():
        blob = has.get(path)
        if blob is None or not _fits(version, blob, spec):
            raise Conflict(
                _("{version} is committed: its files can't change any more.").format(
                    version=version
                )
            )
        yield ArtifactFile(version=version, path=path, md5=spec.md5, digest=digest, blob=blob)


def _announce(version: Version, specs: Wanted) -> list[ArtifactFile]:
    blob_pks, new = _blob_pks_in_project(version, specs), []
    parts = list(chunks(sorted(specs.items())))  # in one order, so that no deadlock arises
    with transaction.atomic() if len(parts) > 1 else nullcontext():
        for part in parts:
            files = [
                (*key, spec.md5, blob_pks.get(key), list(spec.part_sums)) for key, spec in part
            ]
            new += ArtifactFile.objects.announce(version.pk, files, timezone.now())
    for row in new:
        row.version = version
    left = specs.keys() - {(row.path, row.digest) for row in new}
    old = [row for row in _rows(version, left) if (row.path, row.digest) in left]
    for row in old:
        key = row.path, row.digest
        _catch_up(row, specs[key], blob_pks.get(key))
    return [*new, *old]


def _catch_up(row: ArtifactFile, spec: FileSpec, blob_pk_at_hand: int | None) -> None:
    """Complete the row of a file that was announced before, by this or another process."""
    if row.md5 != spec.md5:  # another file with the same XXH128
        raise Invalid(_("{path!r} was announced with another MD5 before.").format(path=row.path))
    blob_pk, part_sums = row.blob_id or blob_pk_at_hand, list(spec.part_sums) or row.part_sums
    if (blob_pk, part_sums) != (row.blob_id, row.part_sums):
        row.blob_id, row.part_sums = blob_pk, part_sums
        row.save(update_fields=["blob", "part_sums"])


def _rows(version: Version, keys: Iterable[tuple[str, str]]) -> Iterable[ArtifactFile]:
    for part in chunks(path for path, _digest in keys):
        for row in _announced_files(version.pk, part):
            row.version = version
            yield row


@prepared
def _announced_files(version: Any, paths: Any) -> QuerySet:
    return ArtifactFile.objects.filter(version=version, path__among=paths)


def _blob_pks_in_project(version: Version, specs: Wanted) -> dict[tuple[str, str], int]:
    """Return the blobs that the project has already, by MD5, since an XXH128 is easy to forge."""
    blob_of: dict[str, Blob] = {}
    for part in chunks(spec.md5 for spec in specs.values() if spec.md5):
        blobs = _blobs_in_project(version.sequence.project_id, part)
        blob_of |= {blob.md5: blob for blob in blobs if store().exists(blob.sha256)}
    there = borrow({blob.pk: blob.wanted_at for blob in blob_of.values()})
    return {
        key: blob_of[spec.md5].pk
        for key, spec in specs.items()
        if spec.md5 in blob_of
        and blob_of[spec.md5].pk in there
        and _fits(version, blob_of[spec.md5], spec)
    }


@prepared
def _blobs_in_project(project: Any, md5s: Any) -> QuerySet:
    return Blob.objects.held_by(project).filter(md5__among=md5s)


def _fits(version: Version, blob: Blob, spec: FileSpec) -> bool:
    """Return whether the blob has the sums that the client announced."""
    if version.is_summed_by_xxh128 and blob.xxh128 != spec.digest:
        return False
    return blob.md5 == spec.md5 if spec.md5 else version.is_summed_by_xxh128
