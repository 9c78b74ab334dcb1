"""Upload and download addresses that carry their own permission: they are signed and expire.

The SDK sends no key with them. A download token names the bytes themselves, so that serving a file
asks the database nothing.
"""

import time
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from registry_site.errors import Denied

CLOCKS_APART = 60  # seconds between the web processes' machines, at most
_UPLOAD, _DOWNLOAD = "cairn.upload", "cairn.download"
_NO_RIGHT = "-"


def upload_path(kind: str, pk: int, number: int = 0) -> str:
    """Return the address to which the bytes of this row (file, manifest, run_file) are PUT.

    Of a file in parts (`part`), `number` says which, from 1 on.
    """
    return f"/storage/upload/{signing.dumps([kind, pk, number], salt=_UPLOAD)}"


def download_path(sha256: str, name: str) -> str:
    """Return the address from which the bytes are read, under the last part of `name`."""
    return f"/storage/download/{signing.dumps(sha256, salt=_DOWNLOAD)}/{_last_part(name)}"


def no_download_path(name: str) -> str:
    """Return an address that serves nobody, for who sees a file but may not open it."""
    return f"/storage/download/{_NO_RIGHT}/{_last_part(name)}"


def read_upload_token(token: str) -> tuple[str, int, int]:
    """Return what an upload address is for: kind, row and part, or raise Denied."""
    kind, pk, number = _read(token, _UPLOAD)
    return kind, pk, number


def read_download_token(token: str) -> str:
    """Return the SHA-256 that a download address is for, or raise Denied."""
    if token == _NO_RIGHT:
        raise Denied(_("Downloading needs the role Viewer or above where the version was found."))
    return _read(token, _DOWNLOAD)


def _last_part(name: str) -> str:
    return quote(name.rpartition("/")[2] or "file", safe="")


def _read(token: str, salt: str):  # type: ignore[no-untyped-def]  # whatever was signed
    try:
        content = signing.loads(token, salt=salt, max_age=settings.SIGNED_URL_SECONDS)
        made_at = signing.b62_decode(token.rsplit(":", 2)[1])
        if made_at > time.time() + CLOCKS_APART:
            raise signing.SignatureExpired
        return content
    except signing.SignatureExpired as error:
        raise Denied(_("This address has expired; ask for a new one.")) from error
    except signing.BadSignature as error:
        raise Denied(_("This address was not signed by this server.")) from error
