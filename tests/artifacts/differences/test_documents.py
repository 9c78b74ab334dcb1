import contextlib
import json

import pytest

from artifacts.differences.documents import MOST_VALUES, NoDocument, compare_documents


def compared(base, other):
    return {
        leaf.name: (leaf.state, leaf.base, leaf.other, leaf.change)
        for leaf in compare_documents(json.dumps(base), json.dumps(other))
    }


def test_values_by_their_paths():
    base = {"model": {"layers": [{"size": 4}, {"size": 8}]}, "name": "a", "gone": [], "same": 1}
    other = {"model": {"layers": [{"size": 4}, {"size": 16}, 3]}, "name": "b", "same": 1}
    assert compared(base, other) == {
        "gone": ("removed", "[]", "", None),
        "model.layers[1].size": ("changed", "8", "16", 8),
        "model.layers[2]": ("added", "", "3", None),
        "name": ("changed", "a", "b", None),
    }


def test_documents_of_one_value():
    assert compared(1, 2) == {"$": ("changed", "1", "2", 1)}
    assert compared([], []) == {}
    assert compared({}, []) == {"$": ("changed", "{}", "[]", None)}


def test_how_it_is_written_is_no_difference():
    assert compare_documents('{"a": 1, "b": 2}', '{\n"b":2.0,\n"a":1}') == []


@pytest.mark.parametrize(
    "text",
    [
        "", "no", "{", '{"a": 1', "[" * 100_000, "[" * 100_000 + "]" * 100_000,
        "[" * 900 + "1" + "]" * 900, '{"a":' * 900 + "1" + "}" * 900,
        json.dumps(list(range(MOST_VALUES + 1))), "1" * 5_000, '{"' + "k" * 3_000 + '": {"a": 1}}',
    ],
)  # fmt: skip
def test_hostile_documents_are_none(text):
    with contextlib.suppress(NoDocument):
        assert compare_documents(text, text) == []
    with pytest.raises(NoDocument):
        compare_documents(text[:-1] or "x", "{}")


def test_half_a_surrogate_pair_can_be_shown():
    (leaf,) = compare_documents('{"a": "\\ud800"}', '{"a": "x"}')
    f"{leaf.base} {leaf.other}".encode()
