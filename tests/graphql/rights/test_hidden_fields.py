"""Every field that the schema has for what is hidden: none tells anything of the thing itself.

Each is asked for along every way that leads there, by the names that were told and by guesses at
the real ones. See tests/helpers/hidden.py for the marks that no answer may have.

What else is answered in place of something hidden, and what wandb 0.31 makes of it:

- null: `Query.project`, `artifact`, `artifactCollection`, `entity`, `organization` of what one
  can't see ("not found", as for what does not exist); `Artifact.createdBy` (`logged_by()` is
  None); `User.entity` and `apiKeys` of others (not shown).
- left out, of the count as well: aliases and memberships of an artifact, runs that used it, inputs
  and outputs of a run that lie in no collection one sees, others' teams and organizations. The
  client iterates over them; none of them is an identity.
- []: `Entity.members` for who is not of the organization (`Team.members`).
- `directUrl` of a file that one may see and not open: `/storage/download/-/{name}`, the same for
  files of one name. The client keeps files by their digest, not by address, and gets 403 from it.
- what stands in for collections, projects, entities and types: artifacts/graphql/hidden.py.
"""

import re

import pytest
from graphql import get_named_type, is_composite_type, is_non_null_type, is_union_type

from registry_site.api import SCHEMA
from registry_site.graphql import binding
from registry_site.graphql.binding import Hidden
from registry_site.texts.ids import encode_id
from tests.helpers.hidden import marks_in

pytestmark = pytest.mark.slow
DEPTH = 3  # of what is asked for below a field
MOST_WORDS = 300  # of one document, which may ask for 400 fields

# by the path from the root to the hidden thing, and its type
WAYS = {
    "ArtifactSequence": ["artifact(id: $id)", "artifactSequence"],
    "Project": ["artifact(id: $id)", "artifactSequence", "project"],
    "Entity": ["artifact(id: $id)", "artifactSequence", "project", "entity"],
    "ArtifactType": ["artifact(id: $id)", "artifactType"],
    "ArtifactCollectionMembership": [
        "project(entityName: $entity, name: $project)", "artifactCollectionMembership(name: $name)",
    ],
}  # fmt: skip
OTHER_WAYS = {
    "ArtifactSequence": [
        ["sequence: artifactCollection(id: $sequence)", "... on ArtifactSequence"],
        ["project(entityName: $entity, name: $project)", "artifactCollection(name: $collection)",
         "... on ArtifactSequence"],
        ["project(entityName: $entity, name: $project)", "artifactType(name: \"model\")",
         "artifactCollection(name: $collection)", "... on ArtifactSequence"],
    ],
    "Entity": [["entity(name: $entity)"]],
    "Project": [["entity(name: $entity)", "project(name: $project)"],
                ["model(entityName: $entity, name: $project)"]],
    "ArtifactType": [
        ["project(entityName: $entity, name: $project)", "artifactType(name: \"model\")"]],
}  # fmt: skip
GUESSES = {
    ("Project", "artifact"): ["canary-one:v0", "canary-one:canary"],
    ("Project", "artifactCollection"): ["canary-one"],
    ("Project", "artifactCollectionMembership"): ["canary-one:v0", "canary-one"],
    ("Project", "artifactType"): ["model"],
    ("Project", "run"): ["canary-7310005"],
    ("Project", "bucket"): ["canary-7310005"],
    ("Entity", "project"): ["canary-project"],
    ("ArtifactType", "artifact"): ["canary-one:v0"],
    ("ArtifactType", "artifactCollection"): ["canary-one"],
    ("ArtifactType", "artifactSequence"): ["canary-one"],
    ("ArtifactSequence", "artifactMembership"): ["v0", "v1", "canary", "latest"],
}


def selection(kind, depth):
    """All fields of a type, as deep as said; the version itself, which is seen, only by its id."""
    if kind.name == "Artifact":
        return "{ id artifactSequence { id name createdAt updatedAt state } }"
    if is_union_type(kind):
        return "{ __typename }"
    parts = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if any(is_non_null_type(each.type) for each in field.args.values()):
            continue  # what wants an argument is asked for on its own
        if not is_composite_type(inner):
            parts.append(name)
        elif depth:
            parts.append(f"{name} {selection(inner, depth - 1)}")
    return "{ " + " ".join(parts or ["__typename"]) + " }"


def fields_of(kind):
    """Each field with each argument that it is asked for with."""
    for name, field in SCHEMA.get_type(kind).fields.items():
        inner = get_named_type(field.type)
        body = selection(inner, DEPTH - 1) if is_composite_type(inner) else ""
        guesses = GUESSES.get((kind, name), [])
        argument = next(iter(field.args), "")
        for guess in guesses:
            yield f'{name}({argument}: "{guess}") {body}', True
        if not any(is_non_null_type(each.type) for each in field.args.values()):
            yield f"{name} {body}", False
        else:
            assert guesses, f"{kind}.{name} wants an argument: say which in GUESSES"


def some_at_once(kind):
    """The same fields, a few to a document, under names by which none hides another."""
    some = []
    for field, _is_guess in fields_of(kind):
        if some and len(re.findall(r"\w+", " ".join([*some, field]))) > MOST_WORDS:
            yield " ".join(some)
            some = []
        some.append(f"f{len(some)}: {field}")
    yield " ".join(some)


def ask(api, user, way, field, told, version, core=False):
    """Ask for one field at the end of a way, by a plan or by graphql-core, which runs the rest."""
    body = field
    for step in reversed(way):
        body = f"{step} {{ {body} }}"
    if core:
        body += ' __type(name: "Query") { name }'
    values = {
        "id": ("ID!", encode_id("Artifact", version)),
        "sequence": ("ID!", told["id"]),
        "entity": ("String!", told["entity"]),
        "project": ("String!", told["project"]),
        "collection": ("String!", told["collection"]),
        "name": ("String!", told["collection"] + ":v0"),
    }
    used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", body)}
    variables = ", ".join(f"${name}: {kind}" for name, (kind, _value) in used.items())
    document = f"query({variables}) {{ {body} }}" if used else f"{{ {body} }}"
    return api(user, document, **{name: value for name, (_kind, value) in used.items()})


def at(answer, way):
    for step in way:
        if not step.startswith("..."):
            answer = answer[re.match(r"\w+", step)[0]]
    return answer


@pytest.mark.parametrize("core", [False, True])
@pytest.mark.parametrize("kind", WAYS)
def test_no_field_tells_anything(api, dora, told, links, kind, core):
    for way in [WAYS[kind], *OTHER_WAYS.get(kind, [])]:
        for fields in some_at_once(kind):
            answer = ask(api, dora, way, fields, told, links[0].version_id, core)
            assert at(answer, way) is not None, (way, fields)
            assert not marks_in(answer), (way, fields, answer)


@pytest.mark.parametrize("kind", [kind for kind in WAYS if "$entity" not in WAYS[kind][0]])
def test_who_may_see_it_reads_the_marks(api, alice, told, links, kind):
    """The walk above would find something."""
    answers = [
        ask(api, alice, WAYS[kind], field, told, links[0].version_id)
        for field, _is_guess in fields_of(kind)
    ]
    assert len([answer for answer in answers if marks_in(answer)]) >= 3


def test_guesses_at_real_names_find_nothing(api, dora, told, links):
    """Below a hidden thing its real names lead nowhere, as if nothing were called so."""
    for kind, way in WAYS.items():
        for field in [field for field, is_guess in fields_of(kind) if is_guess]:
            if "canary" in field:
                answer = at(ask(api, dora, way, field, told, links[0].version_id), way)
                assert list(answer.values()) == [None], field


def test_a_field_that_comes_later_tells_nothing(monkeypatch):
    """The resolver of a type never runs for what stands in for it."""
    monkeypatch.setattr(binding, "RESOLVERS", {})
    binding.field("T", "later")(lambda row, info: row.name)
    binding.fields("T", soon=lambda row: row.name)
    later, soon = binding.RESOLVERS["T", "later"], binding.RESOLVERS["T", "soon"]

    class Row:
        name = "canary"

    class HiddenRow(Hidden):
        name = "hidden"

    class Info:
        field_name = "later"

    assert later(Row(), Info()) == soon.read(Row()) == soon(Row(), None) == "canary"
    assert later(HiddenRow(), Info()) is soon.read(HiddenRow()) is soon(HiddenRow(), None) is None
