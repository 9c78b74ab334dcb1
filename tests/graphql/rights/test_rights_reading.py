"""What reading shows of registries and sources that a person sees in part."""

import base64

import pytest

from registry_site.accounts.names import PLACEHOLDER
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of
from tests.helpers.rights import ROLES, artifact, mutate, sees, send

pytestmark = pytest.mark.django_db

NAMES = """query($name: String) { entity(name: $name) {
  projects { totalCount edges { node { name } } }
  artifactCollections { totalCount edges { node { name project { name } } } }
  artifactMemberships { totalCount edges { node { artifactCollection { project { name } } } } } } }
"""


@pytest.mark.parametrize("person", sorted(ROLES.keys() - {"charlie"}))
def test_lists_hold_what_one_sees(client, world, person):
    status, answer = send(client, world, person, NAMES, {"name": "acme"})
    assert status == 200
    found = answer["data"]["entity"]
    seen = {f"wandb-registry-{place}" for place in ("open", "restricted") if sees(person, place)}
    nodes = {key: [edge["node"] for edge in page["edges"]] for key, page in found.items()}
    collections = nodes["artifactCollections"]
    places = [each["artifactCollection"] for each in nodes["artifactMemberships"]]
    assert {each["name"] for each in nodes["projects"]} == seen
    for rows in (collections, places):
        assert {each["project"]["name"] for each in rows} == seen
    counts = [page["totalCount"] for page in found.values()]
    assert counts == [len(seen), 2 * len(seen), 2 * len(seen)]


SOURCE = """query($id: ID!) { artifact(id: $id) {
  description aliases { alias } usedBy { totalCount } createdBy { __typename }
  artifactMemberships { edges { node { artifactCollection { name } } } }
  artifactType { name artifactCollections { totalCount } artifact(name: "weights:v0") { id }
    artifactCollection(name: "weights") { id } artifactSequence(name: "weights") { id } }
  artifactSequence { name description project { name } tags { edges { node { name } } }
    aliases { edges { node { alias } } } artifactMembership(aliasName: "v0") { id }
    artifacts { totalCount } latestArtifact { id } digestAlgorithm } } }"""


def test_a_source_out_of_sight_stays_so(client, world):
    """Through a link one learns that there is a source, and nothing of what is around it."""
    world.restricted.version.run = world.team.run
    world.restricted.version.save(update_fields=["run"])
    given = {"id": artifact(world.restricted)["artifactID"]}
    _status, answer = send(client, world, "rita", SOURCE, given)
    found = answer["data"]["artifact"]
    places = [
        edge["node"]["artifactCollection"]["name"] for edge in found["artifactMemberships"]["edges"]
    ]
    assert sorted(places) == ["guarded", "linked"]
    assert found["createdBy"] is None
    assert found["usedBy"] == {"totalCount": 0}
    assert "latest" in {alias["alias"] for alias in found["aliases"]}
    assert found["artifactType"] == {
        "name": "model",
        "artifactCollections": {"totalCount": 1},
        "artifact": None,
        "artifactCollection": None,
        "artifactSequence": None,
    }
    names = [
        found["artifactSequence"].pop("name"),
        found["artifactSequence"].pop("project")["name"],
    ]
    assert all(PLACEHOLDER.fullmatch(name) for name in names)
    assert found["artifactSequence"] == {
        "description": None,
        "tags": {"edges": []},
        "aliases": {"edges": []},
        "artifactMembership": None,
        "artifacts": {"totalCount": 2},
        "latestArtifact": None,
        "digestAlgorithm": None,
    }
    _status, answer = send(client, world, "bob", SOURCE, given)
    found = answer["data"]["artifact"]
    assert found["artifactSequence"]["latestArtifact"]
    assert found["artifactType"]["artifact"]
    assert found["artifactSequence"]["project"] == {"name": "iris"}


FILES = """query($name: String, $entity: String) { project(name: $name, entityName: $entity) {
  artifactCollection(name: "linked") { artifactMembership(aliasName: "v0") {
    files { edges { node { name directUrl url } } }
    artifact { currentManifest { file { directUrl } } } } } } }"""


@pytest.mark.parametrize(
    ("person", "status"), [("rita", 403), ("victor", 200), ("olga", 200), ("root", 200)]
)
def test_bytes_of_a_restricted_registry(client, world, person, status):
    """A Restricted Viewer sees the list; none of its addresses gives the bytes."""
    at = world.restricted
    _status, answer = send(
        client, world, person, FILES, {"name": at.project.name, "entity": "acme"}
    )
    place = answer["data"]["project"]["artifactCollection"]["artifactMembership"]
    (file,) = [edge["node"] for edge in place["files"]["edges"]]
    assert file["name"] == "weights.txt"
    manifest = place["artifact"]["currentManifest"]["file"]
    for address in (file["directUrl"], file["url"], manifest["directUrl"]):
        assert_bytes(client.get(address.removeprefix("http://testserver")), status)
    entry = at.version.entries.get()
    digest = base64.b64decode(entry.digest).hex()
    artifact_id = encode_id("Artifact", at.version.pk)
    for middle in (f"{artifact_id}/{artifact_id}", artifact_id):
        path = f"/artifactsV2/default/acme/{at.project.name}/linked/{middle}/{digest}/weights.txt"
        response = client.get(path, **auth_of(world.people[person]))
        assert_bytes(response, {200: 307}.get(status, status))
        assert client.get(path, **auth_of(world.people["oscar"])).status_code == 404
        assert client.get(path).status_code == 401


def assert_bytes(response, status):
    assert response.status_code == status
    if status == 403:
        assert "needs the role Viewer or above" in response.json()["errors"][0]["message"]
    elif status == 200:
        assert response.getvalue()  # to its end, which closes the file


def test_a_version_can_be_downloaded_in_one_registry_and_not_in_another(client, world):
    """Rita is Member of the open registry, Restricted Viewer of the other."""
    factories.make_membership(
        factories.make_collection(world.open.project, "both"), world.restricted.version
    )
    document = FILES.replace('"linked"', "$collection").replace(
        "$entity: String", "$entity: String, $collection: String!", 1
    )
    for place, name, status in (("open", "both", 200), ("restricted", "linked", 403)):
        given = {"name": world.places[place].project.name, "entity": "acme", "collection": name}
        _status, answer = send(client, world, "rita", document, given)
        found = answer["data"]["project"]["artifactCollection"]["artifactMembership"]
        address = found["files"]["edges"][0]["node"]["directUrl"]
        assert_bytes(client.get(address.removeprefix("http://testserver")), status)
    run = {"entityName": "rita", "projectName": "mine", "runName": "mine"}
    for place, status in (("open", 200), ("restricted", 403)):
        through = {"artifactEntityName": "acme"}
        through["artifactProjectName"] = world.places[place].project.name
        given = {**artifact(world.restricted), **run, **through}
        assert mutate(client, world, "rita", "useArtifact", given)[0] == status
