"""A version is still found by the path that it had; what held it is not, as the SDK expects."""

from base64 import b64decode

import pytest

from artifacts.graphql.versions.usage import _through
from artifacts.models import FormerPathUse
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import delete_collection, update_collection
from artifacts.services.collections.links import link_version
from artifacts.services.projects import delete_project, rename_project
from registries.services.registry.creation import create_registry
from registries.services.registry.renaming import rename_registry
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, sdk_document

OLD_FILES = """query O($entity: String!, $project: String!, $type: String!, $name: String!) {
  project(name: $project, entityName: $entity) {
    artifactType(name: $type) { artifact(name: $name) { id } } } }"""
OLD = ("acme", "wandb-registry-fraud", "goal")


def member(api, user, entity, project, name):
    document = sdk_document("ArtifactMembershipByName")
    answer = api(user, document, entity=entity, project=project, name=name)
    return answer["project"] and answer["project"]["artifactCollectionMembership"]


def in_collection(api, user, entity, project, collection, alias):
    document = sdk_document("ArtifactMembershipFiles")
    where = {"entity": entity, "project": project, "collection": collection, "alias": alias}
    project = api(user, document, **where)["project"]
    found = project and project["artifactCollection"]
    return found and found["artifactMembership"]


@pytest.fixture
def place(alice, bob, acme, version):
    """`fraud/goal:v0`, now `cards/score:v0`, with the alias `best`."""
    registry = create_registry(by=bob, organization=acme, name="fraud")
    place, *_rest = link_version(
        by=factories.fresh(bob),
        version=version,
        project=registry.project,
        collection_name="goal",
        aliases=["best"],
    )
    update_collection(by=factories.fresh(bob), collection=place.collection, name="score")
    rename_registry(by=factories.fresh(bob), registry=registry, name="cards")
    place.refresh_from_db()
    return place


def test_a_project_that_never_was_is_null(api, alice, charlie, place):
    """The client says then that there is no such project, and not that a version is missing."""
    document = sdk_document("ArtifactMembershipByName")
    for user, where in ((alice, ("acme", "never")), (alice, ("none", "none")), (charlie, OLD[:2])):
        answer = api(user, document, entity=where[0], project=where[1], name="goal:v0")
        assert answer["project"] is None, where


@pytest.mark.parametrize("reference", ["v0", "latest", "best"])
@pytest.mark.parametrize("name", ["goal", "score"])
def test_a_version_by_the_path_that_it_had(api, alice, place, name, reference):
    found = member(api, alice, *OLD[:2], f"{name}:{reference}")
    assert found["artifact"]["id"] == encode_id("Artifact", place.version_id)
    assert found["artifactCollection"]["name"] == "score"
    assert found["artifactCollection"]["project"]["name"] == "wandb-registry-cards"
    files = in_collection(api, alice, *OLD[:2], name, reference)["files"]
    assert [edge["node"]["name"] for edge in files["edges"]] == ["weights.txt"]
    answer = api(
        alice, OLD_FILES, entity="acme", project=OLD[1], type="model", name=f"{name}:{reference}"
    )
    assert answer["project"]["artifactType"]["artifact"] == {"id": found["artifact"]["id"]}


def test_a_renamed_collection_in_a_project_that_stands(api, bob, version):
    update_collection(by=bob, collection=version.sequence, name="other")
    assert member(api, bob, "vision", "iris", "iris-model:v0")["versionIndex"] == 0
    assert in_collection(api, bob, "vision", "iris", "iris-model", "v0")


def test_neither_collection_nor_registry_is_found_as_such(api, alice, place):
    assert api(alice, sdk_document("FetchRegistry"), name=OLD[1], entity="acme") == {
        "entity": {"project": None}
    }
    for query in (
        'project(name: "wandb-registry-fraud", entityName: "acme") { id }',
        'project(name: "wandb-registry-fraud", entityName: "acme") { __typename }',
        'project(name: "wandb-registry-fraud", entityName: "acme") '
        '{ artifact(name: "goal:v0") { id } name }',
    ):
        assert api(alice, f"{{ {query} }}") == {"project": None}
    for asked in (
        'artifactCollection(name: "goal") { id }',
        'artifactCollection(name: "goal") { id artifactMembership(aliasName: "v0") { id } }',
        'artifactType(name: "model") { artifactCollection(name: "goal") { id } }',
    ):
        answer = api(
            alice, f'{{ project(name: "wandb-registry-cards", entityName: "acme") {{ {asked} }} }}'
        )
        field = asked.partition("(")[0]
        assert answer["project"][field] in (None, {"artifactCollection": None})


def test_nothing_is_led_to_whom_it_is_hidden_from(api, charlie, alice, bob, place):
    assert member(api, charlie, *OLD[:2], "goal:v0") is None
    assert in_collection(api, charlie, *OLD, "v0") is None
    delete_collection(by=factories.fresh(bob), collection=place.collection)
    assert member(api, alice, *OLD[:2], "goal:v0") is None


def test_whoever_makes_the_name_anew_has_it(api, alice, bob, acme, sequence, place):
    again = create_registry(by=factories.fresh(bob), organization=acme, name="fraud")
    assert member(api, alice, *OLD[:2], "goal:v0")["artifact"]
    other = factories.make_version(sequence)
    link_version(
        by=factories.fresh(bob), version=other, project=again.project, collection_name="goal"
    )
    assert member(api, alice, *OLD[:2], "goal:v0") is None
    found = member(api, alice, *OLD[:2], "goal:latest")
    assert (found["versionIndex"], found["artifact"]["id"]) == (1, encode_id("Artifact", other.pk))


def test_its_files_and_uses_go_through_the_new_path(api, client, alice, place):
    api(alice, "{ viewer { id } }")
    digest = b64decode(place.version.entries.get().digest).hex()
    address = (
        f"/artifactsV2/default/{OLD[0]}/{OLD[1]}/{OLD[2]}/{encode_id('Artifact', place.version_id)}"
        f"/birth/{digest}/weights.txt"
    )
    assert client.get(address, **auth_of(alice)).status_code == 307
    assert _through(alice, "acme", "wandb-registry-fraud") == place.collection.project


def test_aliases_are_moved_through_the_old_name(api, bob, version):
    update_collection(by=bob, collection=version.sequence, name="other")
    alias = {"entityName": "vision", "projectName": "iris", "alias": "best"}
    given = {
        "artifactID": encode_id("Artifact", version.pk),
        "aliases": [alias | {"artifactCollectionName": "iris-model"}],
    }
    api(bob, sdk_document("AddAliases"), input=given)
    assert version.memberships.get().aliases.get().name == "best"


def test_a_version_in_a_renamed_project(api, alice, bob, project, version):
    add_aliases(by=bob, membership=version.memberships.get(), names=["best"])
    rename_project(by=alice, project=project, name="flowers")
    assert member(api, bob, "vision", "iris", "iris-model:best")["versionIndex"] == 0
    project.refresh_from_db()
    delete_project(by=alice, project=project)
    assert member(api, bob, "vision", "iris", "iris-model:best") is None


def test_who_comes_by_a_former_name_is_written_down(api, bob, victor, charlie, place):
    for user in (bob, bob, victor, charlie):
        member(api, user, "acme", "wandb-registry-fraud", "score:v0")
    member(api, bob, "acme", "wandb-registry-cards", "score:v0")  # what it is called
    uses = FormerPathUse.objects.order_by("pk").values_list("path", "user__username", "project")
    path, project = "acme/wandb-registry-fraud/score", place.collection.project_id
    assert list(uses) == [(path, "bob", project), (path, "victor", project)]


def test_who_links_to_a_former_name_is_told_the_new_one(api, bob, charlie, version, place):
    values = {
        "artifactID": encode_id("Artifact", version.pk),
        "artifactPortfolioName": "goal",
        "entityName": "acme",
        "projectName": "wandb-registry-fraud",
        "aliases": [],
    }
    status, sentence = api.refused(bob, sdk_document("LinkArtifact"), input=values)
    assert status == 404
    assert "'fraud' is called 'cards' now" in sentence
    assert "`acme/wandb-registry-cards/…`" in sentence
    assert FormerPathUse.objects.get().user == bob  # though nothing was linked
    _status, sentence = api.refused(charlie, sdk_document("LinkArtifact"), input=values)
    assert "cards" not in sentence
    assert FormerPathUse.objects.count() == 1
