import bz2
import gzip
import lzma

import pytest
import zstandard

from artifacts.previews.packed_files import LIMIT
from artifacts.previews.reading import Unreadable
from tests.artifacts.previews.test_good_files import facts, preview

CSV = b"n,m\n1,2\n"


@pytest.mark.parametrize(
    ("suffix", "pack", "name"),
    [
        ("gz", gzip.compress, "gzip"),
        ("bz2", bz2.compress, "bzip2"),
        ("xz", lzma.compress, "xz"),
        ("zst", zstandard.compress, "Zstandard"),
    ],
)
@pytest.mark.parametrize("streams", [1, 2])
def test_the_file_inside_is_shown(suffix, pack, name, streams):
    data = pack(CSV) if streams == 1 else pack(CSV[:4]) + pack(CSV[4:])
    found = preview(f"a.csv.{suffix}", data)
    assert found.tables[0].rows == [["1", "2"]]
    assert facts(found)["Compressed with"] == name
    assert facts(found)["Bytes unpacked"] == "8"
    assert preview(f"a.csv.{suffix}", data, as_source=True).text == CSV.decode()


@pytest.mark.slow
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_only_the_beginning_is_unpacked(pack):
    found = preview("a.txt.gz", pack(b"x" * (LIMIT + 1)))
    assert "Bytes unpacked" not in facts(found)
    assert found.notes == ["Only the first 512 KiB are shown. Download the file to see all of it."]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_damaged_file_says_so(pack):
    data = bytearray(pack(bytes(range(256)) * 2_000))
    data[20:40] = b"\xff" * 20
    try:
        found = preview("a.gz", bytes(data))
    except Unreadable as refusal:
        assert "damaged" in refusal.message  # noqa: PT017 - what is left may unpack by chance
    else:
        assert found.text


def test_what_is_not_compressed():
    with pytest.raises(Unreadable, match="This is not a compressed file"):
        preview("a.gz", b"hello, world")


def test_packed_in_packed_ends():
    data = CSV
    for _layer in range(40):
        data = gzip.compress(data)
    assert preview("a.csv" + ".gz" * 40, data).tables[0].rows == [["1", "2"]]
