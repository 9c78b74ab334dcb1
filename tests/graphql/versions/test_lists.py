"""Lists of registries, collections and versions, asked for with the SDK's own documents."""

import json

import pytest

from artifacts.models import Membership, Version
from registry_site.accounts.names import PLACEHOLDER
from registry_site.graphql.connections import MAX_PAGE
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document
from tests.helpers.shelf import make_shelf

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


def versions(api, user, **more):
    answer = api(user, sdk_document("RegistryVersions"), **ACME, **texts(more))
    return answer["organization"]["orgEntity"]["artifactMemberships"]


def artifacts(api, user, collection="iris-model", **more):
    where = WHERE | {"type": "model", "collection": collection}
    answer = api(user, sdk_document("ProjectArtifacts"), **(where | texts(more)))
    return answer["project"]["artifactType"]["artifactCollection"]["artifacts"]


def names(page):
    return [edge["node"]["name"].removeprefix("wandb-registry-") for edge in page["edges"]]


def places(page):
    """`collection:vN` of each."""
    return [
        f"{node['artifactCollection']['name']}:v{node['versionIndex']}"
        for node in (edge["node"] for edge in page["edges"])
    ]


@pytest.fixture
def shelf(acme, sequence, alice):
    return make_shelf(acme, sequence, alice)


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


# --- versions


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


# --- as many queries for any number of rows


@pytest.mark.slow
def test_lists_cost_the_same_for_1_and_50(
    api, alice, acme, project, sequence, django_assert_max_num_queries
):
    from registries.models import Registry

    version = factories.make_version(sequence, by=alice, metadata={"x": 1})
    users = [factories.make_user(f"user{number}") for number in range(50)]
    # numbered apart from the versions, so that nothing is found by chance
    shelf = factories.make_registry_project(acme, "shelf")
    Registry.objects.create(organization=acme, project=shelf, name="shelf")

    def add(number):
        registry = factories.make_registry_project(acme, f"r{number}", types=[f"type{number}"])
        Registry.objects.create(organization=acme, project=registry, name=f"r{number}")
        made = factories.make_collection(shelf, f"c{number}")
        made.tags.create(name="t")
        added = version if number == 0 else factories.make_version(sequence, by=users[number])
        added.tags.create(name="t")
        factories.make_membership(made, added, aliases=["p"])
        factories.make_project(project.entity.team, f"p{number}", created_by=users[number])
        factories.make_collection(project, f"d{number}", next_index=1).tags.create(name="t")

    rule = {"$or": [{"metadata.x": 1}, {"tag": "t"}]}
    calls = {
        "registries": lambda: registries(api, alice, filters={"name": {"$regex": "r"}}),
        "collections": lambda: collections(api, alice, registryFilter={"id": shelf.pk}),
        "versions": lambda: versions(api, alice, artifactFilter=rule, order="-artifact_size"),
        "versions with all aliases": lambda: versions(api, alice, includeAliases=True),
        "artifacts": lambda: artifacts(api, alice),
        "projects": lambda: api(alice, sdk_document("GetProjects"), entity="vision"),
        "project's": lambda: api(alice, sdk_document("ProjectArtifactCollections"), **WHERE),
    }

    def count(call):
        with django_assert_max_num_queries(1000) as captured:
            answer = call()
        return len(captured), json.dumps(answer).count('"__typename"')

    add(0)
    registries(api, alice)  # the first request of a key notes when it was used
    ones = {name: count(call) for name, call in calls.items()}
    for number in range(1, 50):
        add(number)
    for name, call in calls.items():
        queries, nodes = count(call)
        assert queries <= ones[name][0], name
        assert nodes - ones[name][1] >= 48, name
    assert max(queries for queries, _nodes in ones.values()) < 20


@pytest.mark.slow
def test_the_longest_page_costs_as_many_queries(
    api, alice, acme, sequence, shelf, django_assert_num_queries
):
    def ask(size):
        found = artifacts(api, alice, perPage=size)
        linked = versions(api, alice, perPage=size, includeAliases=True, order="+artifact_size")
        return len(found["edges"]), len(linked["edges"]), found["pageInfo"]["hasNextPage"]

    ask(1)
    with django_assert_num_queries(1000, exact=False) as few:
        ask(1)
    made = Version.objects.bulk_create(
        Version(sequence=sequence, state="COMMITTED", version_index=index, digest=str(index))
        for index in range(3, 1000)
    )
    for collection in (sequence, shelf["a0"]):
        Membership.objects.bulk_create(
            Membership(collection=collection, version=version, index=version.version_index)
            for version in made
        )
    with django_assert_num_queries(len(few)):
        assert ask(5000) == (MAX_PAGE, MAX_PAGE, True)
