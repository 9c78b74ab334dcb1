"""What stands in for a hidden source: names that a client can work with and send back."""

import base64

import pytest

from artifacts.models import Download, Project, RunInput, Version
from artifacts.services.usage.usage import use_version
from registry_site.accounts.names import PLACEHOLDER
from registry_site.api import SCHEMA
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import auth_of, sdk_document
from tests.helpers.hidden import MARKS


def test_two_sources_have_two_names_and_one_always_the_same(api, dora, charlie, acme, links):
    def source_of(user, link):
        found = api(user, sdk_document("ArtifactByID"), id=encode_id("Artifact", link.version_id))
        return found["artifact"]["artifactSequence"]

    one, two = (source_of(dora, link) for link in links)
    assert PLACEHOLDER.fullmatch(one["name"])
    assert PLACEHOLDER.fullmatch(two["name"])
    assert one["name"] != two["name"]
    assert one["project"] == two["project"]  # it is one project
    factories.set_organization_member(by=None, organization=acme, user=charlie, role="member")
    assert source_of(factories.fresh(charlie), links[0]) == one == source_of(dora, links[0])


def test_artifacts_of_a_run_have_a_project(api, dora, links):
    """Else wandb 0.31 leaves them out of `used_artifacts()`."""
    run = factories.make_run(factories.make_project(dora, "mine"), dora, name="r")
    for link in links:
        use_version(by=dora, version=link.version, run=run, project=link.collection.project)
    found = api(dora, sdk_document("RunInputArtifacts"), entity="dora", project="mine", run="r")
    nodes = [edge["node"] for edge in found["project"]["run"]["artifacts"]["edges"]]
    assert len({node["artifactSequence"]["name"] for node in nodes}) == 2
    assert all(node["artifactSequence"]["project"]["entity"]["name"] for node in nodes)


def test_a_told_path_leads_to_the_version_again(api, dora, told, links):
    found = api(
        dora,
        sdk_document("ArtifactMembershipByName"),
        entity=told["entity"],
        project=told["project"],
        name=told["collection"] + ":v0",
    )
    membership = found["project"]["artifactCollectionMembership"]
    assert membership["artifact"]["id"] == encode_id("Artifact", links[0].version_id)
    assert membership["artifactCollection"]["name"] == told["collection"]
    assert [alias["alias"] for alias in membership["aliases"]] == ["v0"]


@pytest.mark.parametrize("reference", ["v1", "v2", "latest", "canary", "good", ""])
def test_by_a_told_path_only_versions_that_are_seen_elsewhere(api, dora, told, reference):
    found = api(
        dora,
        sdk_document("ArtifactMembershipByName"),
        entity=told["entity"],
        project=told["project"],
        name=f"{told['collection']}:{reference}",
    )
    assert found["project"]["artifactCollectionMembership"] is None


def test_a_told_name_is_worth_nothing_to_who_sees_no_version(api, charlie, told):
    """Nor does one of another thing fit: each part of the path is checked."""
    for entity, project in [
        (told["entity"], told["project"]),
        (told["project"], told["entity"]),
        (told["entity"], "canary-project"),
        ("canary-team", told["project"]),
    ]:
        document = "query($e: String, $p: String) { project(entityName: $e, name: $p) { id } }"
        assert api(charlie, document, e=entity, p=project) == {"project": None}
    assert api(charlie, "query($n: String) { entity(name: $n) { id } }", n=told["entity"]) == {
        "entity": None
    }
    document = "query($id: ID!) { artifactCollection(id: $id) { id } }"
    assert api(charlie, document, id=told["id"]) == {"artifactCollection": None}


def test_each_part_of_a_told_path_is_checked(api, dora, told):
    document = "query($e: String, $p: String) { project(entityName: $e, name: $p) { id } }"
    for entity, project in [
        (told["project"], told["entity"]),
        (told["entity"], "canary-project"),
        ("canary-team", told["project"]),
        (told["entity"], told["entity"]),
    ]:
        assert api(dora, document, e=entity, p=project) == {"project": None}


def test_a_version_that_is_unlinked_takes_its_path_along(api, dora, told, links):
    links[0].delete()
    links[1].delete()
    document = "query($e: String, $p: String) { project(entityName: $e, name: $p) { id } }"
    assert api(dora, document, e=told["entity"], p=told["project"]) == {"project": None}


def test_bytes_by_a_told_path(api, client, dora, told, links, registry):
    """With the right to download somewhere; it is noted there."""
    entry = links[0].version.entries.get()
    digest = base64.b64decode(entry.digest).hex()
    path = f"/artifactsV2/default/{told['entity']}/{told['project']}/{told['collection']}"
    artifact_id = encode_id("Artifact", links[0].version_id)
    for middle in (f"{artifact_id}/{artifact_id}", artifact_id):
        address = f"{path}/{middle}/{digest}/weights.txt"
        assert client.get(address, **auth_of(dora)).status_code == 307
    assert Download.objects.get(version=links[0].version).collection == links[0].collection
    other = path.replace(told["collection"], "canary-one")
    assert client.get(f"{other}/{artifact_id}/{digest}/w", **auth_of(dora)).status_code == 404
    hidden = base64.b64decode(
        Version.objects.get(sequence__name="canary-one", version_index=1).entries.get().digest
    ).hex()
    assert client.get(f"{path}/{hidden}/weights.txt", **auth_of(dora)).status_code == 404
    registry.project.default_role = "restricted_viewer"
    registry.project.save(update_fields=["default_role"])
    assert client.get(f"{path}/{artifact_id}/{digest}/w", **auth_of(dora)).status_code == 403


def test_what_would_change_the_hidden_thing_is_refused(api, dora, told, links):
    """By its id and by its path: as if there were none."""
    where = {"entityName": told["entity"], "projectName": told["project"]}
    at = where | {"artifactCollectionName": told["collection"]}
    artifact_id = encode_id("Artifact", links[0].version_id)
    for name, given in {
        "addAliases": {"artifactID": artifact_id, "aliases": [at | {"alias": "x"}]},
        "deleteAliases": {"artifactID": artifact_id, "aliases": [at | {"alias": "canary"}]},
        "updateArtifactSequence": {"artifactSequenceID": told["id"], "name": "x"},
        "deleteArtifactSequence": {"artifactSequenceID": told["id"]},
        "moveArtifactSequence": {
            "artifactSequenceID": told["id"],
            "destinationArtifactTypeName": "x",
        },
        "unlinkArtifact": {"artifactID": artifact_id, "artifactPortfolioID": told["id"]},
        "createArtifactCollectionTagAssignments": at | {"tags": [{"tagName": "x"}]},
        "linkArtifact": where | {"artifactID": artifact_id, "artifactPortfolioName": "x"},
        "createArtifact": where
        | {
            "artifactTypeName": "model",
            "digest": "0",
            "artifactCollectionName": told["collection"],
        },
    }.items():
        kind = SCHEMA.mutation_type.fields[name].args["input"].type
        document = f"mutation($input: {kind}) {{ {name}(input: $input) {{ __typename }} }}"
        status, sentence = api.refused(dora, document, input=given)
        assert status == 404, (name, sentence)
        assert not MARKS.search(sentence)
    assert not Project.objects.filter(name=told["project"]).exists()


def test_it_is_used_by_the_path_that_was_told(api, dora, told, links):
    run = factories.make_run(factories.make_project(dora, "mine"), dora, name="r")
    document = """mutation($input: UseArtifactInput!) { useArtifact(input: $input) {
      artifact { id } } }"""
    api(
        dora,
        document,
        input={
            "artifactID": encode_id("Artifact", links[0].version_id),
            "entityName": "dora",
            "projectName": "mine",
            "runName": "r",
            "artifactEntityName": told["entity"],
            "artifactProjectName": told["project"],
        },
    )
    assert RunInput.objects.filter(run=run, version=links[0].version).exists()


@pytest.mark.slow
def test_the_page_of_a_told_path_is_that_of_the_link(client, dora, told, links):
    """The SDK prints it, as the address of what it lists as a run's input."""
    client.force_login(dora)
    page = f"/{told['entity']}/{told['project']}/artifacts/model/{told['collection']}"
    for tab in ("", "/files"):
        response = client.get(f"{page}/v0{tab}")
        assert (response.status_code, response["Location"]) == (
            302,
            links[0].tab_url(tab.removeprefix("/")),
        )
    assert client.get(f"{page}/v1").status_code == client.get(f"{page}/latest").status_code == 404
