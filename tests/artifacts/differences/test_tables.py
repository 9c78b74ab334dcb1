import pytest

from artifacts.differences.tables import MOST_SHOWN, NoTable, compare_tables


def compared(base, other, delimiter=","):
    found = compare_tables(base, other, delimiter)
    rows = [
        (
            row.state,
            row.base_number,
            row.other_number,
            {
                column: (cell.base, cell.other)
                for column, cell in zip(found.columns, row.cells, strict=True)
                if not cell.is_same
            },
        )
        for row in found.rows
    ]
    return found, rows


def test_rows_are_found_again_by_their_first_column():
    base = "id,x,y\n1,a,p\n2,b,p\n3,c,p\n"
    other = "id,x,z\n3,c,q\n1,A,q\n4,d,q\n"
    found, rows = compared(base, other)
    assert found.key == "id"
    assert (found.columns, found.added_columns, found.removed_columns) == (
        ["id", "x", "z", "y"],
        ["z"],
        ["y"],
    )
    assert found.counts == {"added": 1, "removed": 1, "changed": 1, "same": 1}
    assert rows == [
        ("changed", 1, 2, {"x": ("a", "A"), "y": ("p", ""), "z": ("", "q")}),
        ("added", None, 3, {"id": ("", "4"), "x": ("", "d"), "z": ("", "q")}),
        ("removed", 2, None, {"id": ("2", ""), "x": ("b", ""), "y": ("p", "")}),
    ]


def test_rows_without_a_key_are_compared_in_their_order():
    base = "x,y\n1,1\n1,2\n1,3\n"
    found, rows = compared(base, "x,y\n1,1\n1,9\n1,3\n1,4\n")
    assert found.key == ""
    assert rows == [
        ("changed", 2, 2, {"y": ("2", "9")}),
        ("added", None, 4, {"x": ("", "1"), "y": ("", "4")}),
    ]
    assert found.counts["same"] == 2


def test_columns_that_only_moved_are_no_difference():
    found, rows = compared("a,b\n1,2\n", "b,a\n2,1\n")
    assert rows == []
    assert found.counts == {"added": 0, "removed": 0, "changed": 0, "same": 1}


def test_quotes_tabs_short_rows_and_empty_lines():
    base = 'id\tx\n1\t"a\nb"\n\n2\n'
    _found, rows = compared(base, base.replace("2\n", "2\tc\n"), "\t")
    assert rows == [("changed", 2, 2, {"x": ("", "c")})]


def test_long_cells_that_differ_behind_what_is_shown():
    _found, rows = compared(f"id,x\n1,{'x' * 200}a\n", f"id,x\n1,{'x' * 200}b\n")
    assert rows == [("changed", 1, 1, {"x": ("x" * 100 + "…",) * 2})]


def test_only_the_first_rows_are_shown():
    other = "id,x\n" + "".join(f"{n},1\n" for n in range(MOST_SHOWN + 10))
    found, rows = compared("id,x\n", other)
    assert len(rows) == MOST_SHOWN
    assert found.counts["added"] == MOST_SHOWN + 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a,a\n1,2\n",
        "a,b\n1,2,3\n",
        "a\n" + "x" * 200_000,
        ",".join("abc") * 100,
        "a\n" + "1\n" * 60_000,
        '"' + "x" * 300_000,
        ",".join(map(str, range(150))) + "\n" + ("," * 149 + "\n") * 5_000,
    ],
)
def test_what_is_no_table_or_too_large(text):
    for pair in ((text, "a\n1\n"), ("a\n1\n", text)):
        with pytest.raises(NoTable):
            compare_tables(*pair, ",")
