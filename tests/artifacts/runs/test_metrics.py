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


MEDIA = {
    "img": {"_type": "image-file", "width": 8, "height": 9, "size": 100, "path": "media/x.png"},
    "grid": {"_type": "images/separated", "count": 2, "width": 8},
    "hist": {"_type": "histogram", "values": [1, 2], "bins": [0, 1, 2]},
    "eval": {"rows": {"_type": "table-file", "nrows": 5, "ncols": 2}, "acc": 0.5},
    "odd": {"_type": 3, "size": 4},
    "loss": 0.25,
}


def test_what_the_sdk_wrote_as_one_value_is_no_number():
    assert numbers_of(MEDIA) == {"eval.acc": 0.5, "odd.size": 4, "loss": 0.25}
    assert leaves_of(MEDIA)["img"] == MEDIA["img"]
    row = Measured(metadata=MEDIA, summary=MEDIA)
    assert "run.img.width" not in row.names()
    for name in ("run.img.width", "metadata.hist.values", "run.eval.rows.nrows"):
        assert row.value(name) is None


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
    [
        ("loss", True),
        ("val_loss", True),
        ("eval/RMSE", True),
        ("run.test.error", True),
        ("accuracy", False),
        ("glossary", False),
        ("f1", False),
    ],
)
def test_direction_by_name(name, lower):
    assert is_better_lower(name) is lower


@pytest.mark.parametrize(
    ("losses", "best"),
    [([], None), ([1], None), ([1, 1], None), ([1, None], None), ([2, 1, "NaN"], 1)],
)
def test_best_is_better_than_another(losses, best):
    rows = [Measured({}, {} if loss is None else {"loss": loss}) for loss in losses]
    assert best_of(rows, "run.loss", lowest=True) == best


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
        "NaN",
        0.5,
        "-Infinity",
        None,
        None,
        None,
    ]
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
        True,
        False,
        False,
        True,
        False,
    ]
