"""Files of committed versions as the SDK reads them; addresses are signed only when asked for."""

import mimetypes
from collections.abc import Callable
from typing import Any

from artifacts.formats.file_names import kept_names
from artifacts.graphql.loading import name_of
from artifacts.models import ManifestEntry, Membership, Version
from artifacts.querysets.collections import NUMBER
from artifacts.services.files.downloads import downloadable_membership
from artifacts.services.usage.last_references import last_reference
from artifacts.services.usage.usage import record_download
from artifacts.signing import download_path, no_download_path
from registry_site.graphql.binding import Context
from registry_site.graphql.connections import connection
from registry_site.texts.ids import encode_id

FILES_PAGE = 5000  # what wandb 0.31 asks for when it downloads


def file_of_entry(
    context: Context, version: Version, entry: ManifestEntry, may: bool, handed: Callable[[], None]
) -> dict:
    """Return a file of a committed version, or a reference, which the SDK must find listed, too.

    `handed` is called when an address is read: whoever gets it downloads.
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
    context: Context,
    version: Version,
    may: bool,
    names: list[str] | None = None,
    membership: Membership | None = None,
    **page: Any,
) -> dict[str, Any]:
    """Return a page of a committed version's files, or of those among `names`.

    `membership` is where the version was reached; it is None if only the id led to it.
    """
    handed = _note_once(context, version, membership)
    entries = ManifestEntry.objects.filter(version=version).select_related("blob")
    if names is not None:
        entries = entries.filter(path__in=kept_names(names[:FILES_PAGE], entries, "path"))
    return connection(
        context,
        entries,
        order=["path"],
        limit=FILES_PAGE,
        **page,
        edge=lambda entry: {"node": file_of_entry(context, version, entry, may, handed)},
    )


def _note_once(
    context: Context, version: Version, membership: Membership | None
) -> Callable[[], None]:
    """Return a function that records one download at the first of many addresses."""
    to_note = [membership]

    def handed() -> None:
        while to_note:
            downloaded = to_note.pop() or downloadable_membership(by=context.user, version=version)
            if downloaded:
                record_download(
                    by=context.user,
                    membership=downloaded,
                    reference=_reference(context, downloaded),
                    api_key=context.api_key,
                )

    return handed


def _reference(context: Context, membership: Membership) -> str:
    """Return the name by which the version was reached.

    The SDK resolves an alias to a number and asks for files by that number; so where this request
    has only a number, the last alias is meant.
    """
    name = name_of(context, membership)
    if name and not NUMBER.fullmatch(name):
        return name
    return last_reference(api_key=context.api_key, membership=membership)
