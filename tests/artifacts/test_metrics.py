import pytest

from artifacts.metrics import (
    MOST_LEAVES,
    Measured,
    best_of,
    commonest,
    is_better_lower,
    is_metric_name,
    leaves_of,
    number_of,
    numbers_of,
)


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


def test_what_was_measured_of_a_version():
    row = Measured(
        metadata={"rows": 5, "a.b": 1, "deep": {"x": True}, "_own": 3, "y" * 257: 1},
        summary={
            "loss": "NaN",
            "f1": 0.5,
            "low": "-Infinity",
            "huge": 10**400,
            "name": "Infinity!",
        },
    )
    assert row.names() == ["run.f1", "metadata.rows", "metadata.a.b"]
    assert [row.value(f"run.{name}") for name in ("loss", "f1", "low", "huge", "name", "x")] == [
        "NaN", 0.5, "-Infinity", None, None, None,
    ]  # fmt: skip
    assert row.number("run.loss") is None
    assert row.number("metadata.a.b") == 1
    for name in ("metadata.deep", "metadata.deep.x", "run.", "run", "", "other.rows"):
        assert row.value(name) is None, name


def test_best_and_commonest():
    rows = [Measured({"n": number}, {"loss": loss}) for number, loss in ((1, 0.5), (2, "NaN"))]
    assert best_of(rows, "run.loss", lowest=True) == 0.5
    assert best_of(rows, "metadata.n", lowest=False) == 2
    assert best_of(rows, "run.gone", lowest=True) is None
    assert commonest(rows) == ["metadata.n", "run.loss"]
    assert [is_metric_name(name) for name in ("run.a", "run.", "runa", "metadata.a.b", "x.a")] == [
        True, False, False, True, False,
    ]  # fmt: skip
