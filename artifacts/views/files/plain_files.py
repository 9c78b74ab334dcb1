"""Bytes of a version at addresses that people can guess: one file, all as a zip, checksums.

    …/{collection}/{version or alias}/files/{path}
    …/{collection}/{version or alias}/-/files.zip?folder={path}
    …/{collection}/{version or alias}/-/sha256sums.txt, md5sums.txt

Below artifacts and below registries; the views take the version, however it was found.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from artifacts.formats.bundles import Part, checksum_line, zip_of
from artifacts.models import ManifestEntry, Membership
from artifacts.reads.plain_files import PlainFile, find_source_file
from artifacts.services.files.downloads import allowed_file
from artifacts.services.reach.memberships import reach_file
from artifacts.services.usage.usage import record_download
from artifacts.store import store
from artifacts.views.files.folder import CHECKSUMS, files_listing
from artifacts.views.json_tree.json_tree import send_json
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.paths import in_version
from artifacts.views.sdk.transfers import send_blob
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.views.login_or_key import KeyedRequest, by_login_or_key
from registry_site.errors import NotFound
from registry_site.http.exports import all_rows

_CHUNK = 1_000  # rows that are read at once
_PIECE = 500  # lines that are sent at once
_REFERENCES = "REFERENCES.txt"


def send_file(request: KeyedRequest, opened: OpenedVersion, path: str) -> HttpResponseBase:
    """Send one file, whole or a range of it."""
    membership = opened.membership
    check(request.user, Action.DOWNLOAD, membership.collection.project)
    entry = reach_file(membership=membership, path=path)
    if entry.blob is None:
        raise NotFound(
            _("“{path}” is a reference: its bytes are not here but at {ref}.").format(
                path=path, ref=entry.ref
            )
        )
    return send_found(request, PlainFile(membership, path, entry.blob.sha256))


def send_found(request: KeyedRequest, file: PlainFile) -> HttpResponseBase:
    """Send a file that the person may download, whole or a range of it."""
    # aliases move and rights change: a browser asks again, and gets 304 if it has the bytes
    response = send_blob(request, file.sha256, file.path, caching="private, no-cache")
    if response.status_code in {200, 206}:
        _record(request, file.membership)
    return response


def send_zip(request: KeyedRequest, opened: OpenedVersion) -> HttpResponseBase:
    """Send all files of a folder, or of the version, as a zip file that is made on the way."""
    membership = opened.membership
    check(request.user, Action.DOWNLOAD, membership.collection.project)
    folder = request.GET.get("folder", "").strip("/")
    entries = _entries(membership, folder)
    made_at = membership.version.committed_at or membership.version.created_at
    name = "-".join([membership.collection.name, membership.number, *folder.split("/")]).strip("-")
    pieces = zip_of(_parts(entries), made_at)
    response = _stream(request, pieces, f"{name}.zip", "application/zip")
    _record(request, membership)
    return response


def send_checksums(
    request: KeyedRequest, opened: OpenedVersion, algorithm: str
) -> HttpResponseBase:
    """Send the checksums of all files, to be checked with `sha256sum -c` or `md5sum -c`.

    Whoever sees the version may have them: they are not its bytes, and its manifest has them, too.
    """
    if algorithm not in CHECKSUMS:
        raise NotFound(_("The checksums are in sha256sums.txt and md5sums.txt."))
    lines = _checksums(_entries(opened.membership, ""), algorithm)
    return _stream(request, lines, f"{algorithm}sums.txt", "text/plain; charset=utf-8")


def send_metadata(request: KeyedRequest, opened: OpenedVersion) -> HttpResponseBase:
    """Send the whole metadata of the version."""
    membership = opened.membership
    name = f"{membership.collection.name}-{membership.number}-metadata.json"
    return send_json(membership.version.metadata, name)


version_metadata = by_login_or_key(in_version(send_metadata))


_searched_file = in_version(send_file)  # finds former names, and says why it refuses


@by_login_or_key
def version_file(request: KeyedRequest, **address: str) -> HttpResponseBase:
    file = allowed_file(request.user, find_source_file(**address))
    return send_found(request, file) if file else _searched_file(request, **address)


version_zip = by_login_or_key(in_version(send_zip))
version_checksums = by_login_or_key(in_version(send_checksums))


def _record(request: KeyedRequest, membership: Membership) -> None:
    if request.method == "GET":
        arguments = request.resolver_match.kwargs
        record_download(
            by=request.user,
            membership=membership,
            reference=arguments.get("reference") or arguments["version"],
            api_key=request.api_key,
        )


def _stream(
    request: KeyedRequest, pieces: Iterator[bytes], name: str, kind: str
) -> HttpResponseBase:
    """Stream pieces; an error before the first is a page, a later one ends the connection."""
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=kind)
    else:
        response = StreamingHttpResponse(chain([next(pieces, b"")], pieces), content_type=kind)
    name = re.sub(r"[^\w.-]+", "-", name)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-cache"
    return response


def _entries(membership: Membership, folder: str) -> Iterator[ManifestEntry]:
    listing = files_listing(membership, folder)
    rows = listing.rows.select_related("blob")
    if folder and not rows.exists():
        raise NotFound(_("There is no folder “{path}” in this version.").format(path=folder))
    return all_rows(replace(listing, rows=rows, chunk=_CHUNK))


def _parts(entries: Iterable[ManifestEntry]) -> Iterator[Part]:
    """Yield the files, and a list of the references, whose bytes are elsewhere."""
    references = []
    for entry in entries:
        if entry.blob is None:
            references.append(f"{entry.path}\t{entry.ref}\n")
        else:
            yield Part(entry.path, entry.blob.size, store().open(entry.blob.sha256))
    if references:
        text = "".join(references).encode()
        yield Part(_REFERENCES, len(text), BytesIO(text))


def _checksums(entries: Iterable[ManifestEntry], algorithm: str) -> Iterator[bytes]:
    lines, references = [], 0
    for entry in entries:
        if entry.blob is None:
            references += 1
            continue
        md5 = base64.b64decode(entry.blob.md5).hex()
        lines.append(checksum_line(entry.blob.sha256 if algorithm == "sha256" else md5, entry.path))
        if len(lines) >= _PIECE:
            yield "".join(lines).encode()
            lines.clear()
    if references:  # coreutils skips lines that begin with #
        lines.append(f"# {references} references are left out: their bytes are elsewhere\n")
    yield "".join(lines).encode()
