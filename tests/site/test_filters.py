"""The filter language against a plain reading of the same rules in Python, on many filters."""

import json
import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from artifacts.models import Collection, CollectionTag, Run
from registry_site.errors import Invalid
from registry_site.filters import (
    Column,
    Json,
    JsonValue,
    Names,
    Number,
    Text,
    Time,
    VersionNumber,
    read_filter,
    read_order,
)
from registry_site.queries.keyset import Key, cursor_of, slice_by_key
from tests import factories

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
COLLECTIONS = {
    "name": Text("name"),
    "version": VersionNumber("version_count"),
    "tag": Names(CollectionTag, to="collection"),
}
VALUES = [
    0, 1, 2.5, -3, 1.0, 10**20, True, False, "a", "b", "ab", "", "1", "Ä", 'q"', None,
    ["a", "b"], ["b"], [1, "a", True], [], {"deep": 3}, {"deep": "ab"},
]  # fmt: skip
MISSING = object()


# --- the same rules, read plainly


def holds(rule, row):
    return all(_holds(key, operand, row) for key, operand in rule.items())


def _holds(key, operand, row):
    if key == "$and":
        return all(holds(each, row) for each in operand)
    if key == "$or":
        return any(holds(each, row) for each in operand)
    if key == "$nor":
        return not any(holds(each, row) for each in operand)
    if key == "$not":
        return not holds(operand, row)
    value = row.get(key, MISSING)
    if not isinstance(operand, dict):
        return test("$eq", operand, value)
    return all(
        not _holds(key, given, row) if operator == "$not" else test(operator, given, value)
        for operator, given in operand.items()
    )


def kind(value):
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float


def test_value(operator, given, value):
    if isinstance(value, dict | type(None)) or value is MISSING or kind(given) is not kind(value):
        return False
    return {
        "$eq": lambda: value == given,
        "$gt": lambda: value > given,
        "$gte": lambda: value >= given,
        "$lt": lambda: value < given,
        "$lte": lambda: value <= given,
        "$regex": lambda: isinstance(value, str) and re.search(given, value) is not None,
        "$contains": lambda: isinstance(value, str) and given in value,
    }[operator]()


test_value.__test__ = False


def test(operator, given, value):
    if operator == "$ne":
        return not test("$eq", given, value)
    if operator == "$nin":
        return not test("$in", given, value)
    if operator == "$in":
        return any(test("$eq", each, value) for each in given)
    if operator == "$all":
        return all(test("$eq", each, value) for each in given)
    if operator == "$exists":
        return (value is not MISSING) == given
    if operator == "$size":
        return isinstance(value, list) and len(value) == given
    if operator == "$eq" and given is None:
        return value is MISSING or value is None
    if operator == "$eq" and isinstance(given, list):
        return (
            isinstance(value, list)
            and len(value) == len(given)
            and all(test("$eq", each, value) for each in given)
        )
    values = value if isinstance(value, list) else [value]
    return any(test_value(operator, given, each) for each in values)


test.__test__ = False

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


# --- names, numbers, times


@pytest.fixture
def tagged(project):
    for name, count, tags in [
        ("c0", 0, []),
        ("c1", 1, ["a"]),
        ("c2", 2, ["a", "b"]),
        ("c12", 12, ["ab"]),
    ]:
        made = factories.make_collection(project, name, version_count=count)
        for tag in tags:
            made.tags.create(name=tag)


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"tag": "a"}, "c1 c2"),
        ({"tag": {"$ne": "a"}}, "c0 c12"),
        ({"tag": {"$in": ["b", "ab"]}}, "c2 c12"),
        ({"tag": {"$nin": ["b", "ab"]}}, "c0 c1"),
        ({"tag": {"$all": ["a", "b"]}}, "c2"),
        ({"tag": {"$regex": "^a.?$"}}, "c1 c2 c12"),
        ({"tag": {"$not": {"$regex": "b"}}}, "c0 c1"),
        ({"tag": {"$exists": False}}, "c0"),
        ({"tag": None}, "c0"),
        ({"tag": {"$size": 2}}, "c2"),
        ({"tag": {"$size": 0}}, "c0"),
        ({"tag": {"$contains": "b"}}, "c2 c12"),
        ({"version": 1}, "c1"),
        ({"version": "v12"}, "c12"),
        ({"version": {"$in": ["v1", 2]}}, "c1 c2"),
        ({"version": {"$gt": "v1"}}, "c2 c12"),
        ({"version": {"$regex": "^v1"}}, "c1 c12"),
        ({"version": {"$contains": "2"}}, "c2 c12"),
    ],
)
def test_names_and_versions(tagged, rule, names):
    rows = Collection.objects.filter(read_filter(rule, COLLECTIONS))
    assert set(rows.values_list("name", flat=True)) == set(names.split())


@pytest.mark.parametrize(
    ("operator", "given", "names"),
    [
        ("$eq", "2026-03-05T10:00:00Z", "b"),
        ("$eq", "2026-03-05T19:00:00+09:00", "b"),
        ("$eq", "2026-03", "b c"),
        ("$ne", "2026-03", "a d"),
        ("$gte", "2026", "b c d"),
        ("$gt", "2026", "b c d"),
        ("$gt", "2026-03-05T10:00:00Z", "c d"),
        ("$lt", "2026-03-05T10:00:00", "a"),
        ("$lte", "2026-03-05T10:00:00Z", "a b"),
        ("$lte", "2026-03-05", "a"),
        ("$lt", "2026-03-05T10:01", "a b"),
        ("$gte", "2026-03-05T10:00:00.500Z", "c d"),
        ("$in", ["2025", "2027-01-01"], "a d"),
    ],
)
def test_times_are_compared_as_their_text(project, operator, given, names):
    start = datetime(2026, 3, 5, 10, 0, 0, 400_000, tzinfo=UTC)
    for name, moment in {
        "a": start - timedelta(days=300),
        "b": start,
        "c": start + timedelta(minutes=2),
        "d": datetime(2027, 1, 1, tzinfo=UTC),
    }.items():
        Run.objects.filter(pk=factories.make_run(project, name=name).pk).update(created_at=moment)
    assert found({"created_at": {operator: given}}) == set(names.split())


# --- what is refused

DEEP = {"name": "a"}
for _level in range(30):
    DEEP = {"$not": DEEP}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"nam": 1}, "'nam' is no field of this list; there are: config.…, created_at"),
        ({"name": {"$like": "x"}}, "'$like' is no operator; there are: $and"),
        ({"$where": "1"}, "'$where' is no operator"),
        ({"name": 5}, "'name' so: it is compared with text, not with 5"),
        ({"name": {"a": 1}}, "'a' is no operator"),
        ({"name": {"$gt": None}}, "takes a value, not null"),
        ({"name": {"$in": "x"}}, "$in takes a list"),
        ({"name": {"$in": [1]}}, "compared with text"),
        ({"name": {"$exists": 1}}, "true or false"),
        ({"name": {"$size": 1}}, "no $size"),
        ({"name": {"$regex": "("}}, "no regular expression of RE2"),
        ({"name": {"$regex": r"(a)\1"}}, "no regular expression of RE2"),
        ({"name": {"$regex": "(?=a)"}}, "no regular expression of RE2"),
        ({"name": {"$regex": "x(?i)a"}}, "no (?"),
        ({"name": {"$regex": "a{300}"}}, "repeats 255 times"),
        ({"name": {"$regex": r"\pL"}}, r"\p is not offered"),
        ({"name": {"$regex": "x" * 501}}, "500 characters"),
        ({"name": {"$regex": "((a{100}){100}){100}"}}, "no regular expression of RE2"),
        ({"exit_code": "1"}, "compared with a number"),
        ({"exit_code": True}, "compared with a number"),
        ({"exit_code": 10**30}, "compared with a number"),
        ({"exit_code": {"$regex": "1"}}, "only compared"),
        ({"created_at": "yesterday"}, "a time such as"),
        ({"created_at": "2026-13"}, "a time such as"),
        ({"created_at": "9999"}, "a time such as"),
        ({"created_at": 5}, "a time such as"),
        ({"summary.": 1}, "1 to 20 names"),
        ({'summary.a"b': 1}, "without quotes"),
        ({"summary." + ".".join("a" * 30): 1}, "1 to 20 names"),
        ({"summary.x": {"$gt": [1]}}, "compared with a text"),
        ({"summary.x": {"$regex": 1}}, "compared with a text"),
        ({"$and": {"name": "a"}}, "$and takes a list"),
        ({"$or": ["a"]}, "an object with fields"),
        ({"$or": [{"name": "a"}] * 101}, "100 conditions at most"),
        ({"$or": [{"summary.x": "a"}] * 21}, "20 of them"),
        ({"name": {"$in": ["a"] * 501}}, "at most 500 values"),
        (DEEP, "20 levels"),
        ("[]", "must be a JSON object"),
        ("{", "is no JSON"),
        ("[" * 5000, "JSON"),
        (" " * 70_000, "65536 characters"),
        ([1], "must be a JSON object"),
    ],
)
def test_refusals_say_what_would_be_possible(rule, words):
    given = rule if isinstance(rule, str | list) else json.dumps(rule)
    with pytest.raises(Invalid) as refusal:
        read_filter(given, RUNS)
    assert words in refusal.value.message
    assert refusal.value.message.endswith(".")


@pytest.mark.slow
def test_a_pattern_that_bombs_others_is_quick(project):
    factories.make_run(project, notes="a" * 20_000)
    started = timezone.now()
    rows = Run.objects.filter(
        read_filter({"notes": {"$regex": "^(a+)+$"}}, {"notes": Text("notes")})
    )
    assert rows.count() == 1
    rows = Run.objects.filter(
        read_filter({"notes": {"$regex": "(a*)*b"}}, {"notes": Text("notes")})
    )
    assert rows.count() == 0
    assert timezone.now() - started < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"\bab\b", "x ab y", True),
        (r"\bab\b", "xaby", False),
        (r"^[]a]+$", "a]", True),
        (r"^[^]a]+$", "a]", False),
        (r"[[:digit:]]{2}", "a12", True),
        (r"(?P<n>x)(?:y)", "xy", True),
        (r"(?i)ABC", "xabcx", True),
        (r"a.b", "a\nb", False),
        (r"\Aab\z", "ab", True),
        (r"a\.b", "axb", False),
        (r"[\d\-]+$", "1-2", True),
        (r"a+?b", "aab", True),
    ],
)
def test_patterns_are_the_same_on_both_databases(project, pattern, text, fits):
    factories.make_run(project, notes=text)
    assert bool(found({"notes": {"$regex": pattern}})) is fits


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
