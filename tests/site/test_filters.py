"""The filter language against a plain reading of the same rules in Python, on many filters."""

import json
import random

import pytest

from artifacts.models import Run
from registry_site.errors import Invalid
from registry_site.filters import (
    Column,
    Json,
    JsonValue,
    Number,
    Text,
    Time,
    read_filter,
    read_order,
)
from registry_site.queries.keyset import Key, cursor_of, slice_by_key
from tests import factories
from tests.helpers.plain_filters import MISSING, holds

RUNS = {
    "name": Text("name"),
    "group": Text("group"),
    "notes": Text("notes"),
    "username": Text("user__username"),
    "exit_code": Number("exit_code"),
    "created_at": Time("created_at"),
    "tags": Json("tags"),
    "config": Json("config", inside=lambda path: [path[0], "value", *path[1:]]),
    "summary": Json("summary"),
}
VALUES = [
    0, 1, 2.5, -3, 1.0, 10**20, True, False, "a", "b", "ab", "", "1", "Ä", 'q"', None,
    ["a", "b"], ["b"], [1, "a", True], [], {"deep": 3}, {"deep": "ab"},
]  # fmt: skip


# --- rows and filters


@pytest.fixture
def runs(project, alice):
    """Runs with every value at `summary.x` and `config.x`, and what each is as a plain row."""
    rows = {}
    for number, value in enumerate([*VALUES, MISSING]):
        has = value is not MISSING
        fields = {
            "summary": {"x": value} if has else {},
            "config": {"x": {"value": value}} if has else {"y": 1},
            "tags": value if isinstance(value, list) else [],
            "group": value if isinstance(value, str) else "",
            "exit_code": None if number % 3 == 0 else number % 5,
            "user": alice if number % 2 else None,
        }
        run = factories.make_run(project, name=f"r{number:02}", **fields)
        rows[run.name] = {
            "name": run.name,
            "tags": run.tags,
            **({"username": "alice"} if run.user else {}),
            **({"group": run.group} if run.group else {}),
            **({"exit_code": run.exit_code} if run.exit_code is not None else {}),
            **({"summary.x": value, "config.x": value} if has else {}),
        }
        if isinstance(value, dict):
            rows[run.name] |= {"summary.x.deep": value["deep"], "config.x.deep": value["deep"]}
    return rows


def found(rule):
    return set(
        Run.objects.filter(read_filter(json.dumps(rule), RUNS)).values_list("name", flat=True)
    )


def expected(rule, rows):
    return {name for name, row in rows.items() if holds(rule, row)}


class Maker:
    """Random filters, the same in each run of the tests."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def rule(self, depth=0):
        if depth < 3 and self.random.random() < 0.4:
            name = self.random.choice(["$and", "$or", "$nor", "$not"])
            if name == "$not":
                return {"$not": self.rule(depth + 1)}
            return {name: [self.rule(depth + 1) for _ in range(self.random.randrange(3))]}
        fields = self.random.sample([*TAKES], self.random.choice([1, 1, 2]))
        return {field: self.operand(field) for field in fields}

    def operand(self, field):
        values, patterns, listed = TAKES[field]
        choice = self.random.random()
        if choice < 0.15:
            return self.random.choice([*values, None])
        if choice < 0.3:
            return {"$not": self.operators(field)}
        return self.operators(field)

    def operators(self, field):
        values, patterns, listed = TAKES[field]
        compared = [each for each in values if not isinstance(each, bool | list)]
        several = self.random.sample(
            [each for each in [*values, None] if not isinstance(each, list)], 2
        )
        made = {
            "$eq": self.random.choice([*values, None]),
            "$ne": self.random.choice([*values, None]),
            "$in": several,
            "$nin": several,
            "$exists": self.random.choice([True, False]),
        }
        if compared:
            for name in ("$gt", "$gte", "$lt", "$lte"):
                made[name] = self.random.choice(compared)
        if patterns:
            made["$regex"] = self.random.choice(["a", "^a", "b$", "^$", "[ab]{2}", "(?i)Ä|1", "."])
            made["$contains"] = self.random.choice(["a", "ab", "", "Ä"])
        if listed:
            made["$size"] = self.random.randrange(4)
            made["$all"] = several
        names = self.random.sample([*made], self.random.choice([1, 1, 1, 2]))
        return {name: made[name] for name in names}


_JSON = [0, 1, 2.5, 1.0, -3, 10**20, True, False, "a", "b", "ab", "1", "Ä", ["a", "b"], ["b"], []]
TAKES = {  # what the field is compared with, whether it takes patterns, whether it may be a list
    "name": (["r01", "r02", "r1", "x"], True, False),
    "group": (["a", "b", "ab", "1"], True, False),
    "username": (["alice", "bob"], True, False),
    "exit_code": ([0, 1, 2, 3.5], False, False),
    "summary.x": (_JSON, True, True),
    "config.x": (_JSON, True, True),
    "summary.x.deep": ([3, "ab", 2], True, True),
    "tags": (["a", "b", "x", 1], True, True),
}


@pytest.mark.slow
def test_filters_mean_what_the_plain_reading_means(runs):
    maker, answers = Maker(7), set()
    for _number in range(400):
        rule = maker.rule()
        names = found(rule)
        assert names == expected(rule, runs), rule
        answers.add(frozenset(names))
    assert len(answers) > 60  # not all of them say everything or nothing


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"summary": {"x": 1}}, {"r01", "r04", "r18"}),
        ({"summary": {"x": {"deep": {"$gt": 2}}}}, {"r20"}),
        ({"summary.x": {"$or": [{"$gt": 2.4}, {"$eq": "ab"}]}}, {"r02", "r05", "r10"}),
        ({"summary.x": {"$exists": False}}, {"r22"}),
        ({"config.x": {"$all": ["a", 1]}}, {"r18"}),
        ({"name": {"$in": []}}, set()),
        ({"$or": []}, set()),
        ({"$and": [], "name": "r01"}, {"r01"}),
    ],
)
def test_said_by_hand(runs, rule, names):
    assert found(rule) == names


# --- orders

ORDERS = {
    "name": Column("name"),
    "exit_code": Column("exit_code", nullable=True),
    "summary": JsonValue("summary"),
}


def _rank(value):
    """Numbers before texts before the rest."""
    if isinstance(value, bool | int | float):
        return (0, float(value))
    return (1, value) if isinstance(value, str) else (2,)


@pytest.mark.parametrize(
    "order", ["+name", "-name", "exit_code", "-exit_code", "+summary.x", "-summary.x"]
)
def test_every_page_follows_the_last_in_every_order(runs, order):
    keys, seen, cursor, back = read_order(order, ORDERS, "+name"), [], "", []
    for _page in range(20):
        rows, more = slice_by_key(Run.objects.all(), order=keys, size=3, cursor=cursor)
        seen += rows
        cursor = cursor_of(rows[-1], keys)
        if not more:
            break
    assert len({run.pk for run in seen}) == len(seen) == len(runs)
    values = [_value_for(order, run) for run in seen]
    present = [each for each in values if each != (2,)]
    assert values == present + [(2,)] * (len(values) - len(present))
    for rank in (0, 1):
        same = [each[1] for each in present if each[0] == rank]
        assert same == sorted(same, reverse=order[0] == "-")
    while len(back) < len(seen) - 1:
        rows, _more = slice_by_key(
            Run.objects.all(), order=keys, size=4, cursor=cursor, backwards=True
        )
        back, cursor = rows + back, cursor_of(rows[0], keys)
    assert back == seen[:-1]


def _value_for(order, run):
    if "summary" in order:
        return _rank(run.summary.get("x"))
    return _rank(getattr(run, order.lstrip("+-")))


@pytest.mark.parametrize("text", ["nam", "-", "summary", "name.x", "summary.", "--name", "$x"])
def test_an_unknown_order_is_refused(text):
    with pytest.raises(Invalid, match="There is no order by"):
        read_order(text, ORDERS, "+name")


def test_without_an_order_the_default_holds():
    assert read_order(None, ORDERS, "-name") == read_order(" -name ", ORDERS, "+name")
    assert read_order("", ORDERS, ORDERS["name"].keys([], False)) == [Key("name")]
