"""What releases 0.19 to 0.30 need and 0.31 does not; scripts/compat walks through them."""

import ast
import importlib.metadata
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import get_named_type

from registry_site.api import SCHEMA
from registry_site.errors import Invalid
from registry_site.graphql.execution.documents import prepare
from registry_site.graphql.old_releases import NEWEST_TESTED, status_for
from registry_site.texts.ids import encode_id
from tests import factories

pytestmark = pytest.mark.usefixtures("both_ways")
RELEASES = sorted(Path(settings.BASE_DIR, ".cache/releases").glob("0.*[0-9]"))
OUT_OF_SCOPE = ("SWEEP", "RUN_QUEUE", "CUSTOM_CHART", "AGENT", "VIEW")


# ------------------------------------------------------------------ what they ask of types
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Query", {"serverInfo", "artifact", "project"}),
        ("Mutation", {"createRunFiles", "createArtifact", "linkArtifact", "useArtifact"}),
        ("ServerInfo", {"cliVersionInfo", "latestLocalVersionInfo", "features"}),
        ("ServerSettings", {"serverMessages"}),
        ("Organization", {"orgEntity"}),
        ("Project", {"artifact", "internalId"}),
        ("Run", {"projectId", "wandbConfig"}),
        ("Artifact", {"tags", "ttlDurationSeconds", "ttlIsInherited", "historyStep"}),
        (
            "CreateArtifactInput",
            {
                "historyStep",
                "distributedID",
                "clientID",
                "sequenceClientID",
                "enableDigestDeduplication",
                "ttlDurationSeconds",
                "tags",
            },
        ),
        ("CreateArtifactFileSpecInput", {"uploadPartsInput"}),
        ("UseArtifactInput", {"usedAs", "artifactEntityName", "artifactProjectName"}),
        ("AddAliasesInput", {"aliases", "artifactID"}),
        ("DeleteFilesInput", {"projectId"}),
    ],
)
def test_they_find_what_they_look_for_in_a_type(api, alice, name, wanted):
    """What is missing in the answer they leave out of their documents, and lose it silently."""
    document = """query Probe($name: String!) {
      __type(name: $name) { name fields { name args { name } } inputFields { name } } }"""
    found = api(alice, document, name=name)["__type"]
    assert found["name"] == name
    assert wanted <= {each["name"] for each in found["fields"] or found["inputFields"]}


def test_several_types_in_one_document(api, alice):
    document = """query Probe { Q: __type(name: "Query") { ...names }
      M: __type(name: "Mutation") { ...names } none: __type(name: "None") { ...names } }
      fragment names on __Type { fields { name args { name } } }"""
    answer = api(alice, document)
    arguments = {each["name"]: each["args"] for each in answer["M"]["fields"]}
    assert arguments["addAliases"] == [{"name": "input"}]
    assert answer["none"] is None


@pytest.mark.parametrize(
    ("field", "type_name"),
    [
        ("ArtifactSequence.artifacts", "VersionedArtifactConnection"),
        ("ArtifactPortfolio.artifacts", "VersionedArtifactConnection"),
        ("Run.inputArtifacts", "InputArtifactConnection"),
        ("Run.outputArtifacts", "ArtifactConnection"),
        ("Mutation.deleteModel", "DeleteModelPayload"),
        ("Project.artifact", "Artifact"),
        ("ArtifactType.artifact", "Artifact"),
        ("ArtifactType.artifactSequence", "ArtifactSequence"),
    ],
)
def test_fields_have_the_types_that_their_fragments_name(field, type_name):
    owner, _dot, name = field.partition(".")
    assert get_named_type(SCHEMA.type_map[owner].fields[name].type).name == type_name


# ------------------------------------------------------------------ by name, with flat variables
BY_NAME = """query ArtifactByName($entity: String!, $project: String!, $name: String!) {
  project(name: $project, entityName: $entity) {
    artifact(name: $name, enableTracking: true) {
      id versionIndex aliases { alias artifactCollection { name project { name } } } } } }"""
VIA_MEMBERSHIP = """
query ArtifactViaMembershipByName($entity: String!, $project: String!, $name: String!) {
  project(name: $project, entityName: $entity) { artifactCollectionMembership(name: $name) {
    artifactCollection { name } artifact { id aliases { alias artifactCollection { name } } } } }
}"""


@pytest.fixture
def linked(version, collection):
    """v1 of the linked collection is v0 of the source; v0 there is another version."""
    factories.make_membership(collection, factories.make_version(version.sequence))
    return factories.make_membership(collection, version)


@pytest.mark.parametrize("document", [BY_NAME, VIA_MEMBERSHIP], ids=["name", "membership"])
def test_a_link_says_its_number_among_the_aliases(api, bob, linked, version, document):
    """0.19 to 0.21 take it from there, and would download the files of the source's number."""
    where = {"entity": "acme", "project": "wandb-registry-model", "name": "iris-classifier:latest"}
    project = api(bob, document, **where)["project"]
    artifact = project.get("artifact") or project["artifactCollectionMembership"]["artifact"]
    assert artifact["id"] == encode_id("Artifact", version.pk)
    numbers = {
        each["artifactCollection"]["name"]: each["alias"]
        for each in artifact["aliases"]
        if each["alias"].startswith("v")
    }
    assert numbers == {"iris-model": "v0", "iris-classifier": "v1"}


def test_by_name_is_null_for_strangers(api, charlie, linked):
    where = {"entity": "acme", "project": "wandb-registry-model", "name": "iris-classifier:v1"}
    assert api(charlie, BY_NAME, **where)["project"] is None
    assert api.post(None, BY_NAME, **where).status_code == 401


def test_flat_variables(api, alice, version, collection):
    """Until 0.21 documents built the input themselves."""
    document = """mutation LinkArtifact($artifactID: ID!, $portfolio: String!, $entity: String!,
        $project: String!, $aliases: [ArtifactAliasInput!]) {
      linkArtifact(input: {artifactID: $artifactID, artifactPortfolioName: $portfolio,
        entityName: $entity, projectName: $project, aliases: $aliases}) { versionIndex } }"""
    answer = api(
        alice,
        document,
        artifactID=encode_id("Artifact", version.pk),
        portfolio=collection.name,
        entity="acme",
        project="wandb-registry-model",
        aliases=[{"artifactCollectionName": collection.name, "alias": "good"}],
    )
    assert answer["linkArtifact"] == {"versionIndex": 0}
    assert collection.memberships.get().aliases.get().name == "good"


FILES = """query ArtifactFiles($id: ID!, $names: [String!], $cursor: String, $perPage: Int) {
  artifact(id: $id) { files(names: $names, after: $cursor, first: $perPage) {
    totalCount pageInfo { endCursor hasNextPage } edges { node { name directUrl } } } } }"""


@pytest.fixture
def two_files(sequence):
    return factories.make_version(sequence, files={"a.txt": b"a", "b/ü.txt": b"b"})


def test_files_of_an_artifact(api, alice, client, two_files):
    """0.19 to 0.27 have documents that ask for them without a membership."""
    wanted = {"id": encode_id("Artifact", two_files.pk)}
    page = api(alice, FILES, **wanted, perPage=1)["artifact"]["files"]
    assert page["totalCount"] == 2
    (edge,) = page["edges"]
    assert client.get(edge["node"]["directUrl"]).getvalue() == b"a"
    cursor = page["pageInfo"]["endCursor"]
    (edge,) = api(alice, FILES, **wanted, cursor=cursor)["artifact"]["files"]["edges"]
    assert edge["node"]["name"] == "b/ü.txt"
    (edge,) = api(alice, FILES, **wanted, names=["b/ü.txt", "none"])["artifact"]["files"]["edges"]
    assert edge["node"]["name"] == "b/ü.txt"


def test_files_of_an_artifact_cost_the_same_queries_for_any_number(api, alice, sequence):
    def queries(count):
        files = {f"{number}.txt": bytes([number]) for number in range(count)}
        version = factories.make_version(sequence, files=files)
        with CaptureQueriesContext(connection) as found:
            api(alice, FILES, id=encode_id("Artifact", version.pk))
        return len(found)

    queries(1)
    assert queries(1) == queries(50)


def test_files_of_an_artifact_for_those_who_may_not_download(
    api, registry, charlie, client, linked, version
):
    wanted = {"id": encode_id("Artifact", version.pk)}
    assert api(charlie, FILES, **wanted)["artifact"] is None
    assert api.post(None, FILES, **wanted).status_code == 401
    viewer = factories.restricted_viewer(registry, charlie)
    (edge,) = api(viewer, FILES, **wanted)["artifact"]["files"]["edges"]
    assert edge["node"]["name"] == "weights.txt"
    assert client.get(edge["node"]["directUrl"]).status_code == 403


def test_files_of_entries_as_core_s_own_downloader_asks_for_them(api, alice, client, two_files):
    document = """query ArtifactFileURLsByManifestEntries($id: ID!, $storageLayout: String!,
        $entries: [ArtifactManifestEntryInput!], $manifestVersion: String!, $region: String) {
      artifact(id: $id) { filesByManifestEntries(storageLayout: $storageLayout,
          manifestVersion: $manifestVersion, entries: $entries, storageRegion: $region) {
        pageInfo { hasNextPage endCursor } edges { node { name directUrl } } } } }"""
    values = {"storageLayout": "V2", "manifestVersion": "1"}
    values["id"] = encode_id("Artifact", two_files.pk)
    entries = [{"name": name, "digest": "d"} for name in ("b/ü.txt", "none")]
    page = api(alice, document, **values, entries=entries)["artifact"]["filesByManifestEntries"]
    assert not page["pageInfo"]["hasNextPage"]
    (edge,) = page["edges"]
    assert edge["node"]["name"] == "b/ü.txt"
    assert client.get(edge["node"]["directUrl"]).getvalue() == b"b"
    status, _message = api.refused(alice, document, **values, entries=entries * 2501)
    assert status == 400


# ------------------------------------------------------------------ the server as a whole
def test_a_run_begins_with_the_server_s_messages(api, alice, vision):
    """`wandb sync` of 0.19 to 0.25 says "done" and sends nothing where it can't ask for them."""
    document = """mutation UpsertBucket($name: String!, $project: String!, $entity: String!) {
      upsertBucket(input: {name: $name, modelName: $project, entityName: $entity}) {
        bucket { name } serverSettings { serverMessages {
          utfText plainText htmlText messageType messageLevel } } } }"""
    answer = api(alice, document, name="r", project="p", entity="vision")["upsertBucket"]
    assert answer == {"bucket": {"name": "r"}, "serverSettings": {"serverMessages": []}}


def test_the_releases_that_the_server_takes(api, alice):
    """0.19 to 0.29 compare the newest with 0.12, and fail on null."""
    document = """query ServerInfo { serverInfo { cliVersionInfo latestLocalVersionInfo {
      outOfDate latestVersionString versionOnThisInstanceString } } }"""
    versions = api(alice, document)["serverInfo"]["cliVersionInfo"]
    assert versions == {"min_cli_version": "0.19.0", "max_cli_version": NEWEST_TESTED}
    assert importlib.metadata.version("wandb") == NEWEST_TESTED


@pytest.mark.parametrize(
    ("agent", "status"),
    [
        ("W&B Public Client 0.19.11", 400),
        ("W&B Internal Client 0.26.1", 400),
        ("W&B Public Client 0.27.2", 403),
        ("W&B Public Client 0.31.0", 403),
        ("wandb-core", 403),
        ("", 403),
    ],
)
def test_a_refusal_has_the_status_with_which_the_client_shows_its_sentence(
    api, victor, version, agent, status
):
    assert status_for(agent, 404) == 404
    document = """mutation M($id: ID!) { updateArtifact(input: {artifactID: $id,
      description: "x"}) { artifact { id } } }"""
    api.client.defaults["HTTP_USER_AGENT"] = agent
    answer = api.refused(victor, document, id=encode_id("Artifact", version.pk))
    assert answer[0] == status
    assert "needs the role Member or above" in answer[1]


# ------------------------------------------------------------------ their own documents
@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_their_documents_fit_the_schema(release):
    """Of those releases that scripts/compat has installed here."""
    refused = {}
    for name, text in _documents_of(release).items():
        try:
            prepare(SCHEMA, text)
        except Invalid as refusal:
            refused[name] = refusal.message
    assert {k: v for k, v in refused.items() if not any(word in k for word in OUT_OF_SCOPE)} == {}


def _documents_of(release):
    """The constants of the modules that hold nothing but documents."""
    (package,) = release.glob("lib/python*/site-packages/wandb")
    return {
        node.targets[0].id: node.value.value
        for path in sorted(package.rglob("_generated/operations.py"))
        if "automations" not in path.parts
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
