"""Each kind of file as its own tools write it."""

import bz2
import collections
import gzip
import io
import json
import lzma
import pickle
import zlib

import pytest

from artifacts.previews.dispatch import preview_of
from tests.helpers import model_files


def preview(path, data, pages=None, **options):
    return preview_of(io.BytesIO(data), len(data), path, pages or {}, **options)


def facts(found):
    return {label: str(value) for label, value in found.facts}


def rows(found, name):
    return next(table.rows for table in found.tables if table.name == name)


def test_text_and_code():
    assert preview("notes.txt", b"hello\n").text == "hello\n"
    found = preview("src/train.py", b"import os\n")
    assert (found.text, found.language) == ("import os\n", "python")
    long = preview("a.log", b"x" * 600_000)
    assert len(long.text) == 512 * 1024
    assert long.notes == ["Only the first 512 KiB are shown. Download the file to see all of it."]


@pytest.mark.parametrize("path", ["a.csv", "a.json", "a.png", "a.onnx", "a", "README.md"])
def test_an_empty_file_says_so(path):
    found = preview(path, b"")
    assert (found.notes, found.text) == (["The file is empty."], "")


def test_delimited_in_an_older_encoding():
    rows_of = [["名前", "値"], ["学習率", "0.1"]]
    data = "".join(",".join(row) + "\r\n" for row in rows_of).encode("cp932")
    (table,) = preview("a.csv", data).tables
    assert [table.columns, *table.rows] == rows_of
    late = b"n\n" * 20_000 + "größer\n".encode("latin-1")
    assert preview("a.csv", late, {"rows": "19999"}).tables[0].rows == [["größer"]]


def test_bytes_are_dumped():
    found = preview("blob", b"\x89PNG\r\n\x1a\n" + b"A" * 10)
    assert found.text.splitlines()[0] == (
        "00000000  89 50 4e 47 0d 0a 1a 0a 41 41 41 41 41 41 41 41  .PNG....AAAAAAAA"
    )


def test_json():
    assert preview("a.json", b'{"a": [1, NaN]}').data["a"][0] == 1
    assert preview("a.geojson", '{"cells": []}'.encode("utf-16")).data == {"cells": []}
    assert preview("a.json", b"[1]", as_source=True).text == "[1]"
    image = preview("a.json", b'{"_type": "image-file", "path": "media/x.png"}')
    assert image.facts[1][1].path == "media/x.png"


def test_json_lines():
    data = b"".join(b'{"step": %d, "loss": %d}\n' % (n, n * 2) for n in range(250))
    found = preview("a.jsonl", data, {"rows": "200"})
    (table,) = found.tables
    assert table.columns == ["step", "loss"]
    assert table.rows[0] == ["200", "400"]
    assert (table.start, table.end, table.has_more) == (200, 250, False)
    assert preview("a.jsonl", data).tables[0].has_more
    mixed = preview("a.jsonl", b'{"a": 1}\nbroken\n[1]\n')
    assert mixed.tables[0].rows == [["1"], ["broken"], ["[1]"]]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.csv", b'a,b\n"1\n2",3\n'),
        ("a.csv", b'a;b\n"1\n2";3\n'),
        ("a.tsv", b'\xef\xbb\xbfa\tb\r\n"1\n2"\t3'),
        ("a.csv", 'a,b\n"1\n2",3\n'.encode("utf-16")),
    ],
)
def test_delimited(path, data):
    (table,) = preview(path, data).tables
    assert table.columns == ["a", "b"]
    assert table.rows == [["1\n2", "3"]]


def test_delimited_pages():
    data = b"n,m\n" + b"".join(b"%d,x\n" % number for number in range(1000))
    (table,) = preview("a.csv", data, {"rows": "900"}).tables
    assert (table.rows[0], len(table.rows), table.has_more) == (["900", "x"], 100, False)
    assert preview("a.csv", data, {"rows": "99999999999"}).tables[0].start == 0
    assert preview("a.csv", data, {"rows": "5000"}).tables[0].rows == []
    header = preview("a.csv", b"n,m\n").tables[0]
    assert (header.columns, header.rows) == (["n", "m"], [])


def test_markdown():
    assert preview("README.md", b"# Title").markdown == "# Title"
    assert preview("README.md", b"# Title", as_source=True).text == "# Title"


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\0\x10",
            {"Format": "PNG", "Pixels": "256 × 16"},
        ),
        ("a.gif", b"GIF89a\x02\0\x03\0", {"Format": "GIF", "Pixels": "2 × 3"}),
        ("a.jpg", b"\xff\xd8\xff\xe0", {"Format": "JPEG"}),
        ("a.webp", b"RIFF\0\0\0\0WEBP", {"Format": "WebP"}),
        ("a.avif", b"\0\0\0 ftypavif", {"Format": "AVIF"}),
        ("a.svg", b"<?xml version='1.0'?><svg/>", {"Format": "SVG"}),
    ],
)
def test_images(path, data, expected):
    found = preview(path, data)
    assert found.media == "image"
    assert facts(found) == expected


def test_sound_and_video():
    assert preview("a.wav", b"RIFF").media == "audio"
    assert preview("a.mp4", b"....ftyp").media == "video"


def test_safetensors():
    tensors = {"a": ("F32", [2, 4], 0, 32), "b": ("BF16", [], 32, 34)}
    found = preview("m.safetensors", model_files.safetensors(tensors, {"format": "pt"}))
    assert facts(found) == {"Tensors": "2", "Parameters": "9", "Types": "F32, BF16"}
    assert rows(found, "tensors") == [
        ["a", "F32", "2 × 4", "8", "32"],
        ["b", "BF16", "scalar", "1", "2"],
    ]
    assert rows(found, "metadata") == [["format", "pt"]]


@pytest.mark.parametrize(("version", "order"), [(1, "<"), (2, "<"), (3, "<"), (3, ">")])
def test_gguf(version, order):
    values = {
        "general.architecture": "llama",
        "llama.context_length": 4096,
        "x.flag": True,
        "tokenizer.ggml.tokens": [f"token{number}" for number in range(100)],
        "tokenizer.ggml.scores": [0.5] * 20,
        "general.file_type": 1,
    }
    found = preview("m.gguf", model_files.gguf(version, order, values))
    assert facts(found) == {"Version": f"GGUF {version}", "Tensors": "1", "Parameters": "131,072"}
    assert rows(found, "tensors") == [["blk.0.weight", "Q4_0", "4096 × 32", "131,072"]]
    shown = dict(rows(found, "metadata"))
    assert shown["llama.context_length"] == "4,096"
    assert shown["x.flag"] == "true"
    assert shown["tokenizer.ggml.tokens"].startswith("[token0, token1, ")
    assert shown["tokenizer.ggml.tokens"].endswith("token7] … 100 items")
    assert shown["general.file_type"] == "1"


def test_onnx():
    found = preview("m.onnx", model_files.onnx())
    assert facts(found) == {
        "IR version": "9",
        "Opset": "ai.onnx 17",
        "Producer": "pytorch 2.5",
        "Nodes": "3",
        "Initializers": "1",
    }
    assert rows(found, "ends") == [
        ["input", "x", "FLOAT", "batch × 3"],
        ["output", "z2", "FLOAT", "batch × 4"],
    ]
    assert rows(found, "operators") == [["Relu", "2"], ["Gemm", "1"]]
    assert rows(found, "initializers") == [["W", "FLOAT", "3 × 4"]]
    assert rows(found, "metadata") == [["author", "ana"]]


@pytest.mark.parametrize("protocol", range(6))
def test_pickle_imports_are_found_by_every_protocol(protocol):
    value = {
        "a": collections.OrderedDict(b=collections.Counter("aab")),
        "c": [1.5, None, "x" * 9000],
    }
    found = preview("m.pkl", pickle.dumps(value, protocol))
    names = {row[0] for row in rows(found, "imports")}
    assert {"collections.OrderedDict", "collections.Counter"} <= names
    assert found.warnings[0].startswith("Loading this file runs code")
    assert len(found.warnings) == 1
    assert rows(found, "opcodes")[-1][1]


def test_pickles_that_follow_one_another():
    data = pickle.dumps({1}) + pickle.dumps(collections.OrderedDict())
    assert [row[0] for row in rows(preview("m.pt", data), "imports")] == ["collections.OrderedDict"]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("zlib", zlib.compress),
        ("bzip2", bz2.compress),
        ("xz", lzma.compress),
        ("LZMA", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    ],
)
def test_compressed_pickles_are_read(name, pack):
    found = preview("m.joblib", pack(pickle.dumps(collections.OrderedDict(a="x" * 100_000))))
    assert found.facts[0] == ("Compressed with", name)
    assert rows(found, "imports") == [["collections.OrderedDict", ""]]
    assert len(found.warnings) == 1


def test_what_is_compressed_otherwise_is_named():
    found = preview("m.joblib", b"\x04\x22\x4d\x18" + b"\0" * 50)
    assert (found.facts, found.text) == ([("Compressed with", "LZ4")], "")
    assert "LZ4" in found.notes[0]
    assert found.warnings[0].startswith("Loading this file runs code")


@pytest.mark.parametrize("head", ["78 9c", "5d 00 00"])
def test_bytes_that_only_begin_like_zlib_or_lzma_are_dumped(head):
    content = bytes.fromhex(head) + b"\xff" * 50
    assert preview("weights.bin", content).text.startswith(f"00000000  {head} ff")


def test_pytorch_zip():
    data = model_files.zipped(
        {"m/data.pkl": pickle.dumps(collections.OrderedDict(a=1)), "m/data/0": b"\0" * 99}
    )
    found = preview("m.pt", data)
    assert [row[0] for row in rows(found, "members")] == ["m/data.pkl", "m/data/0"]
    assert [table.name for table in found.tables] == ["imports", "members", "opcodes"]
    assert rows(found, "imports") == [["collections.OrderedDict", ""]]


def test_zip():
    found = preview("a.zip", model_files.zipped({"x/a.txt": b"abc", "日本.txt": b""}))
    assert rows(found, "members") == [["x/a.txt", "3"], ["日本.txt", "0"]]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(mode):
    long = "deep/" * 60 + "a.txt"
    data = model_files.tarred({"x/a.txt": b"abc" * 9999, long: b"", "日本.txt": b"1"}, mode)
    found = preview("a.tar", data)
    assert rows(found, "members")[0] == ["x/a.txt", "29,997"]
    assert rows(found, "members")[1][0].startswith("deep/deep/")
    assert rows(found, "members")[2] == ["日本.txt", "1"]
    assert not found.notes


def test_numpy():
    expected = {"Type": "<f4", "Shape": "3 × 4", "Values": "12"}
    assert facts(preview("a.npy", model_files.npy())) == expected
    assert facts(preview("a.npy", model_files.npy(version=2))) == expected
    assert facts(preview("a.npy", model_files.npy(shape="()")))["Shape"] == "scalar"
    objects = preview("a.npy", model_files.npy(descr="'|O'"))
    assert "runs code" in objects.warnings[0]
    many = preview("a.npz", model_files.zipped({"x.npy": model_files.npy(shape="(5,)")}))
    assert rows(many, "arrays") == [["x.npy", "<f4", "5", "5"]]


def test_wandb_tables():
    data = {
        "_type": "table",
        "columns": ["id", "image"],
        "data": [[1, {"_type": "image-file", "path": "media/images/a.png"}], [2, None]],
    }
    (table,) = preview("eval.table.json", json.dumps(data).encode()).tables
    assert table.columns == ["id", "image"]
    assert table.rows[0][1].path == "media/images/a.png"
    assert table.rows[1] == ["2", ""]
    joined = {
        "_type": "joined-table",
        "table1": "a.table.json",
        "table2": "b.table.json",
        "join_key": "id",
    }
    found = preview("j.joined-table.json", json.dumps(joined).encode())
    assert found.facts[1][1].path == "a.table.json"
    parts = {"_type": "partitioned-table", "parts_path": "parts"}
    found = preview("p.partitioned-table.json", json.dumps(parts).encode())
    assert facts(found)["Folder"] == "parts"
