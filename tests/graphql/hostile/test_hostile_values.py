"""Every argument of the schema with values of every wrong kind, and with other people's ids."""

import pytest
from graphql import get_named_type, is_input_object_type, is_object_type

from registry_site.api import SCHEMA
from registry_site.texts.ids import encode_id
from tests import factories
from tests.graphql.rights.test_rights import MUTATIONS, SINGLE
from tests.helpers.graphql import auth_of
from tests.helpers.hostile import VALUES, Answer, assert_refused
from tests.helpers.rights import all_rows, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def document_of(name):
    field = name.partition(" ")[0]
    kind = SCHEMA.mutation_type.fields[field].args["input"].type
    return f"mutation($input: {kind}) {{ {field}(input: $input) {{ __typename }} }}"


def inputs(world):
    """An input that works for each mutation, in a place where its sender may do it."""
    for name, (places, _action, given) in MUTATIONS.items():
        if " " not in name or name == "upsertBucket by id":
            yield name, given(world, world.places[places[0]])
    for name, (given, _people) in SINGLE.items():
        if " " not in name or name == "linkArtifact from the team":
            yield name, given(world)


def memberships_in(kind, given, path=()):
    """Paths to every field of an input, also inside of the objects and lists that it has."""
    for name, field in kind.fields.items():
        yield (*path, name), field.type
        inner, value = get_named_type(field.type), (given or {}).get(name)
        if is_input_object_type(inner) and value:
            first = value[0] if isinstance(value, list) else value
            yield from memberships_in(inner, first, (*path, name))


def replaced(given, path, value):
    name, *rest = path
    if rest:
        inner = given[name]
        inside = replaced(inner[0] if isinstance(inner, list) else inner, rest, value)
        value = [inside] if isinstance(inner, list) else inside
    return {**given, name: value}


@pytest.mark.parametrize("part", range(4))
def test_every_field_of_every_mutation(client, world, part):
    """Each field gets a quarter of the values in turn; what is refused changes nothing."""
    answer, wrong, count = Answer(client, **auth_of(world.people["root"])), [], 0
    world.me, before = "root", all_rows()
    for name, given in inputs(world):
        document, kind = document_of(name), _input_type(name)
        for number, (path, _type) in enumerate(memberships_in(kind, given)):
            for label in list(VALUES)[(number + part) % 4 :: 16]:
                count += 1
                variables = {"input": replaced(given, path, VALUES[label])}
                with rolled_back():
                    response, bad = answer.graphql(document, variables)
                    if not bad and response.status_code != 200 and all_rows() != before:
                        bad = "rows changed"
                if bad:
                    wrong.append((name, path, label, bad[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert count > 400


def _input_type(name):
    field = name.partition(" ")[0]
    return get_named_type(SCHEMA.mutation_type.fields[field].args["input"].type)


def long_lists(world):
    """Every list of every mutation, long and of the wrong things."""
    for name, given in inputs(world):
        for path, kind in memberships_in(_input_type(name), given):
            if str(kind).startswith("["):
                for item, size in ((None, 999), ({}, 40_000), ([], 999), ([[]], 999), (1.5, 999)):
                    value = replaced(given, path, [item] * size)
                    yield f"{name} {path} {item}", (document_of(name), {"input": value})


def test_long_lists(client, world):
    answer, world.me = Answer(client, **auth_of(world.people["root"])), "root"
    cases = dict(long_lists(world))
    assert len(cases) > 100
    assert_refused(cases, lambda case: answer.graphql(*case))


def test_more_labels_than_anybody_reads(client, world):
    """Lists of the right things, longer than anybody needs."""
    answer, world.me, cases = Answer(client, **auth_of(world.people["root"])), "root", {}
    given = dict(inputs(world))
    labels = [f"x{number}" for number in range(5000)]
    for name in ("upsertBucket", "upsertBucket by id"):
        cases[name] = document_of(name), {"input": {**given[name], "tags": labels}}
    for name in ("createArtifact", "linkArtifact", "addAliases", "deleteAliases"):
        first = (given[name].get("aliases") or [{"artifactCollectionName": "weights"}])[0]
        aliases = [{**first, "alias": label} for label in labels]
        cases[name] = document_of(name), {"input": {**given[name], "aliases": aliases}}
    tags = [{"tagName": label} for label in labels]
    for name, key in (("updateArtifact", "tagsToAdd"), ("createArtifact", "tags")):
        cases[f"{name} {key}"] = document_of(name), {"input": {**given[name], key: tags}}
    assert_refused(cases, lambda case: answer.graphql(*case))


# how each type that has fields with arguments is reached; VALUE is where the field stands
PROJECT = 'project(name: "iris", entityName: "vision")'
SEQUENCE = (
    PROJECT + ' { artifactCollection(name: "weights") { ... on ArtifactSequence { VALUE } } }'
)
PATHS = {
    "Query": "VALUE",
    "Project": PROJECT + " { VALUE }",
    "Entity": 'entity(name: "acme") { VALUE }',
    "Organization": 'organization(name: "Acme") { VALUE }',
    "Run": PROJECT + ' { run(name: "r1") { VALUE } }',
    "Artifact": PROJECT + ' { artifact(name: "weights:v0") { VALUE } }',
    "ArtifactType": PROJECT + ' { artifactType(name: "model") { VALUE } }',
    "ArtifactSequence": PROJECT + SEQUENCE,
    "ArtifactPortfolio": (
        'project(name: "wandb-registry-open", entityName: "acme") { artifactCollection('
        'name: "linked") { ... on ArtifactPortfolio { VALUE } } }'
    ),
    "ArtifactCollectionMembership": (
        PROJECT + ' { artifactCollectionMembership(name: "weights:v0") { VALUE } }'
    ),
    "File": (
        PROJECT + ' { artifactCollectionMembership(name: "weights:v0") { files { edges { node {'
        " VALUE } } } } }"
    ),
}


def readers():
    """Type, field and argument of all that is read with arguments."""
    for kind in SCHEMA.type_map.values():
        if is_object_type(kind) and kind is not SCHEMA.mutation_type and kind.name[0] != "_":
            for name, field in kind.fields.items():
                for argument in field.args:
                    yield kind.name, name, argument


def reading(kind, name, argument):
    field = SCHEMA.type_map[kind].fields[name]
    needed = [  # what else can't be left out
        f"{other}: {_literal(each.type)}"
        for other, each in field.args.items()
        if other != argument and str(each.type).endswith("!")
    ]
    given = ", ".join([f"{argument}: $value", *needed])
    below = "" if get_named_type(field.type).name in _LEAVES else " { __typename }"
    declared = f"query($value: {field.args[argument].type})"
    return f"{declared} {{ {PATHS[kind].replace('VALUE', f'{name}({given}){below}')} }}"


_LEAVES = {name for name, kind in SCHEMA.type_map.items() if not hasattr(kind, "fields")}


def _literal(kind):
    return '["x"]' if str(kind).startswith("[") else "OrgName" if "Ramp" in str(kind) else '"x"'


@pytest.mark.parametrize("part", range(2))
def test_every_argument_of_every_field(client, world, part):
    """What is asked for a page, a name, a filter or an order that can't be."""
    answer, wrong, count = Answer(client, **auth_of(world.people["root"])), [], 0
    for kind, name, argument in readers():
        document = reading(kind, name, argument)
        for label in list(VALUES)[part::2]:
            count += 1
            _response, bad = answer.graphql(document, {"value": VALUES[label]})
            if bad:
                wrong.append((kind, name, argument, label, bad[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert count > 1000


def ids_of(world, at):
    """An id of every type, of what lies in this place."""
    rows = {
        "Artifact": at.version,
        "ArtifactCollection": at.collection,
        "Project": at.project,
        "Run": at.run,
        "RunFile": at.file,
        "ArtifactManifest": at.manifest,
        "Upload": at.upload,
        "Entity": at.project.entity,
        "User": world.people["charlie"],
        "Organization": world.other,
        "ApiKey": world.people["bob"].api_keys.get(),
        "ArtifactCollectionMembership": at.version.memberships.get(),
        "File": at.upload,
        "Invite": at.version,
        "Nonsense": at.version,
    }
    return {kind: encode_id(kind, row.pk) for kind, row in rows.items()}


# one's own choice, or what core sends along and nobody needs
HARMLESS = {
    "clientID", "sequenceClientID", "cloudRegionID", "clientMutationId", "distributedID",
    "artifactManifestID", "clientMutationID", "owner",
}  # fmt: skip
AS_IF_REPEATED = {"deleteProjectMembers", "deleteInvite"}  # who is no member stays as they are


def test_other_peoples_ids(client, world):
    """Tara may manage everything of the team, and sees nothing of Bob's own project."""
    world.other, world.me = factories.make_organization("Other", charlie="admin"), "tara"
    theirs = ids_of(world, world.personal)
    answer, wrong, count = Answer(client, **auth_of(world.people["tara"])), [], 0
    before = all_rows()
    for name, given in inputs(world):
        for path, kind in memberships_in(_input_type(name), given):
            if name == "updateArtifactManifest" and path == ("baseArtifactID",):
                continue  # the base was named with createArtifactManifest; here it is not looked at
            if "ID" not in str(kind) and path[-1] not in ("id", "uploadID"):
                continue
            for label, text in theirs.items():
                count += 1
                value = [text] if str(kind).startswith("[") else text
                if path == ("teamIds",):
                    given = {key: each for key, each in given.items() if key != "userIds"}
                variables = {"input": replaced(given, path, value)}
                with rolled_back():
                    response, bad = answer.graphql(document_of(name), variables)
                    changed = all_rows() != before
                taken = response.status_code == 200 and path[-1] not in HARMLESS
                if name in AS_IF_REPEATED:
                    taken = changed
                if bad or taken or (response.status_code != 200 and changed):
                    wrong.append((name, path, label, bad, response.content[:200], changed))
    assert not wrong, "\n".join(map(str, wrong))
    assert count > 300
