"""Files that are uploaded in parts: each part lies on its own until all are put together.

What has arrived is read off the disk and nowhere else: `incoming/{upload}.parts/{number}-{MD5}`.
A part is there whole or not at all, so whoever was killed in between can begin again; what nobody
completes goes with everything else in `incoming`.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from artifacts import storage
from registry_site.errors import Invalid, Unavailable

MAX_PARTS = 10_000
_ASK_AGAIN = 0.1  # seconds


def save_part(
    upload: int, number: int, md5: str, read: Callable[[int], bytes], length: int
) -> None:
    """Keep one part of `length` bytes and this MD5 (hex); sending it again is fine.

    Raises Invalid for other bytes (then nothing is kept), Unavailable when the disk is full.
    """
    digest = hashlib.md5(usedforsecurity=False)
    with storage.writing():
        final = _path(upload, number, md5)
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=final.parent, delete=False) as target:
            try:
                storage.copy(read, target, length, digest)
                if digest.hexdigest() != md5:
                    raise Invalid(
                        _("Part {number} has the MD5 {found}, but {md5} was announced; "
                          "send it again.").format(number=number, found=digest.hexdigest(), md5=md5)
                    )  # fmt: skip
                os.fsync(target.fileno())
                Path(target.name).replace(final)
            finally:
                Path(target.name).unlink(missing_ok=True)


def missing_parts(upload: int, sums: Sequence[str]) -> list[int]:
    """Return the numbers of the parts (from 1) that have not arrived with these MD5s (hex)."""
    return [
        number for number, md5 in enumerate(sums, 1) if not _path(upload, number, md5).is_file()
    ]


class Parts:
    """All parts, read in their order as one file; `size` in bytes. Only one is open at a time."""

    def __init__(self, upload: int, sums: Sequence[str]) -> None:
        self._left = [_path(upload, number, md5) for number, md5 in enumerate(sums, 1)]
        self._open: BinaryIO | None = None
        self.size = sum(path.stat().st_size for path in self._left)

    def read(self, size: int) -> bytes:
        while self._open or self._left:
            self._open = self._open or self._left.pop(0).open("rb")
            if chunk := self._open.read(size):
                return chunk
            self.close()
        return b""

    def close(self) -> None:
        if self._open:
            self._open.close()
        self._open = None


@contextlib.contextmanager
def hold(upload: int, patience: float) -> Iterator[None]:
    """Keep every other process from putting these parts together meanwhile.

    Raises Unavailable where another one still does after `patience` seconds. The lock of a
    process that is killed ends with it.
    """
    until = time.monotonic() + patience
    _lock_file(upload).parent.mkdir(parents=True, exist_ok=True)
    with _lock_file(upload).open("a") as lock:
        while not _lock(lock.fileno()):
            if time.monotonic() > until:
                raise Unavailable(_("The parts are still being put together; ask again."))
            time.sleep(_ASK_AGAIN)
        yield


def remove_parts(upload: int) -> None:
    """Remove what has arrived; a repetition is fine."""
    shutil.rmtree(_folder(upload), ignore_errors=True)
    _lock_file(upload).unlink(missing_ok=True)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _folder(upload: int) -> Path:
    return Path(settings.STORAGE_FOLDER) / "incoming" / f"{upload}.parts"


def _lock_file(upload: int) -> Path:
    return _folder(upload).with_suffix(".lock")


def _path(upload: int, number: int, md5: str) -> Path:
    return _folder(upload) / f"{number}-{md5}"
