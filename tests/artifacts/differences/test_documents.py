import contextlib
import json
import time

import pytest

from artifacts.differences.documents import NoDocument, compare_documents
from artifacts.differences.leaves import MOST_VALUES


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


def test_an_item_in_front_of_a_list_is_all_that_differs():
    items = [{"id": number, "x": 0} for number in range(5)]
    changed = [*items[:3], {"id": 3, "x": 1}, items[4]]
    assert compared(items, ["new", *items]) == {"[0]": ("added", "", "new", None)}
    assert compared({"a": items}, {"a": items[2:]}) == {
        "a[0].id": ("removed", "0", "", None),
        "a[0].x": ("removed", "0", "", None),
        "a[1].id": ("removed", "1", "", None),
        "a[1].x": ("removed", "0", "", None),
    }
    assert compared(items, ["new", *changed]) == {
        "[0]": ("added", "", "new", None),
        "[3 → 4].x": ("changed", "0", "1", 1),
    }


def test_what_became_something_else():
    assert compared({"a": [1], "b": {"c": 1}, "d": []}, {"a": {"x": 1}, "b": 2, "d": [1]}) == {
        "a[0]": ("removed", "1", "", None),
        "a.x": ("added", "", "1", None),
        "b.c": ("removed", "1", "", None),
        "b": ("added", "", "2", None),
        "d[0]": ("added", "", "1", None),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("base", "other"),
    [
        ([[0] * 99 + [1]] * 200, [[1] + [0] * 99] * 200),
        ([number % 3 for number in range(24_000)], [number % 5 for number in range(24_000)]),
        (list(range(24_000)), list(range(24_000, 0, -1))),
    ],
)
def test_lists_made_to_take_long_take_no_longer_than_others(base, other):
    begun = time.process_time()
    assert compare_documents(json.dumps(base), json.dumps(other))
    assert time.process_time() - begun < 5


def test_documents_of_one_value():
    assert compared(1, 2) == {"$": ("changed", "1", "2", 1)}
    assert compared([], []) == {}
    assert compared({}, []) == {"$": ("changed", "{}", "[]", None)}


def test_how_it_is_written_is_no_difference():
    assert compare_documents('{"a": 1, "b": 2}', '{\n"b":2.0,\n"a":1}') == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "{",
        '{"a": 1',
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "[" * 900 + "1" + "]" * 900,
        '{"a":' * 900 + "1" + "}" * 900,
        json.dumps(list(range(MOST_VALUES + 1))),
        "1" * 5_000,
        '{"' + "k" * 3_000 + '": {"a": 1}}',
    ],
)
def test_hostile_documents_are_none(text):
    with contextlib.suppress(NoDocument):
        assert compare_documents(text, text) == []
    with pytest.raises(NoDocument):
        compare_documents(text[:-1] or "x", "{}")


def test_half_a_surrogate_pair_can_be_shown():
    (leaf,) = compare_documents('{"a": "\\ud800"}', '{"a": "x"}')
    f"{leaf.base} {leaf.other}".encode()
