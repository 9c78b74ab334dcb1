"""Files that are uploaded in parts, in a folder: `incoming/{upload}.parts/{number}-{MD5}`.

Only the files say which parts have arrived. Uploads that nobody completes are removed with all
other old files in `incoming`.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.store.new_files import new_file, put_in_place
from artifacts.store.protocol import Read
from artifacts.store.receiving import copy, unavailable_when_full
from registry_site.errors import Invalid, Unavailable

_ASK_AGAIN = 0.1  # seconds


class FolderParts:
    """The parts of one upload; see `protocol.Parts`."""

    def __init__(self, incoming: Path, upload: int) -> None:
        self._folder = incoming / f"{upload}.parts"
        self._lock_file = incoming / f"{upload}.lock"

    def save(self, number: int, md5: str, read: Read, length: int) -> None:
        digest = hashlib.md5(usedforsecurity=False)
        with unavailable_when_full(), new_file(self._folder) as target:
            copy(read, target, length, (digest,))
            _compare(number, digest.hexdigest(), md5)
            os.fsync(target.fileno())
            put_in_place(target.name, self._path(number, md5))

    def missing(self, sums: Sequence[str]) -> list[int]:
        return [
            number for number, md5 in enumerate(sums, 1) if not self._path(number, md5).is_file()
        ]

    def open(self, sums: Sequence[str]) -> "JoinedFiles":
        return JoinedFiles([self._path(number, md5) for number, md5 in enumerate(sums, 1)])

    @contextlib.contextmanager
    def lock(self, patience: float) -> Iterator[None]:
        until = time.monotonic() + patience
        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("a") as file:
            while not _is_locked_by_us(file.fileno()):
                if time.monotonic() > until:
                    raise Unavailable(_("The parts are still being put together; ask again."))
                time.sleep(_ASK_AGAIN)
            yield

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock_file.unlink(missing_ok=True)

    def _path(self, number: int, md5: str) -> Path:
        return self._folder / f"{number}-{md5}"


class JoinedFiles:
    """Several files read as one, of which one is open at a time; `size` is in bytes."""

    def __init__(self, paths: list[Path]) -> None:
        self._left = paths
        self._open: BinaryIO | None = None
        self.size = sum(path.stat().st_size for path in paths)

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes; where it is negative, the rest of the current file."""
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


def _is_locked_by_us(descriptor: int) -> bool:
    """Try to lock the file; return whether nobody else has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _compare(number: int, actual: str, announced: str) -> None:
    if actual != announced:
        raise Invalid(
            _("Part {number} has the MD5 {found}, but {md5} was announced; send it again.").format(
                number=number, found=actual, md5=announced
            )
        )
