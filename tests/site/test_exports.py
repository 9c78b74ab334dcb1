"""CSV and JSON of rows: what readers of the formats make of them, and how much memory it takes."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest

from registry_site.http.exports import export_response

AT = datetime(2026, 11, 27, 14, 5, 6, 7000, tzinfo=timezone(timedelta(hours=9)))


def body_of(kind, columns, rows):
    return b"".join(export_response(kind, "list", columns, rows))


def cells(columns, rows):
    text = body_of("csv", columns, rows).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_has_a_header_and_rows_as_rfc_4180_says():
    body = body_of("csv", ["name", "size"], [["a, b", 3], ['say "hi"\nand go', None]])
    assert body == b'name,size\r\n"a, b",3\r\n"say ""hi""\nand go",\r\n'


def test_json_is_an_array_of_objects_one_a_line():
    body = body_of("json", ["name", "size"], [{"name": "é", "size": 3}, ["b", None]])
    assert body.decode() == '[\n{"name":"é","size":3},\n{"name":"b","size":null}\n]\n'


@pytest.mark.parametrize(("kind", "body"), [("csv", b"name\r\n"), ("json", b"[\n]\n")])
def test_a_list_without_rows_is_whole(kind, body):
    assert body_of(kind, ["name"], []) == body


def test_a_row_may_lack_columns():
    assert json.loads(body_of("json", ["a", "b"], [{"b": 1}])) == [{"a": None, "b": 1}]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (AT, "2026-11-27T05:05:06.007000Z"),
        (["best", "latest"], "best;latest"),
        ([], ""),
        ([1, None], "[1,null]"),
        ({"a": AT.astimezone(UTC)}, '{"a":"2026-11-27T05:05:06.007000Z"}'),
        ("half \ud800 a pair", "half ? a pair"),
    ],
)
def test_cells_of_csv(value, cell):
    assert cells(["it"], [[value]])[1:] == [[cell]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-1+2"]
)
def test_no_cell_is_a_formula(text):
    assert cells([text], [[text], [[text, "b"]]]) == [["'" + text], ["'" + text], [f"'{text};b"]]


@pytest.mark.parametrize("text", ["-1", "+1.5e-3", "-.5", "1=1", "a@b", ""])
def test_a_text_that_is_no_formula_stays(text):
    assert cells(["a", "b"], [[text, 0]])[1] == [text, "0"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        ({"deep": [float("inf"), 10**30]}, {"deep": [None, 10**30]}),
        ("half \ud800 a pair", "half \ud800 a pair"),
        ("=1", "=1"),
        (AT, "2026-11-27T05:05:06.007000Z"),
    ],
)
def test_values_of_json(value, read):
    assert json.loads(body_of("json", ["it"], [[value]])) == [{"it": read}]


def test_json_nests_as_deep_as_what_is_kept():
    value = []
    for _level in range(450):
        value = [value]
    assert json.loads(body_of("json", ["it"], [[value]])) == [{"it": value}]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_nobody_could_read_is_left_out(kind):
    deep = {"a": json.loads("[" * 900 + "]" * 900)}
    for _level in range(200):
        deep = {"a": deep}
    body = b"".join(export_response(kind, "x", ["name", "deep"], [["n", deep]]).streaming_content)
    expected = {"csv": b"name,deep\r\nn,\r\n", "json": b'[\n{"name":"n","deep":null}\n]\n'}
    assert body == expected[kind]


def test_the_answer_is_a_file_that_nobody_else_keeps():
    response = export_response("csv", "vision/iris: 0\n", ["a"], [])
    assert response["Content-Disposition"] == 'attachment; filename="vision-iris-0.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=0"


@pytest.mark.parametrize(
    ("name", "file"), [("分類", "utf-8''%E5%88%86%E9%A1%9E.csv"), ("..", "list")]
)
def test_any_name_makes_a_file(name, file):
    assert file in export_response("csv", name, ["a"], [])["Content-Disposition"]


def failing(after):
    for number in range(after):
        yield ["x" * 100, number]
    raise RuntimeError("the database is away")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_fails_at_once_is_no_answer_at_all(kind):
    with pytest.raises(RuntimeError):
        export_response(kind, "list", ["a", "b"], failing(3))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_fails_later_never_looks_whole(kind):
    """The server closes a connection whose answer raises before its last chunk."""
    response = export_response(kind, "list", ["a", "b"], failing(10_000))
    received = b""
    with pytest.raises(RuntimeError):  # noqa: PT012 - it is the loop that raises
        for piece in response:
            received += piece
    assert received
    assert not received.endswith(b"]\n")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_memory_does_not_grow_with_the_rows(kind):
    def peak(count):
        tracemalloc.start()
        try:
            rows = (["x" * 1000, number] for number in range(count))
            for _piece in export_response(kind, "list", ["a", "b"], rows):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(5_000) < peak(500) + 100_000
