"""Uploads to signed addresses, each made for one row."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from artifacts import signing
from artifacts.models import ArtifactFile, Blob, Manifest, RunFile, Version
from artifacts.services.files.blobs import attach_blob, save_blob
from artifacts.services.files.contents import has_content
from artifacts.services.files.multipart import receive_part
from registry_site.errors import Conflict, NotFound
from registry_site.queries.prepared import first, prepared

Read = Callable[[int], bytes]


def receive_upload(*, token: str, read: Read, length: int) -> str:
    """Store the bytes that were sent to a signed address, and return their ETag.

    A repetition is fine. Raises Denied for a forged or expired address, Invalid for a wrong
    checksum or length (then nothing is stored), NotFound where the row is gone, Conflict where
    a committed version has other content.
    """
    kind, pk, number = signing.read_upload_token(token)
    if kind == "part":
        return receive_part(upload=pk, number=number, read=read, length=length)
    receive = {"file": _receive_file, "manifest": _receive_manifest, "run_file": _receive_run_file}
    return receive[kind](pk, read, length).sha256


def _receive_file(pk: int, read: Read, length: int) -> Blob:
    """Store the bytes of an announced file, whose row says which bytes they must be."""
    announced = _announced(pk)
    if not announced:
        raise _gone()
    [(md5, digest, algorithm)] = announced
    xxh128 = digest if algorithm == Version.Algorithm.XXH128 else ""

    def attach(blob: Blob) -> None:
        if not ArtifactFile.objects.set_blob(pk, blob.pk):
            raise _gone()

    return attach_blob(attach, read=read, length=length, md5=md5, xxh128=xxh128)


def _receive_manifest(pk: int, read: Read, length: int) -> Blob:
    manifest: Manifest | None = first(_manifests_to_fill(pk))
    if manifest is None or manifest.version.deleted_at:
        raise _gone()
    blob = save_blob(read=read, length=length, md5=manifest.digest)
    if manifest.version.is_committed:
        if not has_content(manifest.version, blob, whole=manifest.kind == Manifest.Kind.FULL):
            raise Conflict(_("This version is committed: its files can't change any more."))
    elif not Manifest.objects.set_blob(pk, blob.pk, digest=manifest.digest):
        raise Conflict(_("Another manifest was announced meanwhile; ask for its address."))
    return blob


def _receive_run_file(pk: int, read: Read, length: int) -> Blob:
    rows = RunFile.objects.filter(pk=pk, run__deleted_at__isnull=True)
    if not rows.exists():
        raise _gone()
    blob = save_blob(read=read, length=length)
    if not rows.update(blob=blob, updated_at=timezone.now()):
        raise _gone()
    return blob


def _gone() -> NotFound:
    return NotFound(_("What this address was for has been deleted."))


@prepared
def _manifests_to_fill(pk: Any) -> QuerySet:
    return Manifest.objects.filter(pk=pk).select_related("version")


@prepared
def _announced(pk: Any) -> QuerySet:
    rows = ArtifactFile.objects.filter(pk=pk, version__deleted_at__isnull=True)
    return rows.values_list("md5", "digest", "version__digest_algorithm")
