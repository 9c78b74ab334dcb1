"""What single filters mean, of names, numbers, times and patterns, and which are refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from artifacts.models import Collection, CollectionTag, Run
from registry_site.errors import Invalid
from registry_site.filters import (
    Names,
    Text,
    VersionNumber,
    read_filter,
)
from tests import factories
from tests.site.test_filters import RUNS, found

COLLECTIONS = {
    "name": Text("name"),
    "version": VersionNumber("version_count"),
    "tag": Names(CollectionTag, to="collection"),
}


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
