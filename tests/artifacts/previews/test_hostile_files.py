"""Broken and hostile files: a preview or one sentence, in bounded time and memory."""

import io
import json
import lzma
import os
import pickle
import random
import struct
import time
import tracemalloc
import zlib

import pytest

from artifacts.formats.markdown import render_markdown
from artifacts.previews.dispatch import preview_of
from artifacts.previews.reading import Unreadable
from artifacts.previews.tars import tar_members
from artifacts.previews.zips import members_of
from tests.helpers import model_files

GOOD = {
    "a.bin": pickle.dumps({"a": [1, 2, "x" * 300]}, 4),
    "a.csv": b'a,b\n"1\n2",3\n' * 50,
    "a.gguf": model_files.gguf(values={"a": ["x", "y"] * 20, "b": 1.5}),
    "a.html": b"<p>x</p><script>1</script>",
    "a.joblib": zlib.compress(pickle.dumps({"a": [1, 2, "x" * 300]}, 4)),
    "a.json": json.dumps({"a": [1, {"b": None}]}).encode(),
    "a.jsonl": b'{"a": 1}\n' * 50,
    "a.md": b"# x\n\n* [a](b)\n",
    "a.npy": model_files.npy(),
    "a.npz": model_files.zipped({"x.npy": model_files.npy()}),
    "a.onnx": model_files.onnx(),
    "a.pkl": pickle.dumps({"a": [1, 2, "x" * 300]}, 0),
    "a.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x10",
    "a.pkl.xz": lzma.compress(pickle.dumps({"a": [1, 2, "x" * 300]}, 4)),
    "a.pt": model_files.zipped({"m/data.pkl": pickle.dumps(os.system), "m/data/0": b"1" * 99}),
    "a.py": b"def f():\n    return 1\n",
    "a.safetensors": model_files.safetensors(metadata={"a": "b"}),
    "a.table.json": b'{"columns": ["a"], "data": [[1], [2]]}',
    "a.tar": model_files.tarred({"x": b"abc"}),
    "a.tar.gz": model_files.tarred({"x": b"abc"}, "w:gz"),
    "a.tar.xz": model_files.tarred({"x": b"abc"}, "w:xz"),
    "a.txt": "zoë\n".encode() * 20,
    "a.zip": model_files.zipped({"x": b"abc", "y/z": b""}),
    "a": b"whatever",
}


def preview(path, data):
    return preview_of(io.BytesIO(data), len(data), path, {})


def survives(path, data):
    message = "."
    try:
        preview(path, data)
    except Unreadable as error:
        message = error.message
    assert message.endswith("."), message
    assert len(message) < 400


@pytest.mark.slow
@pytest.mark.parametrize("path", GOOD)
def test_every_beginning_of_a_file_is_survived(path):
    data = GOOD[path]
    preview(path, data)
    for end in range(0, len(data), max(1, len(data) // 400)):
        survives(path, data[:end])


@pytest.mark.slow
@pytest.mark.parametrize("path", GOOD)
def test_damaged_and_random_bytes_are_survived(path):
    chance = random.Random(path)
    for _round in range(300):
        data = bytearray(GOOD[path])
        for _damage in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 5))
            data = data or bytearray(b"x")
        survives(path, bytes(data))
        survives(path, chance.randbytes(chance.randint(0, 600)))
        survives(path, bytes(data[:12]) + chance.randbytes(300))


@pytest.mark.parametrize("path", GOOD)
def test_one_kind_under_the_name_of_another_is_survived(path):
    for data in GOOD.values():
        survives(path, data)


@pytest.mark.parametrize("path", GOOD)
def test_a_long_file_takes_no_memory(path, tmp_path):
    """200 MB of zeros behind a good beginning; pages of text, tables and dumps stay short."""
    file = tmp_path / "long"
    file.write_bytes(GOOD[path])
    os.truncate(file, 200_000_000)
    with file.open("rb") as opened:
        assert peak_of(lambda: preview_of(opened, 200_000_000, path, {})) < 24 * 2**20


def peak_of(work):
    tracemalloc.start()
    try:
        work()
    except Unreadable:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def lengths_that_lie():
    huge = struct.pack("<Q", 2**63 - 1)
    yield "a.safetensors", huge + b"{}", "its header says 9,223,372,036,854,775,807 bytes"
    yield "a.safetensors", struct.pack("<Q", 2) + b"[]", "no JSON object"
    wrong = json.dumps({"x": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}).encode()
    yield "a.safetensors", struct.pack("<Q", len(wrong)) + wrong, "the tensor “x” is described"
    yield "a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1), "too many"
    yield "a.gguf", b"GGUF" + struct.pack("<IQQ", 9, 0, 0), "version 9"
    yield "a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + huge, "ends in the middle"
    nested = struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, 9, 1)
    yield "a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + nested, "list of lists"
    yield "a.onnx", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "protobuf"
    yield "a.onnx", b"\x08\x09", "no graph"
    yield "a.zip", b"PK\x05\x06" + b"\0" * 4 + struct.pack("<HHIIH", 9, 9, 9, 2**31, 0), "not where"
    yield "a.npy", b"\x93NUMPY\x01\0\xff\xff" + b"(" * 9000, "header of the NumPy file"
    yield "a.tar", b"x" * 1024, "not a tar file"
    yield "a.table.json", b"[" * 100_000, "no JSON: maximum recursion"
    yield "a.table.json", b"[]," * 400_000, "too many parts"
    yield "a.table.json", b'{"columns": 1}', "no columns and data"
    yield "a.png", b"<script>", "not an image"


@pytest.mark.parametrize(("path", "data", "sentence"), list(lengths_that_lie()))
def test_what_a_file_says_of_itself_is_not_believed(path, data, sentence):
    with pytest.raises(Unreadable) as refused:
        preview(path, data)
    assert sentence in refused.value.message


@pytest.mark.slow
def test_a_bomb_in_a_zip_stays_packed():
    bomb = model_files.zipped({"data.pkl": b"\x80\x04" + b"0" * 60_000_000, "x.npy": b"\0" * 9})
    assert len(bomb) < 100_000
    for path in ("a.zip", "a.pt", "a.npz"):
        assert peak_of(lambda path=path: preview(path, bomb)) < 40 * 2**20


@pytest.mark.slow
def test_a_bomb_in_a_tar_is_passed_through_only_so_far():
    head = model_files.tarred({"a": b""})[:512]
    big = bytearray(head)
    big[124:136] = b"77777777777\0"  # 8 GiB
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(bytes(big))
    packed += b"".join(packer.compress(b"\0" * 2**20) for _ in range(300)) + packer.flush()
    begun = time.perf_counter()
    assert peak_of(lambda: preview("a.tar.gz", packed)) < 4 * 2**20
    assert time.perf_counter() - begun < 20
    assert "only its beginning" in preview("a.tar.gz", packed).notes[0]


def test_a_hostile_pickle_is_named_and_never_loaded(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path}/ran",)

    for protocol in range(6):
        found = preview("m.pkl", pickle.dumps(Evil(), protocol))
        assert "system" in found.warnings[1]
        assert found.tables[0].rows[0][1]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "code",
    [
        b"\x8c\x02os\x94\x8c\x06system\x940\x8c\x06system\x93.",  # with a POP between
        b"\x8c\x02os\x94\x8c\x01x00h\x00\x8c\x06system\x93.",  # by way of the memo
        b"\x8c\x05torch\x8c\x01x(1\x93.",  # MARK and POP_MARK, to hide what is on the stack
    ],
)
def test_an_import_that_is_hidden_is_suspicious(code):
    found = preview("m.pkl", b"\x80\x04" + code)
    assert len(found.warnings) == 2


@pytest.mark.slow
def test_slow_texts_are_quick_enough():
    """Shapes that make readers of Markdown and JSON slow or deep."""
    shapes = [
        b"[" * 150_000,
        b"> " * 90_000,
        b"* " * 90_000,
        b"`" * 90_000 + b"a",
        b"[a](" * 40_000,
        b"|a" * 90_000 + b"\n" + b"|-" * 90_000,
        b"<a " * 60_000,
        b"**a " * 50_000,
        b"![" * 90_000,
        b"_" * 199_000,
        b"http://a." * 20_000,
        b"&" * 190_000,
    ]
    for text in shapes:
        for path in ("a.json", "a.csv", "a.jsonl", "a.md"):
            begun = time.perf_counter()
            survives(path, text)
            if path == "a.md":
                render_markdown(preview(path, text).markdown)
            assert time.perf_counter() - begun < 10, (path, text[:10])


def test_a_number_of_a_pickle_may_be_too_long_to_write():
    content = b"\x80\x02\x8b" + struct.pack("<i", 4000) + b"\x7f" * 4000 + b"."
    preview = preview_of(io.BytesIO(content), len(content), "m.pkl", {})
    assert "4,004 bytes" in str(preview)


def test_names_in_archives_are_shortened():
    long = "x" * 60_000
    zipped = model_files.zipped({long: b"1"})
    (member,) = members_of(io.BytesIO(zipped), len(zipped))[0]
    assert len(member.name) < 600


@pytest.mark.slow
def test_headers_without_members_are_not_read_for_ever():
    block = bytearray(512)
    block[124:135], block[156:157], block[257:263] = b"0" * 11, b"g", b"ustar\0"
    content = bytes(block) * 100_000
    found, is_whole = tar_members(io.BytesIO(content), len(content))
    assert (found, is_whole) == ([], False)


@pytest.mark.slow
def test_a_pickle_that_unpacks_to_much_is_read_in_part():
    bomb = zlib.compress(pickle.dumps(b"\0" * 300_000_000, 4))
    assert peak_of(lambda: preview("m.joblib", bomb)) < 40 * 2**20
    found = preview("m.joblib", bomb)
    assert "not read to its end" in found.warnings[-1]
