"""The one door to the bytes: written to a temporary name, checked, put in place atomically.

A blob's key is the SHA-256 computed while it is received, so equal bytes lie on the disk once.
Nothing here holds more than one chunk of a file in memory.
"""

import base64
import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from registry_site.errors import Invalid, Unavailable

CHUNK = 2**20  # bytes
_MACHINE_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE}


class Arrived(NamedTuple):
    """What came: its key (SHA-256 in hex), its MD5 (base64), its size in bytes, and where it is."""

    sha256: str
    md5: str
    size: int
    temporary: Path

    def keep(self) -> None:
        """Put the bytes in place, if they aren't there. The caller holds the blob's row: whoever
        removes bytes holds it, too."""
        final = path_of(self.sha256)
        if not final.is_file():
            final.parent.mkdir(parents=True, exist_ok=True)
            self.temporary.chmod(0o640)
            self.temporary.replace(final)


@contextlib.contextmanager
def receive(read: Callable[[int], bytes], length: int | None, md5: str = "") -> Iterator[Arrived]:
    """Take in what `read` gives; what isn't kept inside the block is gone after it.

    `length` in bytes and `md5` (base64) are compared where given: raises Invalid when they differ,
    Unavailable when the disk is full or away.
    """
    try:
        folder = settings.STORAGE_FOLDER / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
            try:
                arrived = _copy(read, target, length)
                _compare(arrived, length, md5)
                os.fsync(target.fileno())
                yield arrived
            finally:
                Path(target.name).unlink(missing_ok=True)
    except OSError as error:
        if error.errno in _MACHINE_TROUBLE:
            raise Unavailable(_("The server's storage can't be written now; try again.")) from error
        raise


def path_of(sha256: str) -> Path:
    """Where the bytes of this SHA-256 (hex) lie."""
    return Path(settings.STORAGE_FOLDER) / "sha256" / sha256[:2] / sha256


def open_blob(sha256: str) -> BinaryIO:
    """Open the bytes for reading; raises Unavailable where the store has lost them."""
    try:
        return path_of(sha256).open("rb")
    except OSError as error:
        raise Unavailable(_("The server's storage can't be read now; try again.")) from error


def is_there(sha256: str) -> bool:
    return path_of(sha256).is_file()


def remove(sha256: str) -> None:
    """Remove the bytes. The caller holds the blob's row, and nothing uses it."""
    path_of(sha256).unlink(missing_ok=True)


def old_keys(before: float) -> Iterator[str]:
    """The keys of all bytes that lie here unchanged since then (seconds since 1970)."""
    for folder in sorted((settings.STORAGE_FOLDER / "sha256").glob("[0-9a-f][0-9a-f]")):
        for entry in os.scandir(folder):
            with contextlib.suppress(FileNotFoundError):  # another process was first
                if entry.stat().st_mtime < before:
                    yield entry.name


def check_ready() -> None:
    """Raise OSError where the store can't be written."""
    folder = settings.STORAGE_FOLDER / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder):
        pass


def clear_incoming() -> None:
    """Remove what killed servers left half received, a day after."""
    limit = time.time() - settings.SIGNED_URL_SECONDS
    for path in (settings.STORAGE_FOLDER / "incoming").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process was first
            if path.stat().st_mtime < limit:
                path.unlink()


def _copy(read: Callable[[int], bytes], target: IO[bytes], length: int | None) -> Arrived:
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    while length is None or size < length:
        chunk = read(CHUNK if length is None else min(CHUNK, length - size))
        if not chunk:
            break
        sha256.update(chunk)
        md5.update(chunk)
        target.write(chunk)
        size += len(chunk)
    target.flush()
    sums = sha256.hexdigest(), base64.b64encode(md5.digest()).decode()
    return Arrived(*sums, size, Path(target.name))


def _compare(arrived: Arrived, length: int | None, md5: str) -> None:
    if length is not None and arrived.size != length:
        raise Invalid(
            _("{size} of {length} bytes arrived; send the file again.").format(
                size=arrived.size, length=length
            )
        )
    if md5 and arrived.md5 != md5:
        raise Invalid(
            _("The bytes have the MD5 {found}, but {md5} was announced; send them again.").format(
                found=arrived.md5, md5=md5
            )
        )
