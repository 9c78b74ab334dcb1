"""Artifacts by id and by name, their files and history; and what costs how many queries."""

import json

import pytest

from artifacts.models import RunInput, RunOutput
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, sdk_document


def artifact_id(version):
    return encode_id("Artifact", version.pk)


def member(api, user, name, entity="vision", project="iris", **more):
    document = sdk_document("ArtifactMembershipByName")
    answer = api(user, document, entity=entity, project=project, name=name, **more)
    return answer["project"] and answer["project"]["artifactCollectionMembership"]


@pytest.fixture
def linked(version, collection):
    """v1 of the linked collection is v0 of the source; v0 there is another version."""
    other = factories.make_version(version.sequence)
    factories.make_membership(collection, other, aliases=["old"])
    return factories.make_membership(collection, version, aliases=["production"])


@pytest.mark.parametrize(
    "name", ["iris-model:v0", "iris-model:latest", "iris-model", "iris-model:best"]
)
def test_by_number_latest_nothing_and_alias(api, alice, version, name):
    source = version.memberships.get()
    source.aliases.create(collection=source.collection, name="best")
    found = member(api, alice, name)
    assert found["artifact"]["id"] == artifact_id(version)
    assert found["versionIndex"] == 0
    assert [alias["alias"] for alias in found["aliases"]] == ["best", "latest", "v0"]


@pytest.mark.parametrize(
    "name",
    [
        "none:v0",
        "iris-model:v7",
        "iris-model:none",
        "iris-model:v00",
        "",
        ":",
        "a:b:c",
        "iris-model:v99999999999",
        "iris-model:LATEST",
    ],
)
def test_what_is_not_there_is_null(api, alice, version, name):
    assert member(api, alice, name) is None


def test_an_unknown_project_is_null(api, alice):
    assert member(api, alice, "c:v0", project="none") is None
    assert member(api, alice, "c:v0", entity="none") is None


def test_a_link_has_its_own_number_and_aliases(api, alice, linked, version):
    found = member(api, alice, "iris-classifier:production", "acme", "wandb-registry-model")
    assert found["versionIndex"] == 1
    assert found["artifact"]["versionIndex"] == 0
    assert found["artifactCollection"]["__typename"] == "ArtifactPortfolio"
    assert {alias["alias"] for alias in found["aliases"]} == {"production", "latest", "v1"}


def test_aliases_of_all_places_that_one_may_see(api, alice, bob, linked, version):
    found = api(alice, sdk_document("ArtifactByID"), id=artifact_id(version))["artifact"]
    names = {(alias["artifactCollection"]["name"], alias["alias"]) for alias in found["aliases"]}
    assert names == {
        ("iris-model", "v0"),
        ("iris-classifier", "v1"),
        ("iris-classifier", "latest"),
        ("iris-classifier", "production"),
    }


def test_who_sees_only_the_link_learns_nothing_of_the_source(api, acme, linked, version):
    dora = factories.make_user("dora")
    factories.set_organization_member(by=None, organization=acme, user=dora, role="member")
    dora = factories.fresh(dora)
    found = member(
        api, dora, "iris-classifier:v1", "acme", "wandb-registry-model", includeAliases=True
    )
    assert "iris" not in str(found["artifact"]["artifactSequence"])
    assert "vision" not in str(found["artifact"]["artifactSequence"])
    collections = {alias["artifactCollection"]["name"] for alias in found["artifact"]["aliases"]}
    assert collections == {"iris-classifier"}
    assert api(dora, sdk_document("ArtifactCreatedBy"), id=artifact_id(version))
    answer = api(dora, sdk_document("FetchLinkedArtifacts"), artifactID=artifact_id(version))
    assert len(answer["artifact"]["artifactMemberships"]["edges"]) == 1


def test_fields_of_an_artifact(api, alice, version):
    version.metadata, version.description, version.ttl_seconds = {"k": [1]}, "d", 0
    version.save()
    found = api(alice, sdk_document("ArtifactByID"), id=artifact_id(version))["artifact"]
    assert found["metadata"] == '{"k":[1]}'
    assert found["description"] == "d"
    assert (found["ttlDurationSeconds"], found["ttlIsInherited"]) == (-2, False)
    assert (found["state"], found["fileCount"]) == ("COMMITTED", 1)
    assert found["commitHash"]
    assert found["createdAt"].endswith("Z")


def test_the_type_of_a_collection_that_exists(api, alice, version):
    document = sdk_document("ArtifactType")
    where = {"entity": "vision", "project": "iris"}
    found = api(alice, document, **where, name="iris-model:latest")["project"]["artifact"]
    assert found == {"artifactType": {"name": "model"}}
    assert api(alice, document, **where, name="none:latest")["project"] == {"artifact": None}


def files(api, user, alias="v0", entity="vision", project="iris", collection="iris-model", **more):
    values = {"entity": entity, "project": project, "collection": collection, "alias": alias}
    answer = api(user, sdk_document("ArtifactMembershipFiles"), **values, **more)
    return answer["project"]["artifactCollection"]["artifactMembership"]["files"]


@pytest.fixture
def many(sequence):
    """A version with files, one of them a reference."""
    version = factories.make_version(sequence, files={"a.txt": b"a", "d/ü %.txt": b"b", "e": b""})
    version.entries.create(path="ref", digest="x", ref="s3://bucket/key", size=7)
    return version


def test_files_are_listed_with_addresses_that_work(api, alice, many, client):
    nodes = {edge["node"]["name"]: edge["node"] for edge in files(api, alice)["edges"]}
    assert list(nodes) == ["a.txt", "d/ü %.txt", "e", "ref"]
    assert nodes["ref"]["directUrl"] == "s3://bucket/key"
    assert nodes["a.txt"]["storagePath"].startswith("wandb_artifacts/")
    url = nodes["d/ü %.txt"]["directUrl"]
    assert url.startswith("http://testserver/storage/download/")
    assert url.endswith("/%C3%BC%20%25.txt")
    assert client.get(url).getvalue() == b"b"


def test_files_by_name_and_by_page(api, alice, many):
    assert files(api, alice)["totalCount"] == 4
    for wanted, name in (("e", "e"), ("./d//ü %.txt", "d/ü %.txt"), ("d\\ü %.txt", "d/ü %.txt")):
        found = files(api, alice, fileNames=[wanted])
        assert [edge["node"]["name"] for edge in found["edges"]] == [name], wanted
    first = files(api, alice, perPage=3)
    assert first["pageInfo"]["hasNextPage"] is True
    rest = files(api, alice, perPage=3, cursor=first["pageInfo"]["endCursor"])
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["ref"]
    assert rest["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("cursor", ["x", "!!!!", "W10", "WzFd", "e30", "W1tdXQ"])
def test_a_cursor_that_is_not_ours_is_refused(api, alice, many, cursor):
    document = sdk_document("ArtifactMembershipFiles")
    values = {"entity": "vision", "project": "iris", "collection": "iris-model", "alias": "v0"}
    response = api.post(alice, document, **values, cursor=cursor)
    assert response.status_code in (200, 400)
    assert api.refused(alice, document, **values, perPage=-1)[0] == 400


def test_a_restricted_viewer_sees_files_but_gets_no_bytes(
    api, acme, charlie, linked, registry, client, version
):
    charlie = factories.restricted_viewer(registry, charlie)
    where = {"entity": "acme", "project": "wandb-registry-model", "collection": "iris-classifier"}
    found = files(api, charlie, "v1", **where)
    assert found["totalCount"] == 1
    node = found["edges"][0]["node"]
    response = client.get(node["directUrl"])
    assert response.status_code == 403
    assert "Viewer" in response.json()["errors"][0]["message"]
    answer = api(charlie, sdk_document("FetchArtifactManifest"), id=artifact_id(version))
    url = answer["artifact"]["currentManifest"]
    assert url is None or client.get(url["file"]["directUrl"]).status_code == 403
    digest = version.entries.get().blob.md5
    import base64

    path = f"/artifactsV2/default/acme/wandb-registry-model/iris-classifier/{artifact_id(version)}"
    path += f"/{artifact_id(version)}/{base64.b64decode(digest).hex()}/weights.txt"
    response = client.get(path, **auth_of(charlie))
    assert response.status_code == 403
    assert "Restricted Viewer" in response.json()["errors"][0]["message"]


def test_references_make_no_blob(many):
    assert many.entries.get(path="ref").blob is None


def test_runs_that_used_it(api, alice, charlie, version, project):
    run = factories.make_run(project, alice)
    RunInput.objects.create(run=run, version=version)
    hidden = factories.make_project(charlie, "secret")
    RunInput.objects.create(run=factories.make_run(hidden), version=version)
    answer = api(alice, sdk_document("ArtifactUsedBy"), id=artifact_id(version))
    assert [edge["node"]["name"] for edge in answer["artifact"]["usedBy"]["edges"]] == [run.name]


def test_collections_and_types_of_a_project(api, alice, version):
    where = {"entity": "vision", "project": "iris"}
    answer = api(alice, sdk_document("ProjectArtifactTypes"), **where)
    names = [edge["node"]["name"] for edge in answer["project"]["artifactTypes"]["edges"]]
    assert names == ["model"]
    document = sdk_document("ProjectArtifactType")
    assert api(alice, document, **where, type="none")["project"]["artifactType"] is None
    document = sdk_document("ProjectArtifactCollection")
    found = api(alice, document, **where, type="model", name="iris-model")
    assert (
        found["project"]["artifactType"]["artifactCollection"]["__typename"] == "ArtifactSequence"
    )
    found = api(alice, document, **where, type="model", name="none")
    assert found["project"]["artifactType"]["artifactCollection"] is None


def test_aliases_of_a_collection_have_latest_but_no_number(api, alice, version):
    source = version.memberships.get()
    for number in range(3):
        source.aliases.create(collection=source.collection, name=f"a{number}")
    document = sdk_document("ArtifactCollectionAliases")
    name = encode_id("ArtifactCollection", source.collection_id)
    seen, cursor = [], None
    for _page in range(5):
        answer = api(alice, document, id=name, perPage=2, cursor=cursor)
        page = answer["artifactCollection"]["aliases"]
        seen += [edge["node"]["alias"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["latest", "a0", "a1", "a2"]


def test_a_project_is_read_only_for_who_may_not_edit(api, alice, victor, project):
    document = """query IsProjectReadOnly($e: String!, $p: String!) {
      project(entityName: $e, name: $p) { readOnly } }"""
    assert api(alice, document, e="vision", p="iris")["project"]["readOnly"] is False
    assert api(victor, document, e="vision", p="iris")["project"]["readOnly"] is True


@pytest.mark.slow
def test_lists_cost_the_same_for_1_and_50(
    api, alice, acme, project, sequence, django_assert_max_num_queries
):
    run = factories.make_run(project, alice, name="r1")
    first = factories.make_version(sequence, aliases=["x"])
    where = {"entity": "vision", "project": "iris"}

    def add(number):
        version = first if number == 0 else factories.make_version(sequence, aliases=[f"a{number}"])
        version.tags.create(name="t")
        RunOutput.objects.create(run=run, version=version)
        RunInput.objects.create(run=run, version=version)
        RunInput.objects.get_or_create(run=factories.make_run(project), version=first)
        if number:
            first.entries.create(path=f"p{number}", digest="d", blob=first.entries.first().blob)
        registry = factories.make_registry_project(acme, f"r{number}")
        factories.make_membership(factories.make_collection(registry, "c"), first, aliases=["p"])
        factories.make_collection(project, f"c{number}", f"type{number}", next_index=1)

    def asking(name, **values):
        return lambda: api(alice, sdk_document(name), **values)

    collection = encode_id("ArtifactCollection", sequence.pk)
    calls = {
        "files": lambda: files(api, alice, perPage=50),
        "outputs": asking("RunOutputArtifacts", **where, run="r1"),
        "inputs": asking("RunInputArtifacts", **where, run="r1"),
        "used by": asking("ArtifactUsedBy", id=artifact_id(first)),
        "links": asking("FetchLinkedArtifacts", artifactID=artifact_id(first)),
        "aliases of all links": asking("ArtifactByID", id=artifact_id(first)),
        "aliases of a collection": asking("ArtifactCollectionAliases", id=collection),
        "types": asking("ProjectArtifactTypes", **where),
    }

    def count(call):
        with django_assert_max_num_queries(1000) as captured:
            answer = call()
        return len(captured), json.dumps(answer).count('"__typename"')

    add(0)
    calls["files"]()  # the first request of a key notes when it was used
    ones = {name: count(call) for name, call in calls.items()}
    for number in range(1, 50):
        add(number)
    for name, call in calls.items():
        queries, nodes = count(call)
        assert queries == ones[name][0], name
        assert nodes - ones[name][1] >= 48, name
