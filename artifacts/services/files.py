"""Files of versions and runs: promised first, then received at a signed address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts import signing, storage
from artifacts.manifests import check_path
from artifacts.models import ArtifactFile, Blob, Manifest, Project, RunFile, Version
from artifacts.services.blobs import borrow, save_blob
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict, Invalid, NotFound

_LOOKUP = 500  # values in one IN list; SQLite bounds them


@dataclass(frozen=True)
class FileSpec:
    """A file that a client is about to upload. Both sums are base64."""

    version_pk: int
    path: str
    md5: str
    digest: str = ""


def create_files(*, by: User, specs: list[FileSpec]) -> list[ArtifactFile]:
    """Note which files will come, in the order given; `blob` is set where no upload is needed.

    That is so only if the same project holds the bytes already: nobody gets at others' bytes by
    naming a checksum. Raises NotFound, Denied, Invalid (a bad path), Conflict (committed).
    """
    versions = _pending_versions(by, {spec.version_pk for spec in specs})
    held: dict[tuple[int, str], Blob] = {}
    for project in {version.sequence.project_id for version in versions.values()}:
        sums = {s.md5 for s in specs if versions[s.version_pk].sequence.project_id == project}
        held |= {(project, md5): blob for md5, blob in _held(project, sums).items()}
    rows: dict[tuple[int, str], ArtifactFile] = {}
    for spec in specs:
        if not 0 < len(spec.md5) <= 24 or len(spec.digest) > 24:
            raise Invalid(_("The MD5 of {path!r} is not base64.").format(path=spec.path[:200]))
        version = versions[spec.version_pk]
        is_md5 = version.digest_algorithm == Version.Algorithm.MD5
        rows[spec.version_pk, check_path(spec.path)] = ArtifactFile(
            version=version,
            path=spec.path,
            md5=spec.md5,
            digest=spec.md5 if is_md5 else spec.digest or spec.md5,
            blob=held.get((version.sequence.project_id, spec.md5)),
        )
    ArtifactFile.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["version", "path"],
        update_fields=["md5", "digest", "blob"],
    )
    return [rows[spec.version_pk, spec.path] for spec in specs]


def receive_upload(*, token: str, read: Callable[[int], bytes], length: int | None = None) -> Blob:
    """Keep the bytes that were sent to a signed address; sending them again is fine.

    Raises Denied for a forged or expired address, Invalid for a wrong checksum or length (then
    nothing is kept), NotFound where the row is gone, Conflict after the commit.
    """
    kind, pk = signing.read_upload_token(token)
    row = _row(kind, pk)
    same: dict[str, Any] = {"pk": pk}  # what the row must still say when its bytes have come
    if isinstance(row, ArtifactFile | Manifest):
        if row.version.state != Version.State.PENDING:
            raise Conflict(_("This version is committed: its files can't change any more."))
        same |= {"md5": row.md5} if isinstance(row, ArtifactFile) else {"digest": row.digest}
    blob = save_blob(read=read, length=length, md5=same.get("md5") or same.get("digest") or "")
    changes = {"updated_at": timezone.now()} if isinstance(row, RunFile) else {}
    if not type(row).objects.filter(**same).update(blob=blob, **changes):
        raise Conflict(_("Another file was announced meanwhile; ask for its address."))
    return blob


def _row(kind: str, pk: int) -> ArtifactFile | Manifest | RunFile:
    models = {"file": ArtifactFile, "manifest": Manifest, "run_file": RunFile}
    rows = models[kind].objects.filter(pk=pk)  # type: ignore[attr-defined]  # a union of managers
    row = (rows if kind == "run_file" else rows.select_related("version")).first()
    if row is None:
        raise NotFound(_("What this address was for has been deleted."))
    return row


def _pending_versions(by: User, pks: Iterable[int]) -> dict[int, Version]:
    wanted = set(pks)
    versions = {version.pk: version for version in Version.objects.filter(pk__in=wanted).for_path()}
    projects = {version.sequence.project for version in versions.values()}
    if wanted - versions.keys() or not all(can(by, Action.READ, each) for each in projects):
        raise NotFound(_("There is no such artifact that you may add files to."))
    for project in projects:
        check(by, Action.EDIT, project)
    for version in versions.values():
        if version.state != Version.State.PENDING:
            raise Conflict(
                _("{version} is committed: its files can't change any more.").format(
                    version=version
                )
            )
    return versions


def _held(project: int | Project, sums: Iterable[str]) -> dict[str, Blob]:
    """Return the bytes that a project holds by their MD5, if they really are there."""
    found: dict[str, Blob] = {}
    for part in chunks(sums):
        files = ArtifactFile.objects.filter(
            version__sequence__project=project, md5__in=part, blob__isnull=False
        ).select_related("blob")
        found |= {file.md5: file.blob for file in files if file.blob}
    found = {md5: blob for md5, blob in found.items() if storage.is_there(blob.sha256)}
    there = borrow(found.values())
    return {md5: blob for md5, blob in found.items() if blob.pk in there}


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Cut values into lists that fit one statement."""
    whole = list(values)
    return (whole[start : start + _LOOKUP] for start in range(0, len(whole), _LOOKUP))
