import io
import random

import pyarrow
import pytest
from pyarrow import feather, ipc, parquet

from artifacts.previews.reading import Unreadable
from tests.artifacts.previews.test_good_files import facts, preview, rows

pytestmark = pytest.mark.slow
COUNT = 2_500


@pytest.fixture(scope="module")
def table():
    return pyarrow.table(
        {
            "n": range(COUNT),
            "text": [f"x{n}" for n in range(COUNT)],
            "loss": [n / 4 for n in range(COUNT)],
            "list": [[1, 2]] * COUNT,
            "nothing": [None] * COUNT,
            "bytes": [b"abc"] * COUNT,
            "nan": [float("nan")] * COUNT,
        }
    )


def parquet_bytes(table):
    file = io.BytesIO()
    parquet.write_table(table, file, row_group_size=1_000)
    return file.getvalue()


def feather_bytes(table):
    file = io.BytesIO()
    feather.write_feather(table, file)
    return file.getvalue()


def stream_bytes(table):
    file = io.BytesIO()
    with ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("path", "write", "name"),
    [
        ("a.parquet", parquet_bytes, "Parquet 2.6"),
        ("a.feather", feather_bytes, "Arrow IPC file"),
        ("a.arrow", stream_bytes, "Arrow IPC stream"),
    ],
)
def test_columns_and_a_page_of_rows(table, path, write, name):
    found = preview(path, write(table), {"rows": "2400"})
    assert facts(found)["Format"] == name
    assert facts(found)["Columns"] == "7"
    assert rows(found, "rows")[0] == ["2,400", "x2400", "600.0", "[1, 2]", "", "3 bytes", "nan"]
    assert (len(rows(found, "rows")), found.tables[0].has_more) == (100, False)
    assert rows(found, "columns")[:2] == [["n", "int64", "yes"], ["text", "string", "yes"]]
    assert preview(path, write(table)).tables[0].has_more


def test_a_file_without_rows(table):
    found = preview("a.parquet", parquet_bytes(table.slice(0, 0)))
    assert rows(found, "rows") == []
    assert facts(found)["Rows"] == "0"


def test_an_open_file_needs_no_copy(table, tmp_path):
    from artifacts.previews.dispatch import preview_of

    path = tmp_path / "a.parquet"
    path.write_bytes(parquet_bytes(table))
    with path.open("rb") as file:
        found = preview_of(file, path.stat().st_size, "a.parquet", {})
        assert not file.closed
    assert facts(found)["Rows"] == "2,500"


@pytest.mark.parametrize("path", ["a.parquet", "a.feather"])
@pytest.mark.parametrize("data", [b"PAR1", b"ARROW1\0\0", b"x" * 1000, b"PAR1" + b"\xff" * 90])
def test_what_is_no_such_file_says_so(path, data):
    with pytest.raises(Unreadable, match="The file"):
        preview(path, data)


def test_damaged_files_end_the_program_and_no_more(table):
    noise = random.Random(5)
    for write, path in [(parquet_bytes, "a.parquet"), (stream_bytes, "a.arrow")]:
        whole = write(table.slice(0, 50))
        for _try in range(6):
            data = bytearray(whole)
            for _byte in range(8):
                data[noise.randrange(len(data))] = noise.randrange(256)
            try:
                preview(path, bytes(data))
            except Unreadable as refusal:
                assert refusal.message  # noqa: PT017 - some damage does no harm


def test_a_file_that_grows_without_end_is_refused():
    """One value said two thousand million times: a file of a few kilobytes."""
    zeros = pyarrow.array([b"\0" * 2**20]).dictionary_encode()
    indices = pyarrow.array([0] * 100_000, pyarrow.int32())
    data = pyarrow.DictionaryArray.from_arrays(indices, zeros.dictionary)
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"x": data}), file, compression="zstd", store_schema=False)
    with pytest.raises(Unreadable, match="The file"):
        preview("a.parquet", file.getvalue(), {"rows": "99000"})
