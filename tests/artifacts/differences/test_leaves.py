import math

import pytest

from artifacts.differences.leaves import MOST_TEXT, MOST_VALUES, Leaf, compare_leaves


def one(before, after):
    (leaf,) = compare_leaves({"x": before}, {"x": after})
    return leaf


def test_what_differs_comes_first():
    base = {"a": 1, "b": "x", "d": [1], "e": 1}
    other = {"a": 1, "b": "y", "c": None, "d": [1], "f": {}}
    assert compare_leaves(base, other) == [
        Leaf("b", "changed", "x", "y"),
        Leaf("c", "added", "", "null"),
        Leaf("e", "removed", "1", ""),
        Leaf("f", "added", "", "{}"),
        Leaf("a", "same", "1", "1"),
        Leaf("d", "same", "[1]", "[1]"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "change", "percent"),
    [
        (2, 3, 1, 50),
        (-2, -3, -1, -50),
        (0, 3, 3, None),
        (0.5, 0.25, -0.25, -50),
        (1e308, -1e308, None, None),
        (1e-320, 1e300, 1e300, None),
        (10**400, 1, None, None),
        ("1", 2, None, None),
        (True, 2, None, None),
        (1, None, None, None),
    ],
)
def test_numbers_have_a_difference(before, after, change, percent):
    leaf = one(before, after)
    assert leaf.state == "changed"
    assert (leaf.change, leaf.percent) == (change, percent)


@pytest.mark.parametrize(
    "pair", [(1, 1.0), (math.nan, math.nan), ([1, {"b": 1, "a": 2}], [1, {"a": 2, "b": 1}])]
)
def test_equal_values(pair):
    assert one(*pair).state == "same"


@pytest.mark.parametrize("pair", [(1, True), ([1], [True]), ("1", 1), ({}, []), ([1], 1)])
def test_other_types_are_other_values(pair):
    assert one(*pair).state == "changed"


def test_a_difference_beyond_what_is_shown():
    leaf = one("x" * 1000 + "1", "x" * 1000 + "2")
    assert leaf.state == "changed"
    assert leaf.base == leaf.other == "x" * MOST_TEXT + "…"


def test_of_lists_only_the_items_that_differ():
    names = [f"class {number}" for number in range(100)]
    assert compare_leaves({"a": 1, "names": names}, {"a": 1, "names": ["none", *names]}) == [
        Leaf("names[0]", "added", "", "none"),
        Leaf("a", "same", "1", "1"),
    ]
    assert compare_leaves({"a": [1, 2]}, {"a": [2, 1]}) == [
        Leaf("a[0]", "changed", "1", "2", 1, 100),
        Leaf("a[1]", "changed", "2", "1", -1, -50),
    ]


def test_too_long_a_list_is_one_value():
    long = list(range(MOST_VALUES))
    (leaf,) = compare_leaves({"a": long}, {"a": [-1, *long]})
    assert (leaf.name, leaf.state) == ("a", "changed")


def test_many_lists_share_one_bound():
    lists = {f"l{number}": [number, *[0] * 99] for number in range(2_000)}
    other = {name: [*items, 1] for name, items in lists.items()}
    leaves = compare_leaves(lists, other)
    assert {leaf.name for leaf in leaves} == lists.keys()
