"""What the SDK's walk (look up, use, download) leaves behind, and what noting it costs."""

import base64

import pytest

from artifacts.models import Download, RunInput
from artifacts.services.usage import usage
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, sdk_document

REGISTRY = {"entity": "acme", "project": "wandb-registry-model"}
FILES = {"collection": "iris-classifier", "alias": "v0", "perPage": 5000}


@pytest.fixture
def linked(version, collection):
    return factories.make_membership(collection, version, aliases=["production"])


@pytest.fixture
def look_up(api):
    return lambda user, name: api(
        user, sdk_document("ArtifactMembershipByName"), **REGISTRY, name=f"iris-classifier:{name}"
    )


@pytest.fixture
def download(api):
    return lambda user, **more: api(
        user, sdk_document("GetArtifactMembershipFileUrls"), **REGISTRY, **FILES | more
    )


@pytest.fixture
def use(api, project, version):
    def use(user, name):
        factories.make_run(project, user, name=name)
        api(
            user,
            sdk_document("UseArtifact"),
            artifactID=encode_id("Artifact", version.pk),
            entityName="vision",
            projectName="iris",
            runName=name,
            artifactEntityName="acme",
            artifactProjectName="wandb-registry-model",
        )
        return RunInput.objects.get(run__name=name)

    return use


@pytest.mark.parametrize(
    ("asked", "noted"), [("production", "production"), ("v0", "v0"), ("latest", "latest")]
)
def test_the_name_that_was_looked_up_is_noted(look_up, use, download, bob, linked, asked, noted):
    look_up(bob, asked)
    run = use(bob, "r1")
    download(bob)
    assert (run.collection, run.reference) == (linked.collection, noted)
    row = Download.objects.get()
    assert (row.collection, row.reference, row.user) == (linked.collection, noted, bob)
    assert row.key_name == "test"


def test_the_alias_of_somebody_else_is_not_ours(look_up, use, download, alice, bob, linked):
    look_up(alice, "production")
    assert use(bob, "r1").reference == ""
    download(bob)
    assert Download.objects.get().reference == ""


def test_an_alias_in_the_request_itself_is_known(download, bob, linked):
    download(bob, alias="production")
    assert Download.objects.get().reference == "production"


def test_a_list_without_addresses_is_no_download(api, bob, linked):
    document = """query Names($entity: String!, $project: String!) {
      project(name: $project, entityName: $entity) { artifactCollection(name: "iris-classifier") {
        artifactMembership(aliasName: "v0") { files { edges { node { name sizeBytes } } } } } } }"""
    api(bob, document, **REGISTRY)
    assert not Download.objects.exists()


def test_addresses_that_do_not_work_are_no_download(
    download, registry, victor, version, collection
):
    factories.restricted_viewer(registry, victor)
    factories.make_membership(collection, version)
    download(victor)
    assert not Download.objects.exists()


def test_files_by_the_id_alone_count_for_the_source(api, bob, linked, version):
    document = "query Files($id: ID!) { artifact(id: $id) { files { edges { node { url } } } } }"
    api(bob, document, id=encode_id("Artifact", version.pk))
    assert Download.objects.get().collection == version.sequence


@pytest.mark.django_db(transaction=True)
def test_a_download_costs_one_query_more_at_first_and_none_after(
    look_up, download, bob, linked, django_assert_max_num_queries, monkeypatch
):
    def count():
        with django_assert_max_num_queries(100) as captured:
            download(bob)
        return len(captured)

    look_up(bob, "production")
    download(bob)  # prepares what is read
    throttled = count()
    usage._noted.clear()
    assert count() == throttled + 1
    monkeypatch.setattr(usage.Download.objects, "touch", lambda **_row: None)
    usage._noted.clear()
    assert count() == throttled


def test_one_file_by_its_digest(client, look_up, bob, linked, version):
    look_up(bob, "production")
    entry = version.entries.get()
    digest = base64.b64decode(entry.digest).hex()
    artifact = encode_id("Artifact", version.pk)
    place = "/artifactsV2/default/acme/wandb-registry-model/iris-classifier"
    # up to wandb 0.25 the address doesn't say which of the versions that have the file
    assert client.get(f"{place}/{artifact}/{digest}/w", **auth_of(bob)).status_code == 307
    assert not Download.objects.exists()
    assert (
        client.get(f"{place}/{artifact}/{artifact}/{digest}/w", **auth_of(bob)).status_code == 307
    )
    row = Download.objects.get()
    assert (row.version, row.collection, row.reference) == (
        version,
        linked.collection,
        "production",
    )
