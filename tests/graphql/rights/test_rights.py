"""Every mutation and every root query × people × visibility: who may, who is told what.

A new field of the schema without a row here fails the first test.
"""

import pytest

from registry_site.accounts.permissions import ROLE_ACTIONS, Action, lowest_for
from registry_site.api import SCHEMA
from registry_site.texts.ids import encode_id
from tests.helpers.rights import PLACES, ROLES, artifact, mutate, role_in, sees, send

pytestmark = pytest.mark.django_db

EDIT, PROTECT, MANAGE, DOWNLOAD = Action.EDIT, Action.PROTECT, Action.MANAGE, Action.DOWNLOAD
REGISTRIES, SOURCES = ("open", "restricted"), ("team", "personal")


def of_project(at):
    return {"entityName": at.entity, "projectName": at.project.name}


def of_run(at):
    return {**of_project(at), "runName": "r1"}


def collection(at, key="artifactPortfolioID", row=None):
    return {key: encode_id("ArtifactCollection", (row or at.collection).pk)}


def aliases(at, *names, into=None):
    name = (into or at.collection).name
    where = {**of_project(at), "artifactCollectionName": name}
    return {**artifact(at), "aliases": [{**where, "alias": alias} for alias in names]}


def tags(at):
    where = {**of_project(at), "artifactCollectionName": at.collection.name}
    return {**where, "tags": [{"tagName": "t"}]}


def project_id(at):
    return encode_id("Project", at.project.pk)


def members(at, world, **more):
    return {"projectId": project_id(at), **more}


def user_id(world, name):
    return encode_id("User", world.people[name].pk)


def team_id(world):
    return encode_id("Entity", world.vision.entity_id)


MD5 = "XrY7u+Ae7tCTyyK7j1rNww=="

# mutation -> (places, what it needs there, the input of a place); several rows where it has ways
MUTATIONS = {
    "createArtifact": (SOURCES, EDIT, lambda w, at: {
        **of_project(at), "artifactTypeName": "model", "artifactCollectionName": "weights",
        "digest": "d", "runName": "r1"}),
    "createArtifactManifest": (SOURCES, EDIT, lambda w, at: {
        **artifact(at, at.begun), **of_run(at), "name": "m", "digest": "d"}),
    "updateArtifactManifest": (SOURCES, EDIT, lambda w, at: {
        "artifactManifestID": encode_id("ArtifactManifest", at.manifest.pk), "digest": "e"}),
    "createArtifactFiles": (SOURCES, EDIT, lambda w, at: {
        "artifactFiles": [{**artifact(at, at.begun), "name": "f", "md5": MD5}]}),
    "commitArtifact": (SOURCES, EDIT, lambda w, at: artifact(at)),
    "completeMultipartUploadArtifact": (SOURCES, EDIT, lambda w, at: {
        **artifact(at, at.begun), "completeMultipartAction": "Abort", "completedParts": [],
        "storagePath": at.upload.storage_path, "uploadID": encode_id("Upload", at.upload.pk)}),
    "useArtifact": (PLACES, DOWNLOAD, lambda w, at: {
        **artifact(at), "entityName": w.me, "projectName": "mine", "runName": "mine",
        "artifactEntityName": at.entity, "artifactProjectName": at.project.name}),
    "useArtifact in a run of": (SOURCES, EDIT, lambda w, at: {**artifact(at), **of_run(at)}),
    "updateArtifact": (PLACES, EDIT, lambda w, at: {**artifact(at), "description": "new"}),
    "deleteArtifact": (SOURCES, EDIT, lambda w, at: {**artifact(at), "deleteAliases": True}),
    "linkArtifact": (REGISTRIES, EDIT, lambda w, at: {
        **artifact(at), **of_project(at), "artifactPortfolioName": "other"}),
    "linkArtifact protected": (REGISTRIES, PROTECT, lambda w, at: {
        **artifact(at), **collection(at),
        "aliases": [{"artifactCollectionName": "linked", "alias": "production"}]}),
    "unlinkArtifact": (REGISTRIES, EDIT, lambda w, at: {**artifact(at), **collection(at)}),
    "unlinkArtifact protected": (REGISTRIES, PROTECT, lambda w, at: {
        **artifact(at), **collection(at, row=at.guarded)}),
    "addAliases": (PLACES, EDIT, lambda w, at: aliases(at, "new")),
    "addAliases protected": (REGISTRIES, PROTECT, lambda w, at: aliases(at, "new", "production")),
    "deleteAliases": (PLACES, EDIT, lambda w, at: aliases(at, "old")),
    "deleteAliases protected": (REGISTRIES, PROTECT, lambda w, at: aliases(
        at, "production", into=at.guarded)),
    "updateArtifactSequence": (SOURCES, EDIT, lambda w, at: {
        **collection(at, "artifactSequenceID"), "description": "new"}),
    "updateArtifactPortfolio": (REGISTRIES, EDIT, lambda w, at: {
        **collection(at), "name": "renamed"}),
    "moveArtifactSequence": (SOURCES, EDIT, lambda w, at: {
        **collection(at, "artifactSequenceID", at.spare),
        "destinationArtifactTypeName": "dataset"}),
    "deleteArtifactSequence": (SOURCES, EDIT, lambda w, at: collection(
        at, "artifactSequenceID", at.spare)),
    "deleteArtifactPortfolio": (REGISTRIES, EDIT, lambda w, at: collection(at)),
    "deleteArtifactPortfolio protected": (REGISTRIES, PROTECT, lambda w, at: collection(
        at, row=at.guarded)),
    "createArtifactCollectionTagAssignments": (PLACES, EDIT, lambda w, at: tags(at)),
    "deleteArtifactCollectionTagAssignments": (PLACES, EDIT, lambda w, at: tags(at)),
    "upsertBucket": (SOURCES, EDIT, lambda w, at: {
        "entityName": at.entity, "modelName": at.project.name, "name": "r2"}),
    "upsertBucket by id": (SOURCES, EDIT, lambda w, at: {
        "id": encode_id("Run", at.run.pk), "notes": "new"}),
    "deleteRun": (SOURCES, EDIT, lambda w, at: {"id": encode_id("Run", at.run.pk)}),
    "updateRunState": (SOURCES, EDIT, lambda w, at: {
        "id": encode_id("Run", at.run.pk), "state": "failed"}),
    "stopRun": (SOURCES, EDIT, lambda w, at: {"id": encode_id("Run", at.run.pk)}),
    "rewindRun": (SOURCES, EDIT, lambda w, at: {
        **of_run(at), "metricName": "_step", "metricValue": 1}),
    "createRunFiles": (SOURCES, EDIT, lambda w, at: {**of_run(at), "files": ["f"]}),
    "markRunFilesUploaded": (SOURCES, EDIT, lambda w, at: {**of_run(at), "files": []}),
    "deleteFiles": (SOURCES, EDIT, lambda w, at: {"files": [encode_id("RunFile", at.file.pk)]}),
    "notifyScriptableRunAlert": (SOURCES, EDIT, lambda w, at: {
        **of_run(at), "title": "t", "text": "x"}),
    "upsertModel": (SOURCES, EDIT, lambda w, at: {"id": project_id(at), "description": "new"}),
    "upsertModel of a registry": (REGISTRIES, MANAGE, lambda w, at: {
        "id": project_id(at), "access": "RESTRICTED"}),
    "upsertModel anew": (SOURCES, EDIT, lambda w, at: {"entityName": at.entity, "name": "fresh"}),
    "renameProject": (PLACES, MANAGE, lambda w, at: {
        "entityName": at.entity, "oldProjectName": at.project.name,
        "newProjectName": at.project.name + "-new"}),
    "deleteModel": (REGISTRIES, MANAGE, lambda w, at: {"id": project_id(at)}),
    "deleteModel of a project": (("personal",), MANAGE, lambda w, at: {"id": project_id(at)}),
    "createProjectMembers": (REGISTRIES, MANAGE, lambda w, at: members(
        at, w, userIds=[user_id(w, "oscar")], teamIds=[team_id(w)])),
    "deleteProjectMembers": (REGISTRIES, MANAGE, lambda w, at: members(
        at, w, userIds=[user_id(w, "tara")])),
    "updateProjectMember": (REGISTRIES, MANAGE, lambda w, at: members(
        at, w, userId=user_id(w, "tara"), userProjectRole="viewer")),
    "updateProjectTeamMember": (REGISTRIES, MANAGE, lambda w, at: members(
        at, w, teamId=team_id(w), teamProjectRole="viewer")),
    "createInvite": (("team",), MANAGE, lambda w, at: {
        "entityName": "vision", "username": "oscar"}),
    "deleteInvite": (("team",), MANAGE, lambda w, at: {
        "entityName": "vision", "id": user_id(w, "victor")}),
    "createServiceAccount": (("team",), MANAGE, lambda w, at: {
        "entityName": "vision", "description": "ci"}),
}  # fmt: skip

ALL = list(ROLES)
INSIDE = ["olga", "tara", "bob", "victor", "rita", "oscar", "root"]  # of the organization
TEAM = ["olga", "tara", "bob", "victor", "root"]


def statuses(*, ok=(), denied=(), missing=(), others=None):
    known = dict.fromkeys(ok, 200) | dict.fromkeys(denied, 403) | dict.fromkeys(missing, 404)
    return {person: known.get(person, others) for person in ROLES}


# mutation -> the input, and the status for each person; "never" is some refusal for everybody
SINGLE = {
    "createTeam": (
        lambda w: {"teamName": "new", "organizationId": encode_id("Organization", w.acme.pk)},
        statuses(denied=["victor"], missing=["charlie"], others=200)),
    "createUser": (lambda w: {"email": "new@example.com"}, statuses(ok=["root"], others=403)),
    "updateUser": (lambda w: {"name": "New"}, statuses(ok=ALL)),
    "updateUser of another": (
        lambda w: {"id": user_id(w, "tara"), "name": "New"},
        statuses(ok=["tara"], missing=["charlie"], others=403)),
    "generateApiKey": (lambda w: {"description": "k"}, statuses(ok=ALL)),
    "deleteApiKey": (
        lambda w: {"id": encode_id("ApiKey", w.people["tara"].api_keys.get().pk)},
        statuses(ok=["tara", "root"], others=404)),
    "upsertModel of a new registry": (
        lambda w: {"entityName": "acme", "name": "wandb-registry-new"},
        statuses(denied=["victor"], missing=["charlie"], others=200)),
    # as for a reserved name: it tells least of what has it
    "upsertModel of a registry that is hidden": (
        lambda w: {"entityName": "acme", "name": w.restricted.project.name, "description": "new"},
        {**statuses(denied=["bob", "victor", "rita"], missing=["charlie"], others=200),
         "oscar": 400}),
    "deleteArtifact whose source is hidden": (
        lambda w: {**artifact(w.restricted), "deleteAliases": True},
        statuses(denied=["victor", "rita"], missing=["oscar", "charlie"], others=409)),
    "linkArtifact from the team": (
        lambda w: {**artifact(w.team), **collection(w.restricted)},
        statuses(denied=["victor"], missing=["rita", "oscar", "charlie"], others=200)),
    "linkArtifact of a person": (
        lambda w: {**artifact(w.personal), **collection(w.open)},
        {**statuses(others=404), "bob": 400, "root": 400}),
    "linkArtifact into what is hidden": (
        lambda w: {**artifact(w.open), **collection(w.restricted)},
        statuses(denied=["victor", "rita"], missing=["oscar", "charlie"], others=200)),
    "createArtifactManifest with another's base": (
        lambda w: {**artifact(w.team, w.team.begun), **of_run(w.team), "name": "m", "digest": "d",
                   "baseArtifactID": artifact(w.personal)["artifactID"]},
        {**statuses(ok=["bob", "root"], others=404), "victor": 404}),
    "useArtifact through another registry": (
        lambda w: {**artifact(w.restricted), "entityName": w.me, "projectName": "mine",
                   "runName": "mine", "artifactEntityName": "acme",
                   "artifactProjectName": "wandb-registry-open"},
        statuses(denied=["rita"], missing=["oscar", "charlie"], others=200)),
    "upsertBucket in a registry": (
        lambda w: {"entityName": "acme", "modelName": w.open.project.name, "name": "r"}, "never"),
    "createArtifact in a registry": (
        lambda w: {**of_project(w.open), "artifactTypeName": "model", "digest": "d",
                   "artifactCollectionName": "linked"}, "never"),
    "createProjectMembers in a team's project": (
        lambda w: members(w.team, w, userIds=[user_id(w, "oscar")]), "never"),
    "updateUser with a default that is hidden": (
        lambda w: {"defaultEntity": "vision"},
        {**statuses(others=200), **dict.fromkeys(["victor", "rita", "oscar", "charlie"], "never")}),
}  # fmt: skip


def of(*people):
    return lambda person, place: person in people


# query -> places, what is asked, its variables, and who gets an answer; to others it is null
QUERIES = {
    "serverInfo": ((None,), "serverInfo { features { name } }", None, sees),
    "viewer": ((None,), "viewer { id }", None, sees),
    "users": ((None,), 'users(query: "tara") { edges { node { id } } }', None, of(*INSIDE)),
    "entity": ((None,), 'entity(name: "vision") { id members { name } }', None, of(*TEAM)),
    "entity of a person": ((None,), 'entity(name: "bob") { id }', None, of("bob", "root")),
    "entity of the organization": ((None,), 'entity(name: "acme") { id }', None, of(*INSIDE)),
    "organization": ((None,), 'organization(name: "Acme") { id }', None, of(*INSIDE)),
    "models": (SOURCES, "models(entityName: $entity) { edges { node { name } } }",
               lambda at: {"entity": at.entity}, sees),
    "project": (PLACES, "project(name: $name, entityName: $entity) { id }",
                lambda at: {"name": at.project.name, "entity": at.entity}, sees),
    "model": (PLACES, "model(name: $name, entityName: $entity) { id }",
              lambda at: {"name": at.project.name, "entity": at.entity}, sees),
    "artifact": (PLACES, "artifact(id: $id) { id }",
                 lambda at: {"id": artifact(at)["artifactID"]}, sees),
    "artifactCollection": (PLACES, "artifactCollection(id: $id) { id }",
                           lambda at: {"id": collection(at, "id")["id"]}, sees),
    "clientIDMapping": (SOURCES, "clientIDMapping(clientID: $id) { serverID }",
                        lambda at: {"id": at.client_id}, sees),
}  # fmt: skip
NOT_FOUND_IF_HIDDEN = {"models"}


def query(client, world, person, name, place):
    _places, text, variables, _who = QUERIES[name]
    values = variables(world.places[place]) if variables else {}
    declared = ", ".join(f"${key}: {'ID!' if key == 'id' else 'String!'}" for key in values)
    document = f"query({declared}) {{ found: {text} }}" if declared else f"{{ found: {text} }}"
    return send(client, world, person, document, values)


def test_every_root_field_has_a_row():
    rows = {name.partition(" ")[0] for name in [*MUTATIONS, *SINGLE]}
    assert rows == set(SCHEMA.mutation_type.fields)
    assert {name.partition(" ")[0] for name in QUERIES} == set(SCHEMA.query_type.fields)


def expected(role, action):
    """The status, and the role that the sentence names."""
    if role is None:
        return 404, ""
    return (200, "") if action in ROLE_ACTIONS[role] else (403, lowest_for(action).label)


@pytest.mark.slow
@pytest.mark.parametrize("person", ROLES)
def test_mutations_by_place(client, world, person):
    wrong, world.me = [], person
    for name, (places, action, given) in MUTATIONS.items():
        for place in places:
            status, words = expected(role_in(person, place), action)
            found, answer, changed = mutate(
                client, world, person, name, given(world, world.places[place])
            )
            sentence = "" if found == 200 else answer["errors"][0]["message"]
            if found != status or words not in sentence or (found != 200 and changed):
                wrong.append((name, place, status, found, sentence, changed))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.slow
@pytest.mark.parametrize("person", ROLES)
def test_other_mutations(client, world, person):
    wrong, world.me = [], person
    for name, (given, people) in SINGLE.items():
        status = people if isinstance(people, str) else people[person]
        found, answer, changed = mutate(client, world, person, name, given(world))
        fits = found in (400, 403, 404, 409) if status == "never" else found == status
        if not fits or (found != 200 and changed):
            wrong.append((name, status, found, answer, changed))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("person", ROLES)
def test_queries(client, world, person):
    wrong = []
    for name, (places, _text, _variables, who) in QUERIES.items():
        for place in places:
            status, answer = query(client, world, person, name, place)
            if not who(person, place) and name in NOT_FOUND_IF_HIDDEN:
                fits = status == 404 and answer["data"] is None
            else:
                found = status == 200 and answer["data"]["found"]
                fits = status == 200 and bool(found and found != {"edges": []}) is who(
                    person, place
                )
            if not fits:
                wrong.append((name, place, status, answer))
    assert not wrong, "\n".join(map(str, wrong))


def test_without_a_key_nothing(client, world):
    world.me = "bob"
    for name, (places, _action, given) in MUTATIONS.items():
        given = given(world, world.places[places[0]])
        status, answer, changed = mutate(client, world, "nobody", name, given)
        assert (status, answer["data"], changed) == (401, None, False)
    for name, (places, *_more) in QUERIES.items():
        assert query(client, world, "nobody", name, places[0])[0] == 401
