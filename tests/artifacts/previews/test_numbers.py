"""Numbers in tables of files stand right, with as many digits as one reads; texts stay texts."""

import io
import json

import pytest

from artifacts.previews.blocks import table_of_rows
from artifacts.previews.delimited import preview_delimited
from artifacts.previews.json_files import preview_json_lines, preview_wandb_table
from artifacts.previews.numbers import Number, is_number, shortened_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234567890123, "0.123457"),
        ("0.1234567890123", "0.123457"),
        (0.5, "0.5"),
        (1234567.891, "1,234,568"),
        (1e-9 / 3, "3.33333e-10"),
        (1e22 / 3, "3.33333e+21"),
        (12345678901234567890, "12,345,678,901,234,567,890"),
        ("2026", "2026"),
        (2026, "2,026"),
        ("1.50", "1.50"),
        (float("nan"), "nan"),
        ("NaN", "NaN"),
        (-0.1, "-0.1"),
        ("1e999", "1e999"),
    ],
)
def test_a_fraction_has_as_many_digits_as_one_reads(value, text):
    shown = shortened_number(value)
    assert str(shown) == text
    if isinstance(shown, Number):
        assert float(shown.whole) == float(value)


@pytest.mark.parametrize("text", ["007", "1_000", "12a", "1.2.3", "", "0x10", "+", "²", "1e", True])
def test_names_are_no_numbers(text):
    assert not is_number(text)


def test_a_column_of_numbers_has_nothing_else():
    rows = [[1, "2.5", "NaN", "x", None, "007"], [2.25, "", "1", "2", None, "3"]]
    table = table_of_rows({}, "rows", "Rows", list("abcdef"), rows)
    assert table.numbers == {0, 1, 2}
    assert table.rows[0] == ["1", "2.5", "NaN", "x", "", "007"]


def table_in(name, text):
    file = io.BytesIO(text.encode())
    preview = {
        "csv": preview_delimited,
        "jsonl": preview_json_lines,
        "table": preview_wandb_table,
    }[name](file, len(text), {})
    return preview.tables[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("csv", "name,loss\nanna,0.1234567890123\nbert,\n"),
        ("jsonl", '{"name": "anna", "loss": 0.1234567890123}\n{"name": "bert"}\n'),
        (
            "table",
            json.dumps(
                {"columns": ["name", "loss"], "data": [["anna", 0.1234567890123], ["bert", None]]}
            ),
        ),
    ],
)
def test_numbers_of_every_kind_of_table(name, text):
    table = table_in(name, text)
    assert table.numbers == {1}
    assert table.rows[0] == ["anna", Number("0.123457", "0.1234567890123")]
    assert table.rows[1] == ["bert", ""]
