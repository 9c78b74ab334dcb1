"""Files that versions will have: announced first, then received (see uploads.py)."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts import storage
from artifacts.manifests import check_path
from artifacts.models import ArtifactFile, Blob, Version
from artifacts.services.blobs import borrow, chunks
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict, Invalid, NotFound
from registry_site.json_text import write_json


@dataclass(frozen=True)
class FileSpec:
    """A file that a client is about to upload. Sums are base64, those of its parts hex.

    `digest` is the sum by the version's own algorithm; for an MD5 version it is the MD5.
    """

    version_pk: int
    path: str
    md5: str
    digest: str = ""
    part_sums: tuple[str, ...] = ()


def create_files(*, by: User, specs: list[FileSpec]) -> list[ArtifactFile]:
    """Note which files will come, in the order given; `blob` is set where no upload is needed.

    That is so only if the same project holds the bytes already: nobody gets at others' bytes by
    naming a checksum. Announcing a file again changes nothing. Raises NotFound, Denied, Invalid
    (a bad path or sum), and Conflict for a file that a committed version doesn't have.
    """
    versions = _versions(by, {spec.version_pk for spec in specs})
    for spec in specs:
        check_path(spec.path)
        _check_sums(spec)
    found: dict[tuple[int, str, str], ArtifactFile] = {}
    for pk, version in versions.items():
        own = [spec for spec in specs if spec.version_pk == pk]
        rows = _committed(version, own) if version.is_committed else _announce(version, own)
        found |= {(pk, row.path, row.md5): row for row in rows}
    return [found[spec.version_pk, spec.path, spec.md5] for spec in specs]


def _versions(by: User, wanted: set[int]) -> dict[int, Version]:
    rows = Version.objects.filter(pk__in=wanted, deleted_at__isnull=True).for_path()
    versions = {version.pk: version for version in rows}
    projects = {version.sequence.project for version in versions.values()}
    if wanted - versions.keys() or not all(can(by, Action.READ, each) for each in projects):
        raise NotFound(_("There is no such artifact that you may add files to."))
    for project in projects:
        check(by, Action.EDIT, project)
    return versions


def _check_sums(spec: FileSpec) -> None:
    for sum_ in (spec.md5, *filter(None, [spec.digest])):
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


def _committed(version: Version, specs: list[FileSpec]) -> Iterable[ArtifactFile]:
    """The files as the committed version has them: a process may come late with equal content."""
    has: dict[str, Blob | None] = {}
    for part in chunks(spec.path for spec in specs):
        entries = version.entries.filter(path__in=part).select_related("blob")
        has |= {entry.path: entry.blob for entry in entries}
    for spec in specs:
        blob = has.get(spec.path)
        if blob is None or blob.md5 != spec.md5:
            raise Conflict(
                _("{version} is committed: its files can't change any more.").format(
                    version=version
                )
            )
        yield ArtifactFile(version=version, path=spec.path, md5=spec.md5, blob=blob)


def _announce(version: Version, specs: list[FileSpec]) -> list[ArtifactFile]:
    by_xxh128 = version.digest_algorithm == Version.Algorithm.XXH128
    if by_xxh128 and not all(spec.digest for spec in specs):
        raise Invalid(_("Say the XXH128 of each file: it is what {version} was begun with.").format(
            version=version
        ))  # fmt: skip
    wanted = {(spec.path, spec.md5): spec for spec in specs}
    held = _held(version, specs, by_xxh128)
    ArtifactFile.objects.insert(
        ("path", "md5", "digest", "blob_id", "part_sums"),
        (
            (path, md5, spec.digest if by_xxh128 else md5, held.get((path, md5)),
             write_json(spec.part_sums))
            for (path, md5), spec in wanted.items()
        ),
        version_id=version.pk, created_at=timezone.now(),
    )  # fmt: skip
    rows = [row for row in _rows(version, wanted) if (row.path, row.md5) in wanted]
    for row in rows:
        _catch_up(row, wanted[row.path, row.md5], held.get((row.path, row.md5)), by_xxh128)
    return rows


def _catch_up(row: ArtifactFile, spec: FileSpec, held: int | None, by_xxh128: bool) -> None:
    """Where it was announced before, by an answer that was lost or by another process."""
    if by_xxh128 and row.digest != spec.digest:
        raise Invalid(_("{path!r} was announced with another XXH128 before.").format(path=row.path))
    blob_pk, part_sums = row.blob_id or held, list(spec.part_sums) or row.part_sums
    if (blob_pk, part_sums) != (row.blob_id, row.part_sums):
        row.blob_id, row.part_sums = blob_pk, part_sums
        row.save(update_fields=["blob", "part_sums"])


def _rows(version: Version, wanted: Mapping[tuple[str, str], FileSpec]) -> Iterable[ArtifactFile]:
    for part in chunks(path for path, _md5 in wanted):
        for row in ArtifactFile.objects.filter(version=version, path__in=part):
            row.version = version
            yield row


def _held(version: Version, specs: list[FileSpec], by_xxh128: bool) -> dict[tuple[str, str], int]:
    """Return the bytes that the project holds already, by path and MD5.

    Where the client names an XXH128, too, it must be that of the bytes: it is easy to forge.
    """
    found: dict[str, Blob] = {}
    for part in chunks(spec.md5 for spec in specs):
        blobs = Blob.objects.held_by(version.sequence.project_id).filter(md5__in=part)
        found |= {blob.md5: blob for blob in blobs if storage.is_there(blob.sha256)}
    there = borrow({blob.pk: blob.wanted_at for blob in found.values()})
    return {
        (spec.path, spec.md5): found[spec.md5].pk
        for spec in specs
        if spec.md5 in found
        and found[spec.md5].pk in there
        and (not by_xxh128 or found[spec.md5].xxh128 == spec.digest)
    }
