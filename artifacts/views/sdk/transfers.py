"""Bytes in and out: uploads and downloads at signed addresses, and files by their membership.

Both directions hold one chunk in memory at most; the web server sends files itself (sendfile).
"""

import base64
import binascii
import mimetypes
import re
from urllib.parse import unquote

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from artifacts import signing
from artifacts.services.files.downloads import downloadable_file
from artifacts.services.files.uploads import receive_upload
from artifacts.store import store
from registry_site.accounts.authentication.api_keys import need_api_key
from registry_site.errors import Invalid
from registry_site.http.refusals import answers_in_json
from registry_site.pages import server_address
from registry_site.texts.ids import decode_id

# types of previews in a browser; Python 3.11 lacks them, and a system's list may, too
for _suffix, _type in {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4v": "video/mp4",
    ".ogv": "video/ogg",
}.items():
    mimetypes.add_type(_type, _suffix)

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@csrf_exempt
@login_not_required
@translation.override("en")
@answers_in_json(may_wait=True)
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Receive the bytes that a signed address was made for."""
    if request.method == "OPTIONS" and "Origin" in request.headers:
        return _allowed_origin(request)
    if request.method != "PUT":
        raise Invalid(_("PUT the bytes to this address."))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or "Transfer-Encoding" in request.headers:
        raise Invalid(_("Say the length of the bytes in Content-Length."))
    etag = receive_upload(token=token, read=request.read, length=int(length))
    return HttpResponse(headers={"ETag": f'"{etag}"'})


@login_not_required
@translation.override("en")
@answers_in_json(may_wait=False)
def download(request: HttpRequest, token: str, name: str) -> HttpResponse | FileResponse:
    """Send the bytes that a signed address names, whole or one range of them."""
    if request.method == "OPTIONS" and "Origin" in request.headers:
        return _allowed_origin(request)
    if request.method not in {"GET", "HEAD"}:
        raise Invalid(_("GET the bytes from this address."))
    return send_blob(request, signing.read_download_token(token), name)


@login_not_required
@translation.override("en")
@answers_in_json(may_wait=False)
def artifact_file(
    request: HttpRequest,
    entity: str,
    project: str,
    collection: str,
    digest: str,
    artifact_id: str = "",
    **_said_again: str,
) -> HttpResponse:
    """Redirect to the file of this hex digest, if the viewer may download where the path says.

    wandb 0.31 encodes parts twice if a name has a `%`; releases up to 0.25 send no `artifact_id`.
    """
    key = need_api_key(request)
    sha256, name = downloadable_file(
        by=key.user,
        entity_name=unquote(entity),
        project_name=unquote(project),
        collection_name=unquote(collection),
        version_pk=decode_id(unquote(artifact_id), "Artifact") if artifact_id else None,
        digest=_in_base64(digest),
        api_key=key,
    )
    return HttpResponseRedirect(signing.download_path(sha256, name), preserve_request=True)


def _in_base64(digest: str) -> str:
    try:
        return base64.b64encode(binascii.unhexlify(digest)).decode()
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("The digest in this address is not hexadecimal.")) from error


def _allowed_origin(request: HttpRequest) -> HttpResponse:
    """Let pages of this server, and of no other, read and write the bytes.

    `wandb verify` (0.31) asks for this at every address of a file.
    """
    response = HttpResponse(status=204, headers={"Vary": "Origin"})
    own = server_address(request)
    if request.headers.get("Origin", "").rstrip("/") == own:
        response["Access-Control-Allow-Origin"] = own
        response["Access-Control-Allow-Methods"] = "GET, HEAD, PUT"
    return response


def send_blob(
    request: HttpRequest,
    sha256: str,
    name: str,
    *,
    caching: str = "private, max-age=86400, immutable",
) -> HttpResponse | FileResponse:
    """Send bytes of the store as a download that no browser runs."""
    etag = f'"{sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": caching})
    size = store().size_of(sha256)
    requested = _asked_range(request, size, etag)
    if requested is not None and not requested:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = range(size) if requested is None else requested
    response = _attachment(sha256, name, part)
    if requested is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response["ETag"], response["Cache-Control"] = etag, caching
    return response


def _attachment(sha256: str, name: str, part: range) -> FileResponse:
    response = FileResponse(
        store().open_range(sha256, part),
        as_attachment=True,
        filename=name,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    response["Content-Length"] = str(len(part))
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _asked_range(request: HttpRequest, size: int, etag: str) -> range | None:
    """Return the requested bytes: None for all, an empty range for what can't be served.

    More than one range at once may be answered with the whole (RFC 9110), and is.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not match or not any(match.groups()) or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


@csrf_exempt
@login_not_required
def no_telemetry(request: HttpRequest, name: str) -> HttpResponse:
    """Say that nobody listens here, so that the SDK stops sending."""
    return HttpResponse(status=404)
