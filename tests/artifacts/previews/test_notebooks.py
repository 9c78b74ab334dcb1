import json

import pytest

from tests.artifacts.previews.test_good_files import facts, preview

CELLS = [
    {"cell_type": "markdown", "source": ["# Title\n", "text"]},
    {"cell_type": "code", "execution_count": 3, "source": "1 + 1", "outputs": [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "2", "text/html": "<b>2</b>"}},
        {"output_type": "display_data", "data": {"image/png": "aGk="}},
        {"output_type": "error", "traceback": ["\x1b[31mNameError\x1b[0m", "x"]},
    ]},
    {"cell_type": "raw", "source": "raw"},
]  # fmt: skip


def notebook(cells=CELLS, **more):
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5} | more).encode()


def cells_of(found):
    return [(cell.kind, cell.text) for cell in found.cells]


def test_cells_and_outputs():
    found = preview("a.ipynb", notebook(metadata={"kernelspec": {"language": "R"}}))
    assert cells_of(found) == [
        ("markdown", "# Title\ntext"),
        ("code", "1 + 1"),
        ("output", "a\nb\n"),
        ("output", "2"),
        ("error", "\x1b[31mNameError\x1b[0m\nx"),
        ("text", "raw"),
    ]
    assert (found.cells[1].label, found.cells[1].language) == ("[3]", "r")
    assert facts(found) == {"Cells": "3", "Language": "r"}


def test_the_older_format():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "outputs": []}]}]}
    assert cells_of(preview("a.ipynb", json.dumps(old).encode())) == [("code", "x = 1")]


def test_long_notebooks_are_cut():
    found = preview("a.ipynb", notebook([{"cell_type": "code", "source": "x"}] * 400))
    assert len(found.cells) == 300
    assert found.notes == ["Only the first cells are shown. Download the file to see all."]
    found = preview("a.ipynb", notebook([{"cell_type": "code", "source": "x" * 150_000}] * 9))
    assert len(found.cells) == 2


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", b"nonsense", b'{"cells": 3}', b'{"worksheets": [3]}', b'{"worksheets": []}'],
)
def test_what_is_no_notebook_is_shown_as_text(data):
    found = preview("a.ipynb", data)
    assert (found.cells, found.text) == ([], data.decode())
    assert found.notes


@pytest.mark.parametrize(
    "cells",
    [
        [3, None, [], "x"],
        [{"cell_type": []}],
        [{"cell_type": "code", "source": {"a": 1}, "outputs": 3, "execution_count": "x"}],
        [{"cell_type": "code", "source": [1, None], "outputs": [3, {"data": [1]}, {"text": 5}]}],
        [{"cell_type": "code", "source": "", "outputs": [{"output_type": "error"}]}],
    ],
)
def test_hostile_cells(cells):
    preview("a.ipynb", notebook(cells, metadata=[1]))
