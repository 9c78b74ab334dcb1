import json

import pytest

from artifacts.models import Membership
from registry_site.accounts.names import PLACEHOLDER
from registry_site.texts.ids import encode_id
from tests import factories
from tests.graphql.versions.test_lists import ACME, WHERE, texts
from tests.helpers.graphql import sdk_document


def versions(api, user, **more):
    answer = api(user, sdk_document("RegistryVersions"), **ACME, **texts(more))
    return answer["organization"]["orgEntity"]["artifactMemberships"]


def artifacts(api, user, collection="iris-model", **more):
    where = WHERE | {"type": "model", "collection": collection}
    answer = api(user, sdk_document("ProjectArtifacts"), **(where | texts(more)))
    return answer["project"]["artifactType"]["artifactCollection"]["artifacts"]


def places(page):
    """`collection:vN` of each."""
    return [
        f"{node['artifactCollection']['name']}:v{node['versionIndex']}"
        for node in (edge["node"] for edge in page["edges"])
    ]


def test_versions_as_the_sdk_lists_them(api, alice, bob, shelf):
    page = versions(api, alice)
    assert places(page) == ["a1:v1", "a1:v0", "a2:v1", "a2:v0", "b1:v0"]
    node = page["edges"][1]["node"]
    assert [alias["alias"] for alias in node["aliases"]] == ["best", "v0"]
    assert [alias["alias"] for alias in page["edges"][0]["node"]["aliases"]] == ["latest", "v1"]
    assert node["artifact"]["artifactSequence"]["project"]["name"] == "iris"
    assert json.loads(node["artifact"]["metadata"])["loss"] == 0.5
    assert [tag["name"] for tag in node["artifact"]["tags"]] == ["t0"]
    assert places(versions(api, bob)) == ["a1:v1", "a1:v0", "a2:v1", "a2:v0"]


def test_a_source_that_is_out_of_sight_has_no_name_of_its_own(api, shelf, acme):
    from registry_site.accounts.models import User
    from registry_site.accounts.services import people

    guest = factories.make_user("guest")
    people.set_organization_member(by=None, organization=acme, user=guest, role="member")
    guest = factories.fresh(User.objects.get(username="guest"))
    page = versions(api, guest)
    assert places(page) == ["a1:v1", "a1:v0", "a2:v1", "a2:v0"]
    source = page["edges"][0]["node"]["artifact"]["artifactSequence"]
    names = source["name"], source["project"]["name"], source["project"]["entity"]["name"]
    assert all(PLACEHOLDER.fullmatch(name) for name in names)


def test_a_hidden_source_lists_only_what_is_seen_elsewhere(api, acme, shelf, sequence):
    from registry_site.accounts.services import people

    guest = factories.make_user("guest")
    people.set_organization_member(by=None, organization=acme, user=guest, role="member")
    document = """query S($id: ID!) { artifact(id: $id) {
      artifactSequence {
        artifacts { totalCount }
        defaultArtifactType {
          artifact(name: "iris-model:v0") { id }
          artifactCollections { totalCount edges { node { name } } }
        }
      }
    } }"""
    factories.make_version(sequence)  # linked nowhere
    factories.make_collection(sequence.project, "other")
    values = {"id": encode_id("Artifact", shelf["v0"].pk)}
    source = api(factories.fresh(guest), document, **values)["artifact"]["artifactSequence"]
    assert source["artifacts"] == {"totalCount": 3}  # the linked ones
    (edge,) = source["defaultArtifactType"]["artifactCollections"]["edges"]
    assert PLACEHOLDER.fullmatch(edge["node"]["name"])
    assert source["defaultArtifactType"]["artifact"] is None


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"artifactFilter": {"alias": "best"}}, ["a1:v0"]),
        ({"artifactFilter": {"alias": "latest"}}, ["a1:v1", "a2:v1", "b1:v0"]),
        ({"artifactFilter": {"alias": {"$in": ["v0", "nope"]}}}, ["a1:v0", "a2:v0", "b1:v0"]),
        (
            {"artifactFilter": {"alias": {"$regex": "^(best|late)"}}},
            ["a1:v1", "a1:v0", "a2:v1", "b1:v0"],
        ),
        ({"artifactFilter": {"alias": {"$ne": "latest"}}}, ["a1:v0", "a2:v0"]),
        ({"artifactFilter": {"alias": {"$exists": False}}}, ["a2:v0"]),
        ({"artifactFilter": {"aliases": {"$size": 1}}}, ["a1:v1", "a1:v0", "a2:v1", "b1:v0"]),
        ({"artifactFilter": {"tag": "t1"}}, ["a1:v1", "a2:v0"]),
        ({"artifactFilter": {"version": "v1"}}, ["a1:v1", "a2:v1"]),
        ({"artifactFilter": {"version": {"$gte": 1}}}, ["a1:v1", "a2:v1"]),
        ({"artifactFilter": {"metadata.loss": {"$lt": 0.4}}}, ["a1:v1", "a2:v0"]),
        ({"artifactFilter": {"metadata.deep.n": 2}}, ["a2:v1", "b1:v0"]),
        (
            {
                "artifactFilter": {"$and": [{"tag": "t1"}, {"metadata.loss": {"$exists": True}}]},
                "collectionFilter": {"name": "a2"},
            },
            ["a2:v0"],
        ),
        (
            {
                "artifactFilter": {"created_at": {"$gte": "2020-01-01"}},
                "registryFilter": {"name": "wandb-registry-b"},
            },
            ["b1:v0"],
        ),
        # what only the advanced search has
        (
            {
                "artifactFilter": {
                    "acm_created_at": {"$gte": "2020"},
                    "artifact_size": {"$gte": 200},
                },
                "order": "-artifact_size",
            },
            ["a1:v0", "b1:v0", "a2:v1"],
        ),
        ({"order": "+artifact_size"}, ["a1:v1", "a2:v0", "a2:v1", "b1:v0", "a1:v0"]),
        ({"order": "-acm_created_at"}, ["b1:v0", "a2:v1", "a2:v0", "a1:v1", "a1:v0"]),
        ({"order": "+artifact_created_at"}, ["a1:v0", "a1:v1", "a2:v0", "a2:v1", "b1:v0"]),
        ({"registryFilter": {"project_id": {"$gte": 1}}, "artifactFilter": {"artifact_id": 0}}, []),
    ],
)
def test_versions_are_filtered_and_ordered(api, alice, shelf, rules, found):
    assert places(versions(api, alice, **rules)) == found


@pytest.mark.parametrize("order", [None, "-artifact_size", "+acm_created_at"])
def test_pages_go_on_where_the_last_ended(api, alice, shelf, order):
    whole = places(versions(api, alice, order=order))
    seen, cursor = [], None
    while True:
        # the same list, said otherwise: a cursor must do for both
        rule = {"registryFilter": {"id": {"$gt": 0}}} if cursor else {}
        page = versions(api, alice, order=order, perPage=2, cursor=cursor, **rule)
        assert page["edges"]
        seen += places(page)
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == whole
    beyond = versions(api, alice, order=order, cursor=cursor)
    assert (beyond["edges"], beyond["pageInfo"]["hasNextPage"]) == ([], False)


def test_versions_in_the_trash_are_not_listed(api, alice, shelf):
    Membership.objects.filter(collection=shelf["a1"]).update(hidden_at="2026-01-01T00:00:00Z")
    assert places(versions(api, alice)) == ["a2:v1", "a2:v0", "b1:v0"]


def test_versions_of_a_collection(api, alice, victor, sequence, shelf):
    page = artifacts(api, victor)
    assert [edge["version"] for edge in page["edges"]] == ["v2", "v1", "v0"]
    assert page["totalCount"] == 3
    first = page["edges"][2]["node"]
    assert [alias["alias"] for alias in first["aliases"]] == ["v0", "best", "v0"]
    ordered = artifacts(api, alice, order="+version_index", perPage=2)
    assert [edge["version"] for edge in ordered["edges"]] == ["v0", "v1"]
    by_size = artifacts(api, alice, order="-size", filters={"tag": {"$ne": "t1"}})
    assert ([edge["version"] for edge in by_size["edges"]], by_size["totalCount"]) == (
        ["v0", "v2"],
        2,
    )


def test_the_number_in_a_registry_is_the_links(api, alice, shelf):
    where = {"entity": "acme", "project": "wandb-registry-a", "collection": "a2"}
    page = artifacts(api, alice, **where, filters={"state": "COMMITTED"})
    assert [edge["version"] for edge in page["edges"]] == ["v1", "v0"]
    assert [edge["node"]["versionIndex"] for edge in page["edges"]] == [2, 1]
    assert artifacts(api, alice, **where, filters={"state": "PENDING"})["totalCount"] == 0


def test_a_type_finds_an_artifact_of_its_own(api, alice, project, version):
    document = """query A($t: String!, $n: String!) { project(entityName: "vision", name: "iris") {
      artifactType(name: $t) { artifact(name: $n) { id } } } }"""
    factories.make_collection(project, "data", "dataset")

    def found(kind, name):
        return api(alice, document, t=kind, n=name)["project"]["artifactType"]["artifact"]

    assert found("model", "iris-model:v0") == {"id": encode_id("Artifact", version.pk)}
    assert found("dataset", "iris-model:v0") is None
    assert found("model", "iris-model:v7") is None
    assert found("model", "none") is None
