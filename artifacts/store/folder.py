"""A store in a folder on this machine: `sha256/ab/abcd…`, and `incoming` beside it.

Bytes are written to a temporary name in `incoming`, checked, and put in place atomically.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from artifacts.store.folder_parts import FolderParts
from artifacts.store.new_files import fsync_folder, new_file, put_in_place
from artifacts.store.protocol import Read
from artifacts.store.receiving import Sums, copy_with_sums, unavailable_when_full
from registry_site.errors import Unavailable

_TRIED = 64 * 1024  # bytes written as a test: a full disk may still create an empty file


class FolderStore:
    """The store of bytes in the folder STORAGE_FOLDER; see `protocol.Store`."""

    @property
    def _incoming(self) -> Path:
        return Path(settings.STORAGE_FOLDER) / "incoming"

    @property
    def _root(self) -> Path:
        return Path(settings.STORAGE_FOLDER) / "sha256"

    def path_of(self, sha256: str) -> Path:
        """Return the path at which these bytes are stored, or would be."""
        return self._root / sha256[:2] / sha256

    @contextlib.contextmanager
    def receive(
        self, read: Read, length: int | None, md5: str = "", xxh128: str = ""
    ) -> Iterator["ArrivedFile"]:
        with unavailable_when_full(), new_file(self._incoming) as target:
            sums = copy_with_sums(read, target, length)
            sums.compare(md5, xxh128)
            os.fsync(target.fileno())
            yield ArrivedFile(sums, target.name, self.path_of(sums.sha256))

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self.path_of(sha256).open("rb")
        except OSError as error:
            raise _unreadable() from error

    def open_range(self, sha256: str, part: range) -> "FileRange":
        return FileRange(self.open(sha256), part)

    def size_of(self, sha256: str) -> int:
        try:
            return self.path_of(sha256).stat().st_size
        except OSError as error:
            raise _unreadable() from error

    def exists(self, sha256: str) -> bool:
        return self.path_of(sha256).is_file()

    def remove(self, sha256: str) -> None:
        self.path_of(sha256).unlink(missing_ok=True)

    def old_keys(self, before: float) -> Iterator[str]:
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for entry in os.scandir(folder):
                with contextlib.suppress(FileNotFoundError):  # another process was first
                    if entry.stat().st_mtime < before:
                        yield entry.name

    def parts(self, upload: int) -> FolderParts:
        return FolderParts(self._incoming, upload)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[IO[str]]:
        with unavailable_when_full():
            self._incoming.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile("w+", dir=self._incoming, encoding="utf-8") as file:
                yield file

    def check_ready(self) -> None:
        """Raise OSError where this folder, or the database's beside it, can't be written."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        for folder in {self._incoming, Path(settings.DATA_DIR)}:
            with tempfile.NamedTemporaryFile(dir=folder) as file:
                file.write(bytes(_TRIED))
                file.flush()
                os.fsync(file.fileno())

    def clear_incoming(self) -> None:
        limit = time.time() - settings.SIGNED_URL_SECONDS
        for path in self._incoming.glob("*"):
            with contextlib.suppress(FileNotFoundError):  # another process was first
                if path.stat().st_mtime < limit:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


class ArrivedFile:
    """Bytes in a temporary file; see `protocol.Arrived`."""

    def __init__(self, sums: Sums, temporary: str, final: Path) -> None:
        self.sha256, self.md5, self.xxh128, self.size = sums
        self._temporary, self._final = temporary, final

    def keep(self) -> None:
        if not self._final.is_file():
            put_in_place(self._temporary, self._final)
        fsync_folder(self._final.parent)


class FileRange:
    """A range of an open file; its `fileno` lets a web server use sendfile."""

    def __init__(self, file: BinaryIO, part: range) -> None:
        file.seek(part.start)
        self._file, self._left = file, len(part)
        self.fileno, self.close = file.fileno, file.close

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(chunk)
        return chunk


def _unreadable() -> Unavailable:
    return Unavailable(_("The server's storage can't be read now; try again."))
