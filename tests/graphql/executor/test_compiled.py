"""Plans answer what graphql-core answers: data, the first refusal, and what has no plan."""

import inspect
import json
from itertools import product
from unittest.mock import patch

import pytest
from django.core.signing import TimestampSigner
from graphql import build_schema, execute, parse, validate
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from registry_site.api import SCHEMA
from registry_site.errors import Invalid
from registry_site.graphql.binding import Context, abstract, guarded, read_field, type_of
from registry_site.graphql.execution import compiled
from registry_site.graphql.execution.compiled import Plan, compile_operation
from registry_site.graphql.execution.documents import prepare, select_operation
from registry_site.graphql.selections import selected
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.documents import documents
from tests.helpers.graphql import packaged_documents

SDL = """
type Query { one: Thing, must: Thing!, things(n: Int = 2, of: [String!]): [Thing!]!, any: [Any]
             either: Either, wrong: Int }
type Mutation { set(n: Int): Int, other: Int }
interface Any { name: String! }
type Thing implements Any { name: String!, size: Int, self: Thing, kind: Kind, parts: [Part] }
type Part implements Any { name: String!, weight: Float }
union Either = Thing | Part
enum Kind { GOOD BAD }
"""
THING = {"name": "a", "size": 3, "kind": "GOOD", "parts": [{"name": "p", "weight": 1}, None]}


class Part(dict):
    """A type of its own, for interfaces and unions."""


class Thing(dict):
    """The other one."""


@pytest.fixture(scope="module")
def schema():
    abstract(Part, lambda part: "Part")
    abstract(Thing, lambda thing: "Thing")
    built = build_schema(SDL)
    resolvers = {
        ("Query", "one"): lambda root, info: THING | {"self": lambda: THING},
        ("Query", "must"): lambda root, info: None,
        ("Query", "things"): lambda root, info, n=None, of=(): [{"name": x} for x in of or "x" * n],
        ("Query", "any"): lambda root, info: [Thing(THING), Part(name="p", weight=2.5), None],
        ("Query", "either"): lambda root, info: Part(name=info.field_name),
        ("Query", "wrong"): lambda root, info: "no number",
        ("Mutation", "set"): lambda root, info, n=None: n,
    }
    for (kind, name), resolver in resolvers.items():
        built.get_type(kind).fields[name].resolve = resolver
    return built


def both(schema, text, values=None, context=None):
    """What the plan and graphql-core say: data, or the first sentence."""
    document = parse(text)
    operation = select_operation(document, None)
    try:
        ours = compile_operation(schema, document, operation).run(context, values or {})
    except Exception as error:
        ours = getattr(error, "message", str(error))
    result = execute(
        schema,
        document,
        context_value=context,
        variable_values=values or {},
        field_resolver=read_field,
        type_resolver=type_of,
        hide_suggestions=True,
        middleware=[guarded],
    )
    theirs = result.errors[0].message if result.errors else result.data
    return ours, theirs


DOCUMENTS = [
    "{ one { name size self { size self { name } } kind parts { name weight } } }",
    "{ one { n: name __typename } other: one { name } one { size } }",
    "{ things { name } many: things(n: 4) { name } named: things(of: [\"a\", \"b\"]) { name } }",
    "{ any { name ... on Part { weight } ...T __typename } } fragment T on Thing { size }",
    "{ any { ...A } } fragment A on Any { name ... on Any { __typename } }",
    "{ either { __typename ... on Part { name } ... on Thing { size } ...A } } "
    "fragment A on Any { name }",
    "{ one { ... { name } ... @include(if: false) { size } } }",
    "{ one { name @skip(if: true) size @skip(if: false) kind @include(if: true) } }",
    "{ must { name } }",
    "{ one { name } wrong }",
    "mutation { result: set(n: 4) }",
]  # fmt: skip


@pytest.mark.parametrize("text", DOCUMENTS)
def test_documents(schema, text):
    ours, theirs = both(schema, text)
    assert ours == theirs
    assert list(ours) == list(theirs)  # the order too


@pytest.mark.parametrize("wants", [True, False])
def test_conditions_by_variable(schema, wants):
    text = """query Q($wants: Boolean!, $n: Int = 3) {
      one { name @include(if: $wants) size @skip(if: $wants) @include(if: true) ...F }
      things(n: $n) @include(if: $wants) { name }
      one @include(if: $wants) { kind }
      twice: one @skip(if: $wants) { size } twice: one { name }
    } fragment F on Thing { self @include(if: $wants) { name } }"""
    ours, theirs = both(schema, text, {"wants": wants})
    assert ours == theirs
    assert list(ours) == list(theirs)


def test_conditions_hold_for_one_request(schema):
    document = parse("""query Q($a: Boolean!, $b: Boolean!, $c: Boolean = true) {
      one { name @include(if: $a) size @skip(if: $b) kind @include(if: $c) }
    }""")
    plan = compile_operation(schema, document, select_operation(document, None))
    choices = list(product([True, False], repeat=3))
    for a, b, c in choices + choices[::-1]:  # more than the plan keeps
        wanted = {"name": a, "size": not b, "kind": c}
        answer = plan.run(None, {"a": a, "b": b, "c": c})["one"]
        assert answer == {name: THING[name] for name, is_wanted in wanted.items() if is_wanted}
    assert plan.run(None, {"a": False, "b": True})["one"] == {"kind": "GOOD"}


def test_what_a_resolver_sees_below_it_is_its_own(schema, monkeypatch):
    """Two selections of a field may share their first node, which stands in a fragment."""

    def parts(_thing, info):
        return [{"name": ",".join(sorted(selected(info))), "weight": 1}]

    monkeypatch.setattr(schema.get_type("Thing").fields["parts"], "resolve", parts)
    text = """{ a: one { ...F } b: one { ...F parts { weight } } }
    fragment F on Thing { parts { name } }"""
    ours, theirs = both(schema, text)
    assert ours == theirs
    assert ours["b"]["parts"] == [{"name": "name,weight", "weight": 1}]


@pytest.mark.parametrize("values", [{}, {"n": None}, {"n": 5}, {"n": "five"}, {"n": 2**40}])
def test_variables(schema, values):
    ours, theirs = both(schema, "query Q($n: Int!) { things(n: $n) { name } }", values)
    assert ours == theirs


@pytest.mark.parametrize(
    "text",
    [
        '{ __type(name: "Thing") { name } }',
        "mutation { set(n: 1) again: set(n: 2) }",
        "{ ...F } fragment F on Query { __schema { description } }",
        "mutation { ...F } fragment F on Mutation { set(n: 1) other }",
    ],
)
def test_what_has_no_plan(schema, text):
    document = parse(text)
    assert compile_operation(schema, document, select_operation(document, None)) is None


MADE_UP = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.filter_too_much],
)  # fmt: skip
SMALL = build_schema(SDL)


@pytest.mark.slow
@MADE_UP
@given(
    made=documents(
        SMALL,
        {"n": [0, 1, 3, -1], "of": [["a"], ["b", "c"], []]},
        rare=frozenset({"must", "wrong"}),
    )
)
def test_documents_that_nobody_wrote(schema, made):
    text, values = made
    assert_both_say_the_same(schema, text, values)


def assert_both_say_the_same(schema, text, values, context=None):
    """Hold the plan against graphql-core, where the document is valid and has a plan."""
    document = parse(text)
    assume(not validate(schema, document))
    if compile_operation(schema, document, select_operation(document, None)) is None:
        event("has no plan")
        return
    ours, theirs = both(schema, text, values, context)
    event("refused" if isinstance(ours, str) else "answered")
    assert ours == theirs
    assert json.dumps(ours) == json.dumps(theirs)  # the order too


@pytest.fixture
def values(version, vision, registry, alice):
    """Values for the variables of the SDK's reading documents, by name."""
    linked = factories.make_collection(registry.project, "linked")
    factories.make_membership(linked, version, aliases=["good"])
    version.tags.create(name="t")
    run = factories.make_run(version.sequence.project, alice, name="r1")
    run.outputs.create(version=version)
    run.inputs.create(version=version)
    return {
        "entity": "vision",
        "entityName": "vision",
        "project": "iris",
        "projectName": "iris",
        "name": "iris-model:v0",
        "type": "model",
        "typeName": "model",
        "artifactType": "model",
        "collection": "iris-model",
        "collectionName": "iris-model",
        "alias": "v0",
        "org": "Acme",
        "organization": "Acme",
        "run": "r1",
        "runName": "r1",
        "perPage": 10,
        "query": "a",
        "collectionID": encode_id("ArtifactCollection", linked.pk),
        "id": encode_id("Artifact", version.pk),
        "includeAliases": True,
        "artifactName": "linked",
        "artifactID": encode_id("Artifact", version.pk),
        "fileNames": ["weights.txt"],
    }


def _reading():
    return sorted(name for name, text in packaged_documents().items() if "query " in text)


@pytest.mark.parametrize("name", _reading())
def test_the_sdks_reading_documents(name, values, alice, monkeypatch):
    # signed in the same second, both times
    monkeypatch.setattr(TimestampSigner, "timestamp", lambda _signer: "1xWxzq")
    text = packaged_documents()[name]
    try:
        prepared = prepare(SCHEMA, text)
    except Invalid:
        pytest.skip("not offered by this server")
    context = Context(user=factories.fresh(alice), base_url="http://testserver")
    asked = select_operation(prepared.document, None).variable_definitions or ()
    given = {each.variable.name.value: values.get(each.variable.name.value) for each in asked}
    given = {key: value for key, value in given.items() if value is not None}
    ours, theirs = both(SCHEMA, text, given, context)
    assert ours == theirs
    assert prepared.plan_of(select_operation(prepared.document, None)) is not None


@pytest.mark.slow
@MADE_UP
@given(data=st.data())
def test_documents_that_nobody_sends(data, values, alice):
    """Of the schema itself: arguments are what the SDK's documents are given, and near misses."""
    known = {name: [value, value, value, "none"] for name, value in values.items()}
    known |= {"first": [1, 50], "after": ["", "x"], "last": [1], "limit": [5], "samples": [3]}
    known |= {"fileNames": [["weights.txt"], []], "id": [values["id"], values["collectionID"]]}
    known |= {"project.name": ["iris", "iris", "wandb-registry-model"], "run.name": ["r1"]}
    known |= {"project.entityName": ["vision", "vision", "acme"], "organization.name": ["Acme"]}
    known |= dict.fromkeys(["artifactCollection.name", "artifactSequence.name"], ["iris-model"])
    known |= {"artifactType.name": ["model"], "entity.name": ["vision", "acme", "alice", "bob"]}
    rare = frozenset({"serverInfo", "clientIDMapping"})  # small ones
    text, variables = data.draw(documents(SCHEMA, known, depth=7, rare=rare))
    context = Context(user=factories.fresh(alice), base_url="http://testserver")
    with patch.object(TimestampSigner, "timestamp", lambda _signer: "1xWxzq"):
        assert_both_say_the_same(SCHEMA, text, variables, context)


def test_a_setting_leaves_all_to_graphql_core(api, alice, version, settings, monkeypatch):
    ran = []
    monkeypatch.setattr(Plan, "run", lambda *_arguments: ran.append("plan"))
    text = "query Q { viewer { username } }"
    settings.GRAPHQL_CORE = True
    assert api(alice, text) == {"viewer": {"username": "alice"}}
    assert ran == []
    settings.GRAPHQL_CORE = False
    api(alice, text)
    assert ran == ["plan"]


def test_the_executor_does_not_grow():
    """What it can't do in this much, graphql-core does; what it does here, the tests above hold."""
    assert len(inspect.getsource(compiled).splitlines()) <= 262
