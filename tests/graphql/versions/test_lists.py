"""Lists of registries, collections and versions, asked for with the SDK's own documents."""

import json

import pytest

from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

ACME = {"organization": "Acme"}
WHERE = {"entity": "vision", "project": "iris"}


def texts(values):
    """Filters as the SDK sends them: JSON in a text."""
    return {
        name: json.dumps(value) if "ilter" in name and value is not None else value
        for name, value in values.items()
    }


def registries(api, user, **more):
    answer = api(user, sdk_document("FetchRegistries"), **ACME, **texts(more))
    return answer["organization"]["orgEntity"]["projects"]


def collections(api, user, **more):
    answer = api(user, sdk_document("RegistryCollections"), **ACME, **texts(more))
    return answer["organization"]["orgEntity"]["artifactCollections"]


def names(page):
    return [edge["node"]["name"].removeprefix("wandb-registry-") for edge in page["edges"]]


# --- registries


def test_registries_as_the_sdk_lists_them(api, alice, bob, shelf):
    page = registries(api, alice)
    assert names(page) == ["a", "b"]
    assert page["edges"][0]["node"] == {
        "__typename": "Project",
        "id": encode_id("Project", shelf["a"].pk),
        "internalId": encode_id("ProjectInternalId", shelf["a"].pk),
        "name": "wandb-registry-a",
        "entity": {"name": "acme", "organization": {"name": "Acme"}},
        "description": "about a",
        "access": "PRIVATE",
        "allowAllArtifactTypes": True,
        "createdAt": page["edges"][0]["node"]["createdAt"],
        "updatedAt": page["edges"][0]["node"]["updatedAt"],
        "artifactTypes": {"edges": [{"node": {"name": "model"}}]},
    }
    assert names(registries(api, bob)) == ["a"]  # b is restricted


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"name": "wandb-registry-a"}, ["a"]),
        ({"name": {"$regex": "y-[bc]$"}}, ["b"]),
        ({"name": {"$in": ["wandb-registry-b", "x"]}}, ["b"]),
        ({"description": {"$contains": "about"}}, ["a", "b"]),
        ({"$or": [{"name": "x"}, {"description": "about b"}]}, ["b"]),
        ({"created_at": {"$gte": "2026"}}, ["a", "b"]),
        ({"created_at": {"$lt": "2026"}}, []),
        ({"$nor": [{"name": "wandb-registry-a"}]}, ["b"]),
        ({}, ["a", "b"]),
    ],
)
def test_registries_are_filtered(api, alice, shelf, rule, found):
    assert names(registries(api, alice, filters=rule)) == found


def test_registries_by_their_number(api, alice, shelf):
    assert names(registries(api, alice, filters={"id": shelf["b"].pk})) == ["b"]
    rule = {"entity_id": shelf["b"].entity_id}
    assert names(registries(api, alice, filters=rule)) == ["a", "b"]


def test_registries_are_ordered_and_paged(api, alice, shelf):
    assert names(registries(api, alice, order="-name")) == ["b", "a"]
    assert names(registries(api, alice, order="-created_at")) == ["b", "a"]
    first = registries(api, alice, order="-name", perPage=1)
    assert first["pageInfo"]["hasNextPage"] is True
    cursor = first["pageInfo"]["endCursor"]
    second = registries(api, alice, order="-name", perPage=1, cursor=cursor)
    assert (names(second), second["pageInfo"]["hasNextPage"]) == (["a"], False)


def test_ordinary_projects_of_the_organization_are_no_registries(api, alice, acme, shelf):
    factories.make_project(acme, "plain")
    assert names(registries(api, alice)) == ["a", "b"]


def test_an_organization_that_one_is_not_in_is_null(api, charlie, shelf):
    for name in ("FetchRegistries", "RegistryCollections", "RegistryVersions"):
        assert api(charlie, sdk_document(name), **ACME)["organization"] is None


def test_nobody_reads_lists_without_a_key(api, shelf):
    assert api.refused(None, sdk_document("FetchRegistries"), **ACME)[0] == 401


def test_the_advanced_search_is_offered(api, alice, bob, shelf):
    answer = api(bob, sdk_document("FetchAdvancedRegistryFeatures"), **ACME)
    assert answer["organization"]["advancedRegistryFeatures"]["advancedSearch"] is True
    document = """query F { organization(name: "Acme") { featureFlags(rampIDType: OrgName) {
      rampKey } } }"""
    assert api(bob, document)["organization"]["featureFlags"] == []


# --- collections


def test_collections_as_the_sdk_lists_them(api, alice, bob, shelf):
    page = collections(api, alice)
    assert names(page) == ["a0", "a1", "a2", "b1"]
    assert page["totalCount"] == 4
    node = page["edges"][1]["node"]
    assert node["__typename"] == "ArtifactPortfolio"
    assert node["type"] == {"name": "model"}
    assert node["description"] == "card a1"
    assert [edge["node"]["name"] for edge in node["tags"]["edges"]] == ["gold"]
    assert node["project"]["name"] == "wandb-registry-a"
    assert (names(collections(api, bob)), collections(api, bob)["totalCount"]) == (
        ["a0", "a1", "a2"],
        3,
    )


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"registryFilter": {"name": "wandb-registry-a"}}, ["a0", "a1", "a2"]),
        ({"collectionFilter": {"tag": "gold"}}, ["a1"]),
        ({"collectionFilter": {"name": {"$regex": "1$"}, "tag": {"$ne": "gold"}}}, ["b1"]),
        ({"collectionFilter": {"description": "card a2"}}, ["a2"]),
        ({"registryFilter": {"name": "x"}}, []),
        ({"collectionTypes": ["SEQUENCE"]}, []),
        (
            {"collectionTypes": ["SEQUENCE", "PORTFOLIO"], "order": "-name"},
            ["b1", "a2", "a1", "a0"],
        ),
    ],
)
def test_collections_are_filtered(api, alice, shelf, rules, found):
    page = collections(api, alice, **rules)
    assert (names(page), page["totalCount"]) == (found, len(found))


def test_collections_of_a_project_and_of_a_type(api, alice, project, sequence):
    factories.make_version(sequence)
    factories.make_collection(project, "broken")  # its log failed
    other = factories.make_collection(project, "data", "dataset", next_index=1)
    answer = api(alice, sdk_document("ProjectArtifactCollections"), **WHERE)
    page = answer["project"]["artifactCollections"]
    assert (names(page), page["totalCount"]) == ([other.name, "iris-model"], 2)
    assert page["edges"][0]["node"]["__typename"] == "ArtifactSequence"
    document = sdk_document("ArtifactTypeArtifactCollections")
    more = {"filters": '{"name": {"$contains": "iris"}}', "order": "-name"}
    answer = api(alice, document, **WHERE, type="model", **more)
    page = answer["project"]["artifactType"]["artifactCollections"]
    assert (names(page), page["totalCount"]) == (["iris-model"], 1)


# --- projects


def test_projects_of_an_entity(api, alice, bob, charlie, vision, shelf):
    factories.make_project(vision, "zinnia", created_by=bob)
    document = sdk_document("GetProjects")
    answer = api(alice, document, entity="vision")["models"]
    assert names(answer) == ["iris", "zinnia"]
    assert answer["edges"][1]["node"]["user"]["username"] == "bob"
    assert names(api(bob, document, entity="acme")["models"]) == ["a"]
    assert names(api(bob, document, entity="bob")["models"]) == []
    assert api.refused(charlie, document, entity="vision") == (
        404,
        "There is no entity 'vision' that you may see.",
    )
    answer = """query P { models { totalCount edges { node { name } } } }"""
    assert api(charlie, answer)["models"] == {"totalCount": 0, "edges": []}


# --- hostile


@pytest.mark.parametrize(
    ("operation", "values", "words"),
    [
        ("FetchRegistries", {"filters": '{"nam": 1}'}, "'nam' is no field"),
        ("FetchRegistries", {"filters": '{"name": {"$foo": 1}}'}, "'$foo' is no operator"),
        ("FetchRegistries", {"filters": "[1]"}, "must be a JSON object"),
        ("FetchRegistries", {"filters": "[]"}, "must be a JSON object"),
        ("FetchRegistries", {"filters": "0"}, "must be a JSON object"),
        ("FetchRegistries", {"filters": '"x"'}, "is no JSON"),
        ("FetchRegistries", {"filters": "{"}, "JSON"),
        ("FetchRegistries", {"order": "+size"}, "no order by 'size' here; there are: id, name"),
        ("RegistryCollections", {"collectionFilter": '{"alias": "x"}'}, "'alias' is no field"),
        ("RegistryVersions", {"artifactFilter": '{"metadata.": 1}'}, "1 to 20 names"),
        ("RegistryVersions", {"artifactFilter": '{"version": "one"}'}, "a version such as 'v3'"),
        ("RegistryVersions", {"order": "-name"}, "there are: version_index"),
        ("RegistryVersions", {"cursor": "x"}, "no page of the list"),
        ("RegistryVersions", {"perPage": -1}, "0 or more"),
    ],
)
def test_what_is_not_understood_is_refused(api, alice, shelf, operation, values, words):
    status, message = api.refused(alice, sdk_document(operation), **ACME, **values)
    assert status == 400
    assert words in message
