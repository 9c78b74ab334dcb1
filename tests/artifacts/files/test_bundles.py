import datetime as dt
import io
import itertools
import subprocess
import time
import zipfile

import pytest

from artifacts.formats import bundles
from artifacts.formats.bundles import Part, checksum_line, zip_of
from registry_site.errors import Unavailable

AT = dt.datetime(2026, 5, 4, 3, 2, 1, tzinfo=dt.UTC)


def part(path, data=b"x"):
    return Part(path, len(data), io.BytesIO(data))


def opened(parts, at=AT):
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_of(parts, at))))


def test_a_zip_holds_the_files(tmp_path):
    big = bytes(range(256)) * 20_000
    data = b"".join(zip_of([part("a/ü 日本.txt", big), part("empty", b"")], AT))
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert archive.read("a/ü 日本.txt") == big
    assert archive.getinfo("empty").date_time == (2026, 5, 4, 3, 2, 0)
    assert not opened([]).namelist()
    assert opened([part("old")], dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).namelist() == ["old"]


def test_names_stay_in_the_folder_and_apart():
    paths = ["../../etc/passwd", "/abs", "a\\..\\b", "x//y", "a", "a", "./a", ".."]
    assert opened([part(path) for path in paths]).namelist() == [
        "etc/passwd",
        "abs",
        "a_.._b",
        "x/y",
        "a",
        "a (2)",
        "a (3)",
        "file",
    ]


def test_members_over_the_limit_take_64_bits(monkeypatch):
    monkeypatch.setattr(bundles, "_LARGE", 10)
    archive = opened([part("large", b"x" * 11), part("small")])
    assert archive.testzip() is None


def test_a_zip_that_breaks_off_is_none():
    class Broken(io.BytesIO):
        def read(self, size=-1):
            data = super().read(5)
            if not data:
                raise Unavailable("gone")
            return data

    pieces = []
    with pytest.raises(Unavailable):
        pieces.extend(zip_of([part("a"), Part("b", 20, Broken(b"x" * 5))], AT))
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(pieces)))


def test_coreutils_checks_every_name(tmp_path):
    lines = ""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for name in ["plain", "with space ", "日本", "back\\slash", "new\nline", "cr\rhere", "*star"]:
        (tmp_path / name).touch()
        lines += checksum_line(empty, name)
    (tmp_path / "sums").write_bytes(lines.encode() + b"# a comment\n")
    subprocess.run(["sha256sum", "--strict", "-c", "sums"], cwd=tmp_path, check=True)


def test_names_that_collide_are_found_quickly():
    names = ["".join(signs) for signs in itertools.product("_\\", repeat=12)]
    begun = time.process_time()
    found = opened([part(name, b"") for name in names]).namelist()
    assert time.process_time() - begun < 1
    assert len(set(found)) == len(names) == 4096
