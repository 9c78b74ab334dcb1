"""Keeps other users of this machine from reading the server's files."""

import contextlib
from itertools import chain
from pathlib import Path

OTHERS = 0o077  # the bits of a mode that give rights to group and others


def close_to_others(folder: Path) -> None:
    """Take all rights of other users from a folder and everything below that was open to them.

    The folder itself comes last, so that the next start finishes an interrupted one.
    """
    if not folder.is_dir():
        return
    everything = folder.rglob("*") if folder.stat().st_mode & OTHERS else folder.glob("*")
    for path in chain(everything, [folder]):
        # the file is gone, or another user's
        with contextlib.suppress(FileNotFoundError, PermissionError):
            mode = path.lstat().st_mode
            if mode & OTHERS and not path.is_symlink():
                path.chmod(mode & ~OTHERS)
