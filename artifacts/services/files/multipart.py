"""Large files: uploaded in parts, in parallel and in any order, then put together."""

from collections.abc import Callable, Mapping
from contextlib import closing

from django.utils.translation import gettext as _

from artifacts.models import ArtifactFile, Version
from artifacts.services.files.blobs import save_blob
from artifacts.store import Parts, store
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can, check
from registry_site.errors import Conflict, Invalid, NotFound

# wandb 0.31 repeats a request after 30 s: the repetition may wait this long for the first
PATIENCE = 25  # seconds


def receive_part(*, upload: int, number: int, read: Callable[[int], bytes], length: int) -> str:
    """Store one part of an announced file and return its MD5 (hex).

    Raises NotFound where the file is no longer expected, Invalid for other bytes than announced.
    """
    file = _files().filter(pk=upload, version__state=Version.State.PENDING).first()
    if file is None or not 0 < number <= len(file.part_sums):
        raise NotFound(_("What this address was for has been deleted."))
    md5 = file.part_sums[number - 1]
    store().parts(file.pk).save(number, md5, read, length)
    return md5


def complete_upload(
    *, by: User, version_pk: int, upload: int, storage_path: str, confirmed: Mapping[int, str]
) -> ArtifactFile:
    """Put the parts together and check the whole; a repetition returns the same file.

    `confirmed` has the MD5s (hex) of the parts by number, as the client received them. A
    repetition waits for the first request. Raises NotFound, Denied, Conflict after the commit,
    Invalid where parts are missing or wrong, Unavailable after a wait of `PATIENCE`.
    """
    file = _need_upload(by, version_pk, upload, storage_path)
    _check_confirmed(file, confirmed)
    parts = store().parts(file.pk)
    with parts.lock(PATIENCE):
        file.refresh_from_db(fields=["blob"])
        if file.blob_id is None:
            _put_together(file, parts)
        parts.remove()
    return file


def abort_upload(*, by: User, version_pk: int, upload: int, storage_path: str) -> ArtifactFile:
    """Remove the parts that have arrived; a complete file stays."""
    file = _need_upload(by, version_pk, upload, storage_path)
    parts = store().parts(file.pk)
    with parts.lock(PATIENCE):
        parts.remove()
    return file


def _need_upload(by: User, version_pk: int, upload: int, storage_path: str) -> ArtifactFile:
    file = _files().filter(pk=upload, version=version_pk).first()
    is_announced = file is not None and file.part_sums and file.storage_path == storage_path
    if file is None or not is_announced or not can(by, Action.READ, file.version.sequence.project):
        raise NotFound(_("There is no such upload that you may complete."))
    check(by, Action.EDIT, file.version.sequence.project)
    if file.blob_id is None and file.version.state != Version.State.PENDING:
        raise Conflict(_("This version is committed: its files can't change any more."))
    return file


def _check_confirmed(file: ArtifactFile, confirmed: Mapping[int, str]) -> None:
    announced = dict(enumerate(file.part_sums, 1))
    if confirmed.keys() != announced.keys():
        raise Invalid(
            _("{path!r} has {count} parts, but {given} were confirmed; confirm each once.").format(
                path=file.path, count=len(announced), given=len(confirmed)
            )
        )
    for number, md5 in announced.items():
        if confirmed[number] != md5:
            raise Invalid(
                _(
                    "Part {number} of {path!r} was announced with the MD5 {md5}, but confirmed "
                    "with {given}."
                ).format(number=number, path=file.path, md5=md5, given=confirmed[number][:50])
            )


def _put_together(file: ArtifactFile, parts: Parts) -> None:
    missing = parts.missing(file.part_sums)
    if missing:
        raise Invalid(
            _("Part {number} of {path!r} never arrived; send it again.").format(
                number=missing[0], path=file.path
            )
        )

    with closing(parts.open(file.part_sums)) as whole:
        file.blob = save_blob(
            read=whole.read,
            length=whole.size,
            md5=file.md5,
            xxh128=file.digest if file.version.is_summed_by_xxh128 else "",
        )
    if not ArtifactFile.objects.filter(pk=file.pk).update(blob=file.blob):
        raise NotFound(_("There is no such upload that you may complete."))


def _files():  # type: ignore[no-untyped-def]
    files = ArtifactFile.objects.filter(version__deleted_at__isnull=True)
    return files.select_related("version__sequence__project__entity")
