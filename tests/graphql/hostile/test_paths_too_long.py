"""A path with a part too many, `wandb-registry-model/a/b`, says so at every door that parses it."""

import pytest

from artifacts.models import Project
from tests import factories
from tests.graphql.registries.test_linking import refused
from tests.helpers.graphql import sdk_document

WHERE = {"entity": "wandb-registry-model", "project": "a"}
READS = {
    "ArtifactMembershipByName": {**WHERE, "name": "b:v0"},
    "ArtifactType": {**WHERE, "name": "b:latest"},
    "ProjectArtifacts": {**WHERE, "type": "model", "collection": "b", "includeAliases": True},
    "ProjectArtifactCollection": {**WHERE, "name": "b", "type": "model"},
}


def assert_says_so(refusal):
    status, sentence = refusal
    assert status == 400
    assert "a part too many" in sentence
    assert "wandb-registry-model/COLLECTION" in sentence
    assert "entity" not in sentence


@pytest.mark.parametrize("operation", READS)
def test_reading(api, alice, registry, operation):
    assert_says_so(api.refused(alice, sdk_document(operation), **READS[operation]))


def test_linking(api, alice, version, registry):
    where = {"entityName": "wandb-registry-model", "projectName": "a"}
    assert_says_so(refused(api, alice, version, "b", **where))
    assert not Project.objects.filter(name="a").exists()


def test_logging(api, alice, registry):
    values = {"entity": "wandb-registry-model", "project": "a", "name": "r1"}
    assert_says_so(api.refused(alice, sdk_document("UpsertBucket"), **values))


def test_making_a_project(api, alice, registry):
    document = sdk_document("CreateProject")
    values = {"name": "a", "entityName": "wandb-registry-model"}
    assert_says_so(api.refused(alice, document, input=values))


@pytest.mark.parametrize(
    "name", ["wandb-registry-model/a/b:v0", "acme/wandb-registry-model/a/b:v0"]
)
def test_comparing(client, alice, registry, name):
    client.force_login(alice)
    page = client.get("/-/compare", {"version": name})
    assert page.status_code == 400
    assert "a part too many" in page.content.decode()


def test_an_address_of_the_sdk(client, alice, registry):
    client.force_login(alice)
    address = "/orgs/Acme/registry/model?selectionPath=wandb-registry-model%2Fa%2Fb&version=v0"
    page = client.get(address)
    assert page.status_code == 400
    assert "a part too many" in page.content.decode()


def test_a_full_name_without_its_organization(client, alice, root, version, collection):
    """The SDK takes it, so one may paste it where only one organization has that registry."""
    factories.make_membership(collection, version, aliases=["best"])
    name = "wandb-registry-model/iris-classifier:best"
    client.force_login(alice)
    assert client.get("/-/compare", {"version": name}).status_code == 200
    none = client.get("/-/compare", {"version": "wandb-registry-none/c:v0"})
    assert none.status_code == 404
    factories.make_registry_project(factories.make_organization("Other"), "model")
    client.force_login(root)
    page = client.get("/-/compare", {"version": name})
    assert page.status_code == 400
    assert f"acme/{name.partition('/')[0]}/collection:v0" in page.content.decode()
