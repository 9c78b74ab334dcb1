"""Files and manifests as the SDK reads them: dicts, addresses signed only when asked for."""

import mimetypes
from collections.abc import Callable
from typing import Any

from artifacts.formats.file_names import kept_names
from artifacts.models import ArtifactFile, Manifest, ManifestEntry, Membership, Version
from artifacts.querysets.collections import NUMBER
from artifacts.services.files.downloads import downloadable_membership
from artifacts.services.usage.names_reached import last_reference
from artifacts.services.usage.usage import record_download
from artifacts.signing import download_path, no_download_path, upload_path
from registry_site.graphql.binding import Context
from registry_site.graphql.connections import connection
from registry_site.texts.ids import encode_id

FILES_PAGE = 5000  # what wandb 0.31 asks for when it downloads
MANIFEST = "wandb_manifest.json"  # wandb 0.31 knows the manifest by this part of its address


def file_of_entry(
    context: Context, version: Version, entry: ManifestEntry, may: bool, handed: Callable[[], None]
) -> dict:
    """A path of a committed version. References are listed too, else they aren't downloaded.

    `handed` is called when an address is read: who gets it downloads.
    """

    def address() -> str:
        if not may:
            return context.base_url + no_download_path(entry.name)
        handed()
        if entry.blob is None:
            return entry.ref
        return context.base_url + download_path(entry.blob.sha256, entry.name)

    return {
        "id": encode_id("File", entry.pk),
        "name": entry.path,
        "displayName": entry.path,
        "url": address,
        "directUrl": address,
        "sizeBytes": entry.size,
        "storagePath": f"wandb_artifacts/{version.pk}/{entry.path}",
        "mimetype": mimetypes.guess_type(entry.path)[0],
        "updatedAt": version.created_at,
        "digest": entry.digest,
        "md5": entry.blob and entry.blob.md5,
        "uploadHeaders": [],
        "artifact": version,
    }


def files_of_version(
    context: Context, version: Version, may: bool, names: list[str] | None = None,
    membership: Membership | None = None, **page: Any,
) -> dict[str, Any]:  # fmt: skip
    """A page of a committed version's paths, or of those among `names`.

    `membership` is where the version was reached, None by the id alone.
    """
    handed = _note_once(context, version, membership)
    entries = ManifestEntry.objects.filter(version=version).select_related("blob")
    if names is not None:
        entries = entries.filter(path__in=kept_names(names[:FILES_PAGE], entries, "path"))
    return connection(
        context, entries, order=["path"], limit=FILES_PAGE, **page,
        edge=lambda entry: {"node": file_of_entry(context, version, entry, may, handed)},
    )  # fmt: skip


def _note_once(
    context: Context, version: Version, membership: Membership | None
) -> Callable[[], None]:
    """Note the download at the first of many addresses."""
    left = [membership]

    def handed() -> None:
        while left:
            found = left.pop() or downloadable_membership(by=context.user, version=version)
            if found:
                record_download(
                    by=context.user, membership=found, reference=_reference(context, found),
                    api_key=context.api_key,
                )  # fmt: skip

    return handed


def _reference(context: Context, membership: Membership) -> str:
    """By which name it was reached: the SDK asks for files by the number that it resolved."""
    asked: str = getattr(membership, "asked_as", "")
    if asked and not NUMBER.fullmatch(asked):
        return asked
    return last_reference(api_key=context.api_key, membership=membership)


def manifest_of_version(context: Context, version: Version, may: bool) -> dict | None:
    """The manifest of a committed version, to be read."""
    blob = version.manifest
    if blob is None:
        return None
    path = download_path(blob.sha256, MANIFEST) if may else no_download_path(MANIFEST)
    file = {
        "id": encode_id("ManifestFile", version.pk),
        "name": MANIFEST,
        "displayName": MANIFEST,
        "directUrl": context.base_url + path,
        "sizeBytes": blob.size,
        "md5": blob.md5,
        "uploadHeaders": [],
    }
    return {"id": encode_id("VersionManifest", version.pk), "file": file}


def announced_manifest(context: Context, manifest: Manifest) -> dict:
    """A manifest whose bytes are to be uploaded."""
    file = {
        "id": encode_id("AnnouncedFile", manifest.pk),
        "name": MANIFEST,
        "displayName": MANIFEST,
        "uploadUrl": lambda: context.base_url + upload_path("manifest", manifest.pk),
        "uploadHeaders": [],
    }
    return {"id": encode_id("ArtifactManifest", manifest.pk), "file": file}


def announced_file(context: Context, file: ArtifactFile) -> dict:
    """A file to be uploaded, or without an address where its bytes are here already."""
    is_here = file.blob_id is not None
    return {
        "id": lambda: encode_id("AnnouncedFile", file.pk),
        "name": file.path,
        "displayName": file.path,
        "storagePath": file.storage_path,
        "uploadUrl": None if is_here else lambda: context.base_url + upload_path("file", file.pk),
        "uploadHeaders": [],
        "uploadMultipartUrls": lambda: None if is_here else _addresses_of_parts(context, file),
        "artifact": file.version,
    }


def _addresses_of_parts(context: Context, file: ArtifactFile) -> dict | None:
    """Where each part goes; null for a file that comes in one piece."""
    if not file.part_sums:
        return None
    numbers = range(1, len(file.part_sums) + 1)
    address = context.base_url + "{}"
    return {
        "uploadID": encode_id("Upload", file.pk),
        "uploadUrlParts": [
            {"partNumber": n, "uploadUrl": address.format(upload_path("part", file.pk, n))}
            for n in numbers
        ],
    }
