"""Files of a folder's store that are being written: under a name of their own until complete."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def new_file(folder: Path) -> Iterator[BinaryIO]:
    """Return an empty file with a new name in the folder; it is gone after the block.

    `put_in_place` keeps it, by `file.name`.
    """
    name = f"{folder}/{secrets.token_hex(16)}"
    with _create(name, folder) as file:
        try:
            yield file
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


def put_in_place(name: str, final: Path) -> None:
    """Give a complete file the name that it keeps."""
    try:
        os.replace(name, final)
    except FileNotFoundError:
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(name, final)


def fsync_folder(folder: Path) -> None:
    """Wait until no power cut can lose the names in the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(name: str, folder: Path) -> BinaryIO:
    try:
        return open(name, "xb", opener=_for_owner)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return open(name, "xb", opener=_for_owner)


def _for_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
