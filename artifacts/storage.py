"""The one door to the bytes: written to a temporary name, checked, put in place atomically.

A blob's key is the SHA-256 computed while it is received, so equal bytes lie on the disk once.
Nothing here holds more than one chunk of a file in memory.
"""

import base64
import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, Protocol

import xxhash
from django.conf import settings
from django.utils.translation import gettext as _

from registry_site.errors import MACHINE_TROUBLE, Invalid, Unavailable

CHUNK = 2**20  # bytes
_TRIED = 64 * 1024  # bytes: a disk may have a name left for a file, but no block


class Sum(Protocol):
    """What hashlib and xxhash make."""

    def update(self, data: bytes, /) -> None: ...


class Arrived(NamedTuple):
    """What came: its key (SHA-256 in hex), its MD5 and XXH128 (base64), its size in bytes, and
    where it is."""

    sha256: str
    md5: str
    xxh128: str
    size: int
    temporary: Path

    def keep(self) -> None:
        """Put the bytes in place, if they aren't there, so that no power cut can lose them.

        The caller has made or marked the blob's row: whoever removes bytes holds it.
        """
        final = path_of(self.sha256)
        if not final.is_file():
            final.parent.mkdir(parents=True, exist_ok=True)
            self.temporary.chmod(0o600)
            self.temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def receive(
    read: Callable[[int], bytes], length: int | None, md5: str = "", xxh128: str = ""
) -> Iterator[Arrived]:
    """Take in what `read` gives; what isn't kept inside the block is gone after it.

    `length` in bytes, `md5` and `xxh128` (base64) are compared where given: raises Invalid when
    they differ, Unavailable when the disk is full or away.
    """
    folder = settings.STORAGE_FOLDER / "incoming"
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
            try:
                sha256, md5_sum = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
                xxh128_sum = xxhash.xxh128()
                size = copy(read, target, length, sha256, md5_sum, xxh128_sum)
                sums = [base64.b64encode(each.digest()).decode() for each in (md5_sum, xxh128_sum)]
                arrived = Arrived(sha256.hexdigest(), sums[0], sums[1], size, Path(target.name))
                _compare(arrived, md5, xxh128)
                os.fsync(target.fileno())
                yield arrived
            finally:
                Path(target.name).unlink(missing_ok=True)


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Say Unavailable where the disk is full or away."""
    try:
        yield
    except OSError as error:
        if error.errno in MACHINE_TROUBLE:
            raise Unavailable(_("The server's storage can't be written now; try again.")) from error
        raise


def copy(read: Callable[[int], bytes], target: IO[bytes], length: int | None, *sums: Sum) -> int:
    """Write what `read` gives, chunk by chunk, and add it to the sums; return its size in bytes.

    Raises Invalid where it ends before `length`.
    """
    size = 0
    while length is None or size < length:
        chunk = read(CHUNK if length is None else min(CHUNK, length - size))
        if not chunk:
            break
        for each in sums:
            each.update(chunk)
        target.write(chunk)
        size += len(chunk)
    if length is not None and size != length:
        raise Invalid(
            _("{size} of {length} bytes arrived; send the file again.").format(
                size=size, length=length
            )
        )
    target.flush()
    return size


@contextlib.contextmanager
def scratch() -> Iterator[IO[str]]:
    """Lend a file for lines that would take too much memory; it has no name and is soon gone."""
    folder = settings.STORAGE_FOLDER / "incoming"
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile("w+", dir=folder, encoding="utf-8") as file:
            yield file


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
    """Raise OSError where the store, or the database's folder beside it, takes no bytes."""
    incoming = settings.STORAGE_FOLDER / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    for folder in {incoming, Path(settings.DATA_DIR)}:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
            file.flush()
            os.fsync(file.fileno())


def clear_incoming() -> None:
    """Remove what killed servers left half received, a day after."""
    limit = time.time() - settings.SIGNED_URL_SECONDS
    for path in (settings.STORAGE_FOLDER / "incoming").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process was first
            if path.stat().st_mtime < limit:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _compare(arrived: Arrived, md5: str, xxh128: str) -> None:
    for name, found, announced in (("MD5", arrived.md5, md5), ("XXH128", arrived.xxh128, xxh128)):
        if announced and found != announced:
            raise Invalid(
                _("The bytes have the {sum} {found}, but {announced} was announced; "
                  "send them again.").format(sum=name, found=found, announced=announced)
            )  # fmt: skip
