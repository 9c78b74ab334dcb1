import errno
import os
from io import BytesIO

import pytest

from artifacts import signing, storage
from registry_site.errors import Denied, Invalid, Unavailable


def test_equal_bytes_lie_once(settings):
    for length in (4, None):
        with storage.receive(BytesIO(b"same").read, length) as arrived:
            arrived.keep()
    files = [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]
    assert files == [storage.path_of(arrived.sha256)]
    with storage.open_blob(arrived.sha256) as file:
        assert file.read() == b"same"


def test_empty_file_is_a_file():
    with storage.receive(BytesIO().read, 0) as arrived:
        assert arrived.size == 0


def test_client_that_goes_away_leaves_nothing(settings):
    def read(size):
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    with pytest.raises(ConnectionResetError):
        storage.receive(read, 10).__enter__()
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


def test_full_disk_is_said_and_leaves_nothing(settings, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(Unavailable, match="can't be written now"):
        storage.receive(BytesIO(b"x").read, 1).__enter__()
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


def test_wrong_md5_is_refused():
    with pytest.raises(Invalid, match="was announced"):
        storage.receive(BytesIO(b"x").read, 1, "AAAAAAAAAAAAAAAAAAAAAA==").__enter__()


def test_what_is_not_kept_is_gone_after_the_block(settings):
    with storage.receive(BytesIO(b"x").read, 1) as arrived:
        assert arrived.temporary.exists()
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]


def test_signed_addresses_are_for_one_thing_and_a_time(settings):
    upload = signing.upload_path("file", 7).rpartition("/")[2]
    assert signing.read_upload_token(upload) == ("file", 7, 0)
    download = signing.download_path("ab" * 32, "dir/ä b?.txt")
    assert download.endswith("/%C3%A4%20b%3F.txt")
    token = download.split("/")[3]
    assert signing.read_download_token(token) == "ab" * 32
    for bad in (token, upload[:-1] + "!", "", "x:y:z"):
        with pytest.raises(Denied, match="not signed"):
            signing.read_upload_token(bad)
    settings.SIGNED_URL_SECONDS = -1
    with pytest.raises(Denied, match="expired"):
        signing.read_upload_token(upload)


def test_what_killed_servers_left_is_removed_after_a_day(settings):
    storage.check_ready()
    old, new = (settings.STORAGE_FOLDER / "incoming" / name for name in ("old", "new"))
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    storage.clear_incoming()
    assert (old.exists(), new.exists()) == (False, True)
