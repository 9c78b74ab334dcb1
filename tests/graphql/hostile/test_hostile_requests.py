"""Requests that no client of ours sends: bodies, documents, filters."""

import json

import pytest

from tests.helpers.hostile import assert_refused, nest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
QUERY = "{ viewer { id } }"


def bodies():
    whole = json.dumps({"query": QUERY, "variables": {}}).encode()
    yield from {f"cut at {end}": whole[:end] for end in range(len(whole))}.items()
    for value in (None, True, 0, 1.5, "x", [], [whole.decode()], {}, {"Query": QUERY}):
        yield f"is {value!r}"[:30], json.dumps(value).encode()
        yield f"query is {value!r}"[:30], json.dumps({"query": value}).encode()
    for value in (True, 1, -1.5, "x", "{}", [1], [{}]):
        yield f"variables are {value!r}", json.dumps({"query": QUERY, "variables": value}).encode()
    for name in ("Other", "__schema", "viewer", "\0", "a" * 10**5):
        yield (
            f"operation {name[:9]!r}",
            json.dumps({"query": QUERY, "operationName": name}).encode(),
        )
    for code in ("utf-16", "utf-32", "cp500"):
        yield code, whole.decode().encode(code)
    for junk in (b"\xff", b"\x00", b"\x80" * 99, b"PK\3\4", b"\x1f\x8b", b"<xml/>", b"a=b&c=d"):
        yield f"junk {junk[:4]!r}", junk
        yield f"junk behind {junk[:4]!r}", whole + junk
    for opening in (b"[", b'{"a":', b'["', b'{"query":['):
        yield f"open {opening!r}", opening * 50_000
    yield "digits", b'{"query": "{viewer{id}}", "variables": {"a": ' + b"9" * 10**5 + b"}}"
    yield "deep", json.dumps({"query": QUERY, "variables": nest(600, lambda at: {"a": at})})


def test_bodies(answer):
    cases = dict(bodies())
    assert len(cases) >= 100
    assert_refused(cases, answer.raw)


# a level and its end, around the middle of a document that would be fine
LEVELS = {
    "fields": ("{ viewer { ", "teams { ", "id", "}", "} }"),
    "fields of runs": ("mutation { ", "run { ", "id", "}", "}"),
    "fields under other names": ("{ ", "a: organizations { ", "id", "}", "}"),
    "lists": ("{ entity(name: ", "[", "1", "]", ") { id } }"),
    "lists of texts": ("{ users(query: ", "[", '"x"', "]", ") { totalCount } }"),
    "objects": ("{ entity(name: ", "{a: ", "1", "}", ") { id } }"),
    "objects in a mutation": ("mutation { stopRun(input: ", "{id: ", "1", "}", ") { success } }"),
    "types": ("query($a: ", "[", "ID", "]", "!) { viewer { id } }"),
    "fragments": ("{ ", "... { ", "viewer { nothing }", "}", "}"),
    "typed fragments": ("{ viewer { ", "... on User { ", "nothing", "}", "} }"),
    "defaults": ("query($a: ID = ", "[", "1", "]", ") { viewer { id } }"),
}  # fmt: skip


def deep_documents():
    for label, (begin, level, middle, end, last) in LEVELS.items():
        for depth in (21, 25, 40, 64, 100, 300, 1000, 3000, 6000, 9000):
            yield f"{label} {depth}", begin + level * depth + middle + end * depth + last


def test_deep_documents(answer):
    cases = dict(deep_documents())
    assert len(cases) > 100
    assert_refused(cases, answer.graphql)


def documents():
    for count in (401, 3000):
        yield (
            f"aliases {count}",
            "{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(count)) + "}",
        )
        yield f"operations {count}", " ".join(f"query A{n} {QUERY}" for n in range(count))
        yield (
            f"variables {count}",
            ("query(" + " ".join(f"$v{n}: ID!" for n in range(count)) + ") " + QUERY),
        )
        yield f"directives {count}", "{ viewer " + "@include(if: true) " * count + "{ id } }"
        yield f"arguments {count}", "{ entity(" + 'name: "a" ' * count + ") { id } }"
        yield f"unknown {count}", "{ " + " ".join(f"x{n}" for n in range(count)) + " }"
    for length in (1, 2, 3, 30):
        ring = [f"fragment F{n} on Query {{ ...F{(n + 1) % length} }}" for n in range(length)]
        yield f"ring {length}", "{ ...F0 } " + " ".join(ring)
        chain = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(length)]
        last = f" fragment F{length} on Query {{ {'a: viewer { id }' * 401} }}"
        yield f"chain {length}", "{ ...F0 } " + " ".join(chain) + last
    for introspection in range(4, 9):
        yield (
            f"types of types {introspection}",
            (
                "{ __schema { types "
                + "{ fields { type " * introspection * 2
                + "{ name }"
                + " } }" * introspection * 2
                + " } }"
            ),
        )
    bits = [
        "",
        " ",
        "#",
        "{",
        "}",
        '"',
        '"""',
        "$",
        "@",
        "...",
        "!",
        ":",
        "\\",
        "\0",
        "\ufeff",
        "query",
        "mutation",
        "query {",
        "{ a",
        "{ a b(",
        "{ viewer }",
        "{ viewer { id { id } } }",
        "{ nothing }",
        "{ viewer { nothing } }",
        "subscription { a }",
        "type A { b: Int }",
        "schema { query: Query }",
        "extend type Query { a: ID }",
        "fragment F on User { id }",
        "{ ...F }",
        "{ ... on Run { id } }",
        "{ viewer @skip { id } }",
        "{ viewer @nothing { id } }",
        "{ viewer { id: name id } }",
        "{ artifact { id } }",
        "{ artifact(id: $x) { id } }",
        "query($x: ID, $x: ID) { artifact(id: $x) { id } }",
        "query($x: Run) { viewer { id } }",
        "query($x: ID! = null) { artifact(id: $x) { id } }",
        '{ artifact(id: "x", id: "y") { id } }',
        "{ artifact(id: {}) { id } }",
        "mutation { addAliases { success } }",
        "mutation { addAliases(input: 1) { success } }",
        "mutation { viewer { id } }",
        "{ addAliases { success } }",
        "{ __type { name } }",
        "query Q { viewer { id } } query Q { viewer { id } }",
        "{ viewer { id } } { viewer { id } }",
        "{ users(first: 1.5) { totalCount } }",
        "{ users(first: 99999999999) { totalCount } }",
        '{ users(first: "1") { totalCount } }',
        "{ users(first: -1) { totalCount } }",
        "{ viewer { ...F } } fragment F on Run { id }",
        "{ viewer { ... on Nothing { id } } }",
        "query($x: Nothing) { viewer { id } }",
        "query($x: ID) { viewer { id } }",
        "query($x: ID!) { artifact(id: $x) { id } }",
        "{ viewer { id } } fragment F on User { id }",
        "{ viewer { teams(first: {}) { totalCount } } }",
        "{ viewer { id } }}",
        "{{ viewer { id } }",
        '{ artifact(id: """x) { id } }',
        '{ artifact(id: "\\u{110000}") { id } }',
        "query @x { a }",
        "{ viewer { id @include } }",
        "{ viewer { id @include(if: 1) } }",
        "query($x: ID = [{}]) { a }",
        "{ viewer { id @include(if: $x) } }",
        "directive @x on FIELD",
        "interface A { b: ID }",
        "union A = User",
        "enum A { B }",
        "input A { b: ID }",
        "scalar A",
        "\ud83d\ude00",
        "#" * 70_000,
        " " * 70_000 + QUERY,
        QUERY + "," * 70_000,
    ]
    yield from {f"bit {bit[:40]!r}{len(bit)}": bit for bit in bits}.items()


def test_documents(answer):
    cases = dict(documents())
    assert len(cases) > 100
    assert_refused(cases, answer.graphql)


LISTS = [
    'entity(name: "acme") { projects(filters: $value) { totalCount } }',
    'entity(name: "acme") { artifactCollections(filters: $value) { totalCount } }',
    'entity(name: "acme") { artifactMemberships(filters: $value) { totalCount } }',
    'project(name: "iris", entityName: "vision") { runs(filters: $value) { totalCount } }',
    'project(name: "iris", entityName: "vision") { artifactCollections(filters: $value) '
    "{ totalCount } }",
]


def filters():
    for operator in (
        "$eq",
        "$gt",
        "$in",
        "$nin",
        "$regex",
        "$contains",
        "$exists",
        "$size",
        "$all",
    ):
        yield f"top {operator}", {operator: "x"}
        yield f"unknown under {operator}", {"name": {operator: {"$nothing": 1}}}
    for operator in ("$and", "$or", "$nor", "$not"):
        for operand in (None, 1, "x", [1], ["x"], [[{}]]):
            yield f"{operator} {operand}", {operator: operand}
        for depth in (21, 60, 400):
            yield f"{operator} deep {depth}", nest(depth, lambda at, op=operator: {op: [at]})
        yield f"{operator} wide", {operator: [{"name": "x"}] * 101}
    for pattern in ("(", "[", "*", "(?<a>", "\\", "a{99999999}", "(?P<a", "[z-a]"):
        yield f"regex {pattern}", {"name": {"$regex": pattern}}
    yield "regex long", {"name": {"$regex": "a" * 70_000}}
    for field in (
        "password",
        "user__password",
        "pk",
        "entity__name",
        "name__regex",
        "",
        "$",
        "a.b.c",
        "project.entity.name",
        "name;--",
        "name'",
        "\0",
        "é",
    ):
        yield f"field {field!r}", {field: "x"}
    for value in (
        {"a": 1},
        [1, [2]],
        {"$in": "x"},
        {"$in": [[1]]},
        {"$in": ["x"] * 501},
        {"$exists": "x"},
        {"$regex": 1},
        {"$gt": 1, "$nothing": 1},
    ):
        yield f"value {str(value)[:30]}", {"name": value}
    for bad in ("[]", "1", '"x"', "[{}]", "{", "{'name': 1}", "nan", "[" * 5000, "x" * 70_000):
        yield f"text {bad[:9]}", bad


def test_filters(answer):
    cases = dict(filters())
    assert len(cases) > 90  # in each of five lists
    for place in LISTS:
        document = f"query($value: JSONString) {{ {place} }}"

        def send(case, document=document):
            text = case if isinstance(case, str) else json.dumps(case)
            return answer.graphql(document, {"value": text})

        assert_refused(cases, send)
