"""The way of a new version: CreateArtifact, manifest, files, uploads, commit."""

import base64
import hashlib
import json

import pytest

from artifacts.models import ArtifactFile, Blob, Version
from artifacts.services.reach import runs
from registry_site.texts.ids import decode_id, encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


def md5(content):
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


class Logger:
    """What core does, with core's own documents."""

    def __init__(self, api, client, user, project="iris"):
        self.api, self.client, self.user, self.project = api, client, user, project
        self.where = {"entityName": "vision", "projectName": project}

    def create(self, name="ds", type_name="dataset", digest="0" * 32, **values):
        values = {
            **self.where,
            "artifactTypeName": type_name,
            "artifactCollectionName": name,
            "digest": digest,
            "digestAlgorithm": "MANIFEST_MD5",
            "runName": None,
            "enableDigestDeduplication": True,
            "storageRegion": None,
            "labels": None,
            "aliases": [{"alias": "latest", "artifactCollectionName": name}],
            **values,
        }
        answer = self.api(self.user, sdk_document("CreateArtifact"), input=values)
        return answer["createArtifact"]["artifact"]

    def manifest(self, artifact, content=b"", kind="FULL", **values):
        answer = self.api(
            self.user,
            sdk_document("CreateArtifactManifest"),
            artifactID=artifact["id"],
            name="wandb_manifest.json",
            digest=md5(content) if content else "",
            runName="r",
            manifestType=kind,
            includeUpload=bool(content),
            entityName="vision",
            projectName=self.project,
            **values,
        )
        found = answer["createArtifactManifest"]["artifactManifest"]
        if content:
            self.put(found["file"]["uploadUrl"], content)
        return found

    def files(self, artifact, files):
        specs = [
            {
                "artifactID": artifact["id"],
                "name": path,
                "md5": md5(content),
                "digest": md5(content),
                "uploadPartsInput": None,
                "mimetype": None,
            }
            for path, content in files.items()
        ]
        values = {"artifactFiles": specs, "storageLayout": "V2", "cloudRegionID": None}
        answer = self.api(self.user, sdk_document("CreateArtifactFiles"), input=values)
        return [edge["node"] for edge in answer["createArtifactFiles"]["files"]["edges"]]

    def put(self, url, content):
        path = url.removeprefix("http://testserver")
        response = self.client.put(path, content, "application/octet-stream")
        assert response.status_code == 200, response.content
        return response

    def commit(self, artifact):
        answer = self.api(self.user, sdk_document("CommitArtifact"), artifactID=artifact["id"])
        return answer["commitArtifact"]["artifact"]

    def log(self, files, **values):
        artifact = self.create(**values)
        if artifact["state"] == "COMMITTED":
            return artifact
        self.manifest(artifact)
        for (_path, content), node in zip(files.items(), self.files(artifact, files), strict=True):
            if node["uploadUrl"]:
                self.put(node["uploadUrl"], content)
        self.manifest(artifact, manifest_of(artifact, files))
        return self.commit(artifact)


def manifest_of(artifact, files):
    contents = {
        path: {"digest": md5(content), "size": len(content), "birthArtifactID": artifact["id"]}
        for path, content in files.items()
    }
    return json.dumps(
        {
            "version": 1,
            "storagePolicy": "wandb-storage-policy-v1",
            "storagePolicyConfig": {"storageLayout": "V2"},
            "contents": contents,
        }
    ).encode()


@pytest.fixture
def logger(api, client, alice, project):
    return Logger(api, client, alice)


def version_of(artifact):
    return Version.objects.get(pk=decode_id(artifact["id"], "Artifact"))


def test_a_version_is_logged(logger, alice):
    done = logger.log(
        {"a.txt": b"hello", "b/c": b""},
        description="d",
        metadata='{"k": 1}',
        tags=[{"tagName": "t"}],
        aliases=[{"alias": "best", "artifactCollectionName": "ds"}],
    )
    version = version_of(done)
    assert (version.state, version.version_index, version.size) == ("COMMITTED", 0, 5)
    assert version.metadata == {"k": 1}
    assert [tag.name for tag in version.tags.all()] == ["t"]
    assert [alias.name for alias in version.memberships.get().aliases.all()] == ["best"]
    assert done["digest"] == version.digest


def test_equal_content_gives_the_same_version_and_new_content_the_next(logger):
    first = logger.log({"a": b"1"})
    again = logger.create(digest=first["digest"])
    assert (again["id"], again["state"]) == (first["id"], "COMMITTED")
    second = logger.log({"a": b"2"})
    assert version_of(second).version_index == 1
    third = logger.create(digest="1" * 32)
    assert third["artifactSequence"]["latestArtifact"]["id"] == second["id"]


def test_every_step_may_be_repeated(logger):
    first = logger.create(clientID="c" * 128)
    assert logger.create(clientID="c" * 128)["id"] == first["id"]
    files = {"a": b"1"}
    url = logger.files(first, files)[0]["uploadUrl"]
    logger.put(url, b"1")
    logger.put(url, b"1")
    logger.manifest(first, manifest_of(first, files))
    assert logger.commit(first) == logger.commit(first)
    assert version_of(first).version_index == 0


def test_files_answer_in_order_and_null_is_only_for_what_the_project_holds(
    logger, api, client, alice, vision
):
    logger.log({"a": b"one", "b": b"two"})
    other = logger.create(name="other")
    nodes = logger.files(other, {"x": b"new", "y": b"two", "z": b"one"})
    assert [bool(node["uploadUrl"]) for node in nodes] == [True, False, False]
    assert all(node["artifact"]["id"] for node in nodes)
    factories.make_project(vision, "elsewhere")
    far = Logger(api, client, alice, "elsewhere")
    assert far.files(far.create(), {"y": b"two"})[0]["uploadUrl"]


def test_a_wrong_checksum_is_refused_and_leaves_nothing(logger, client, settings):
    artifact = logger.create()
    url = logger.files(artifact, {"a": b"right"})[0]["uploadUrl"].removeprefix("http://testserver")
    response = client.put(url, b"wrong", "application/octet-stream")
    assert response.status_code == 400
    assert "MD5" in response.json()["errors"][0]["message"]
    assert not Blob.objects.exists()
    assert not [path for path in settings.STORAGE_FOLDER.rglob("*") if path.is_file()]
    assert ArtifactFile.objects.get().blob is None


def test_a_commit_without_its_files_is_refused(logger, api, alice):
    artifact = logger.create()
    logger.manifest(artifact, manifest_of(artifact, {"a": b"1"}))
    document = sdk_document("CommitArtifact")
    status, message = api.refused(alice, document, artifactID=artifact["id"])
    assert status == 400
    assert "'a' was never uploaded" in message
    assert version_of(artifact).state == "PENDING"


def test_an_incremental_manifest_is_laid_over_the_last_one(logger, api, alice):
    logger.log({"a": b"1", "b": b"2"})
    artifact = logger.create(digest="2" * 32)
    logger.files(artifact, {"b": b"3"})
    node = logger.files(artifact, {"b": b"3"})[0]
    logger.put(node["uploadUrl"], b"3")
    found = logger.manifest(artifact, kind="INCREMENTAL")
    content = manifest_of(artifact, {"b": b"3"})
    answer = api(
        alice,
        sdk_document("UpdateArtifactManifest"),
        artifactManifestID=found["id"],
        digest=md5(content),
        includeUpload=True,
    )
    logger.put(answer["updateArtifactManifest"]["artifactManifest"]["file"]["uploadUrl"], content)
    logger.commit(artifact)
    entries = version_of(artifact).entries.order_by("path").values_list("path", "digest")
    assert list(entries) == [("a", md5(b"1")), ("b", md5(b"3"))]


@pytest.mark.parametrize("kind", ["FULL", "INCREMENTAL"])
def test_the_latest_version_is_deleted_while_the_next_is_logged(logger, api, alice, kind):
    latest = logger.log({"a": b"1", "b": b"2"})
    artifact = logger.create(digest="2" * 32)
    assert artifact["artifactSequence"]["latestArtifact"] == {"id": latest["id"]}
    gone = {"artifactID": latest["id"], "deleteAliases": True}
    api(alice, sdk_document("DeleteArtifact"), input=gone)
    logger.manifest(artifact, kind=kind, baseArtifactID=latest["id"])
    logger.put(logger.files(artifact, {"c": b"3"})[0]["uploadUrl"], b"3")
    content = manifest_of(artifact, {"c": b"3"})
    logger.manifest(artifact, content, kind=kind, baseArtifactID=latest["id"])
    logger.commit(artifact)
    paths = list(version_of(artifact).entries.order_by("path").values_list("path", flat=True))
    assert paths == (["c"] if kind == "FULL" else ["a", "b", "c"])


def test_the_run_is_its_maker(logger, api, alice, project):
    run = factories.make_run(project, alice, name="r1")
    done = logger.log({"a": b"1"}, runName="r1")
    found = api(alice, sdk_document("ArtifactCreatedBy"), id=done["id"])["artifact"]["createdBy"]
    assert (found["__typename"], found["name"]) == ("Run", run.name)
    answer = api(
        alice, sdk_document("RunOutputArtifacts"), entity="vision", project="iris", run="r1"
    )
    assert answer["project"]["run"]["artifacts"]["totalCount"] == 1


def test_client_ids_lead_to_versions(logger, api, alice, charlie):
    done = logger.create(clientID="x" * 128)
    document = "query ClientIDMapping($c: ID!) { clientIDMapping(clientID: $c) { serverID } }"
    assert api(alice, document, c="x" * 128)["clientIDMapping"]["serverID"] == done["id"]
    assert api(alice, document, c="y" * 128)["clientIDMapping"] is None
    assert api(charlie, document, c="x" * 128)["clientIDMapping"] is None


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"storageRegion": "mars"}, 400, "'mars'"),
        ({"artifactCollectionName": "a/b"}, 400, "'a/b'"),
        ({"artifactCollectionName": None}, 400, ""),
        ({"artifactCollectionName": "x" * 200}, 400, "too long"),
        ({"artifactTypeName": "a:b"}, 400, "'a:b'"),
        ({"tags": [{"tagName": "a/b"}]}, 400, "Invalid tag"),
        ({"aliases": [{"alias": "a:b", "artifactCollectionName": "x"}]}, 400, "'a:b'"),
        ({"aliases": [{"alias": "v3", "artifactCollectionName": "x"}]}, 400, "'v3'"),
        ({"metadata": "[1]"}, 400, "JSON object"),
        ({"metadata": json.dumps({str(n): n for n in range(101)})}, 400, "100"),
        ({"runName": "none"}, 404, "'none'"),
        ({"projectName": "wandb-registry-model", "entityName": "acme"}, 400, "link"),
        ({"entityName": "nobody"}, 404, "'nobody'"),
        ({"ttlDurationSeconds": 2**70}, 400, "63 bits"),
    ],
)
def test_refusals(logger, api, alice, registry, values, status, words):
    values = {
        "entityName": "vision",
        "projectName": "iris",
        "artifactTypeName": "dataset",
        "artifactCollectionName": "ds",
        "digest": EMPTY,
        **values,
    }
    answer = api.refused(alice, sdk_document("CreateArtifact"), input=values)
    assert answer[0] == status, answer
    assert words in answer[1]
    assert not Version.objects.exists()


def test_another_type_than_the_collections_is_refused(logger, api, alice, version):
    values = {
        **logger.where,
        "artifactTypeName": "dataset",
        "digest": EMPTY,
        "artifactCollectionName": "iris-model",
    }
    status, message = api.refused(alice, sdk_document("CreateArtifact"), input=values)
    assert status == 400
    assert "“model”" in message
    assert "“dataset”" in message


def test_who_may_not_log(logger, api, victor, charlie):
    values = {
        **logger.where,
        "artifactTypeName": "t",
        "digest": EMPTY,
        "artifactCollectionName": "c",
    }
    assert api.refused(victor, sdk_document("CreateArtifact"), input=values)[0] == 403
    assert api.refused(charlie, sdk_document("CreateArtifact"), input=values)[0] == 404


def test_files_of_other_peoples_versions_are_out_of_reach(logger, api, victor, charlie):
    artifact = logger.create()
    spec = {"artifactID": artifact["id"], "name": "a", "md5": md5(b"1")}
    document = sdk_document("CreateArtifactFiles")
    for user, status in ((victor, 403), (charlie, 404)):
        assert api.refused(user, document, input={"artifactFiles": [spec]})[0] == status
        document_ = sdk_document("CommitArtifact")
        assert api.refused(user, document_, artifactID=artifact["id"])[0] == status


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../../b", "x" * 5000])
def test_hostile_paths_are_refused(logger, api, alice, path):
    artifact = logger.create()
    spec = {"artifactID": artifact["id"], "name": path, "md5": md5(b"1")}
    values = {"artifactFiles": [spec]}
    assert api.refused(alice, sdk_document("CreateArtifactFiles"), input=values)[0] == 400


def test_an_id_of_somewhere_else_says_nothing(api, alice):
    document = sdk_document("CommitArtifact")
    assert api.refused(alice, document, artifactID=encode_id("Artifact", 5))[0] == 404


def test_runs_of_the_cast_can_be_found_by_path(alice, project):
    run = factories.make_run(project, name="r9")
    found = runs.reach_run_to_log(by=alice, entity_name="VISION", project_name="iris", name="r9")
    assert found == run


def test_what_is_pending_is_in_no_list(logger, api, client, alice, project):
    """A client that was killed in between leaves a version that nobody sees."""
    factories.make_run(project, alice, name="r1")
    logger.log({"a": b"1"}, name="done", type_name="model", runName="r1")
    half = logger.create(name="half", type_name="strange", digest="5" * 32, runName="r1")
    logger.files(half, {"a": b"1"})
    more = logger.create(name="done", type_name="model", digest="6" * 32, runName="r1")
    where = {"entity": "vision", "project": "iris"}
    run = api(alice, sdk_document("RunOutputArtifacts"), run="r1", **where)["project"]["run"]
    assert run["artifacts"]["totalCount"] == len(run["artifacts"]["edges"]) == 1
    types = api(alice, sdk_document("ProjectArtifactTypes"), **where, cursor=None)
    names = [edge["node"]["name"] for edge in types["project"]["artifactTypes"]["edges"]]
    assert names == ["model"]
    found = api(alice, sdk_document("ProjectArtifactCollections"), **where)["project"]
    names = [edge["node"]["name"] for edge in found["artifactCollections"]["edges"]]
    assert (names, found["artifactCollections"]["totalCount"]) == (["done"], 1)
    listed = api(
        alice,
        sdk_document("ProjectArtifacts"),
        **where,
        type="model",
        collection="done",
        cursor=None,
        perPage=10,
        includeAliases=True,
    )["project"]["artifactType"]["artifactCollection"]["artifacts"]
    assert [edge["version"] for edge in listed["edges"]] == ["v0"]
    for name in ("half:latest", "half:v0", "done:v1"):
        place = api(alice, sdk_document("ArtifactMembershipByName"), **where, name=name)
        assert place["project"]["artifactCollectionMembership"] is None
    client.force_login(alice)
    for address in ("", "/artifacts", "/runs/r1", "/artifacts/model/done"):
        page = client.get(f"/vision/iris{address}", follow=True).content.decode()
        assert "half" not in page
        assert "strange" not in page
    assert version_of(more).state == "PENDING"
