"""What only the folder's store promises: where its files lie, and what a full disk leaves."""

import errno
import os
from io import BytesIO
from pathlib import Path

import pytest

from artifacts.store.folder import FolderStore
from registry_site.errors import Unavailable


@pytest.fixture
def folder_store():
    return FolderStore()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_equal_bytes_lie_once(folder_store, settings):
    for length in (4, None):
        with folder_store.receive(BytesIO(b"same").read, length) as arrived:
            arrived.keep()
    assert files_in(settings.STORAGE_FOLDER) == [folder_store.path_of(arrived.sha256)]


def test_only_the_owner_may_read_the_bytes(folder_store):
    with folder_store.receive(BytesIO(b"secret").read, None) as arrived:
        arrived.keep()
    assert folder_store.path_of(arrived.sha256).stat().st_mode & 0o777 == 0o600


def test_client_that_goes_away_leaves_nothing(folder_store, settings):
    def read(size):
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    with pytest.raises(ConnectionResetError):
        folder_store.receive(read, 10).__enter__()
    assert not files_in(settings.STORAGE_FOLDER)


def test_full_disk_is_said_and_leaves_nothing(folder_store, settings, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="can't be written now"):
        folder_store.receive(BytesIO(b"x").read, 1).__enter__()
    assert not files_in(settings.STORAGE_FOLDER)


def test_what_is_not_kept_is_gone_after_the_block(folder_store, settings):
    with folder_store.receive(BytesIO(b"x").read, 1):
        assert files_in(settings.STORAGE_FOLDER)
    assert not files_in(settings.STORAGE_FOLDER)


def test_a_range_can_be_sent_by_the_web_server(folder_store):
    with folder_store.receive(BytesIO(b"0123456789").read, None) as arrived:
        arrived.keep()
    part = folder_store.open_range(arrived.sha256, range(3, 7))
    assert os.lseek(part.fileno(), 0, os.SEEK_CUR) == 3
    part.close()


def test_what_killed_servers_left_is_removed_after_a_day(folder_store, settings):
    folder_store.check_ready()
    old, new = (settings.STORAGE_FOLDER / "incoming" / name for name in ("old", "new"))
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    folder_store.clear_incoming()
    assert (old.exists(), new.exists()) == (False, True)
