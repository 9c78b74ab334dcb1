import pytest

from artifacts.metrics import MOST_LEAVES, is_better_lower, leaves_of, number_of, numbers_of


def test_leaves_have_dotted_names():
    value = {"a": {"b": 1, "_c": 2, "d": {}}, "_wandb": {"x": 1}, "e": [1, {"f": 2}]}
    assert leaves_of(value) == {"a.b": 1, "a.d": {}, "e": [1, {"f": 2}]}


def test_leaves_are_bounded():
    assert len(leaves_of({str(number): number for number in range(MOST_LEAVES + 5)})) == MOST_LEAVES
    deep = {"a": 1}
    for _level in range(600):
        deep = {"a": deep}
    assert len(leaves_of(deep)) == 1


def test_numbers_are_finite_and_no_booleans():
    value = {"a": 1, "b": 0.5, "c": True, "d": "NaN", "e": float("inf"), "f": 10**400, "g": None}
    assert numbers_of(value) == {"a": 1.0, "b": 0.5}
    assert number_of("1") is None


@pytest.mark.parametrize(
    ("name", "lower"),
    [("loss", True), ("val_loss", True), ("eval/RMSE", True), ("run.test.error", True),
     ("accuracy", False), ("glossary", False), ("f1", False)],
)  # fmt: skip
def test_direction_by_name(name, lower):
    assert is_better_lower(name) is lower
