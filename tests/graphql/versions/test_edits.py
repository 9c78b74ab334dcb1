"""Deleting versions, changing and deleting collections, through the SDK's documents."""

import pytest

from artifacts.models import Collection, Membership, Project, Version
from artifacts.services.collections.links import link_version
from registry_site.accounts.services import people
from registry_site.texts.ids import encode_id
from tests import factories
from tests.graphql.registries.test_linking import artifact_id, update
from tests.helpers.graphql import sdk_document

NAME = """query N($name: String!) { project(entityName: "vision", name: "iris") {
  artifact(name: $name) { id } artifactCollectionMembership(name: $name) { id }
  artifactCollection(name: $name) { id } } }"""
BY_ID = """query I($id: ID!, $collection: ID!) {
  artifact(id: $id) { id state } artifactCollection(id: $collection) { id state } }"""
TAGS = {
    "entityName": "vision", "projectName": "iris", "artifactCollectionName": "iris-model",
}  # fmt: skip


def collection_id(collection):
    return encode_id("ArtifactCollection", collection.pk)


def delete_values(version, **more):
    return {"artifactID": artifact_id(version), **more}


def changes(sequence, collection, **values):
    """The five mutations that name a collection by its id, each with what it takes."""
    source, portfolio = collection_id(sequence), collection_id(collection)
    values = {"name": "other"} | values
    return [
        ("UpdateArtifactSequence", {"input": {"artifactSequenceID": source, **values}}),
        ("UpdateArtifactPortfolio", {"input": {"artifactPortfolioID": portfolio, **values}}),
        (
            "UpdateArtifactSequenceType",
            {"input": {"artifactSequenceID": source, "destinationArtifactTypeName": "x"}},
        ),
        ("DeleteArtifactSequence", {"id": source}),
        ("DeleteArtifactPortfolio", {"id": portfolio}),
    ]


# ------------------------------------------------------------------ a version


def test_deletes_a_version_and_may_be_repeated(api, bob, version, sequence):
    document = sdk_document("DeleteArtifact")
    values = delete_values(version, deleteAliases=True)
    for _time in range(2):
        answer = api(bob, document, input=values)["result"]
        assert answer["artifact"]["id"] == artifact_id(version)
    found = api(bob, BY_ID, id=artifact_id(version), collection=collection_id(sequence))
    assert found["artifact"] is None
    assert found["artifactCollection"]["state"] == "READY"
    for name in ("iris-model:v0", "iris-model:latest", "iris-model"):
        project = api(bob, NAME, name=name)["project"]
        assert project["artifact"] is project["artifactCollectionMembership"] is None


def test_aliases_protect_a_version(api, bob, version, sequence):
    factories.make_version(sequence)
    Membership.objects.get(version=version).aliases.create(collection=sequence, name="best")
    for given in ({}, {"deleteAliases": False}, {"deleteAliases": None}):
        status, message = api.refused(
            bob, sdk_document("DeleteArtifact"), input=delete_values(version, **given)
        )
        assert status == 409
        assert "best" in message
    assert Version.objects.get(pk=version.pk).is_committed


def test_a_protected_alias_protects_from_everybody(api, root, alice, version, registry):
    link_version(
        by=alice,
        version=version,
        project=registry.project,
        collection_name="c",
        aliases=["production"],
    )
    values = delete_values(version, deleteAliases=True)
    for person in (alice, root):
        status, message = api.refused(person, sdk_document("DeleteArtifact"), input=values)
        assert status == 409
        assert "production" in message


def test_who_may_not_delete_a_version(api, victor, charlie, version):
    values, document = delete_values(version, deleteAliases=True), sdk_document("DeleteArtifact")
    status, message = api.refused(victor, document, input=values)
    assert status == 403
    assert "yours is Viewer" in message
    assert api.refused(charlie, document, input=values)[0] == 404
    assert api.post(None, document, input=values).status_code == 401
    assert Version.objects.get(pk=version.pk).is_committed


@pytest.mark.parametrize("text", ["", "x", "QXJ0aWZhY3Q6OTk5", encode_id("User", 1), "'; --"])
def test_no_such_version(api, bob, version, text):
    assert api.refused(bob, sdk_document("DeleteArtifact"), input={"artifactID": text})[0] == 404


def test_deleted_versions_of_runs_and_lists_are_left_out(api, bob, project, version):
    run = factories.make_run(project, bob)
    factories.models.RunOutput.objects.create(run=run, version=version)
    api(bob, sdk_document("DeleteArtifact"), input=delete_values(version, deleteAliases=True))
    values = {"entity": "vision", "project": "iris", "run": run.name}
    found = api(bob, sdk_document("RunOutputArtifacts"), **values)["project"]["run"]
    assert found["artifacts"]["edges"] == []


# ------------------------------------------------------------------ a collection


def test_describes_and_renames_and_may_be_repeated(api, bob, sequence, collection):
    for name, values in changes(sequence, collection, description="d")[:2]:
        for _time in range(2):
            answer = api(bob, sdk_document(name), **values)["result"]["artifactCollection"]
            assert (answer["name"], answer["description"]) == ("other", "d")
        assert answer["__typename"] == name.removeprefix("Update")
    values = {"artifactSequenceID": collection_id(sequence), "description": ""}
    answer = api(bob, sdk_document("UpdateArtifactSequence"), input=values)["result"]
    assert answer["artifactCollection"]["name"] == "other"
    assert answer["artifactCollection"]["description"] == ""


@pytest.mark.parametrize("text", [None, "", "words"])
def test_a_description_reads_back_as_it_was_saved(api, bob, version, collection, text):
    """None was never written: the client tells it from "" (wandb 0.31)."""
    given = {"artifactID": encode_id("Artifact", version.pk), "description": text}
    saved = api(bob, sdk_document("UpdateArtifact"), input=given)["result"]["artifact"]
    assert saved["description"] == text
    given = {"artifactPortfolioID": collection_id(collection), "description": text}
    saved = api(bob, sdk_document("UpdateArtifactPortfolio"), input=given)["result"]
    assert saved["artifactCollection"]["description"] == text


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "settings", "x" * 129, "a\u0001b", "a\u2028b"])
def test_bad_collection_names(api, bob, sequence, collection, name):
    for operation, values in changes(sequence, collection, name=name)[:2]:
        assert api.refused(bob, sdk_document(operation), **values)[0] == 400


def test_a_taken_name_is_refused(api, bob, project, sequence, collection):
    factories.make_collection(project, "other")
    operation, values = changes(sequence, collection)[0]
    status, message = api.refused(bob, sdk_document(operation), **values)
    assert status == 409
    assert "already is a collection 'other'" in message


def test_the_type_of_a_sequence(api, bob, sequence, version, registry):
    document = sdk_document("UpdateArtifactSequenceType")
    values = {
        "artifactSequenceID": collection_id(sequence),
        "destinationArtifactTypeName": "weights",
    }
    for _time in range(2):
        answer = api(bob, document, input=values)["result"]["artifactCollection"]
        assert answer["type"]["name"] == "weights"
    values["destinationArtifactTypeName"] = "model"
    api(bob, document, input=values)
    version = Version.objects.for_path().get(pk=version.pk)
    link_version(by=bob, version=version, project=registry.project, collection_name="c")
    values["destinationArtifactTypeName"] = "weights"
    status, message = api.refused(bob, document, input=values)
    assert status == 409
    assert "wandb-registry-model/c" in message


@pytest.mark.parametrize("type_name", ["", "a/b", "a:b", "x" * 129])
def test_bad_types(api, bob, sequence, type_name):
    values = {
        "artifactSequenceID": collection_id(sequence),
        "destinationArtifactTypeName": type_name,
    }
    document = sdk_document("UpdateArtifactSequenceType")
    assert api.refused(bob, document, input=values)[0] == 400


def test_deletes_collections_and_may_be_repeated(api, bob, sequence, version, registry):
    place, *_rest = link_version(
        by=bob, version=version, project=registry.project, collection_name="c"
    )
    for name, each in (
        ("ArtifactPortfolio", place.collection),
        ("ArtifactSequence", sequence),
    ):
        for _time in range(2):
            answer = api(bob, sdk_document(f"Delete{name}"), id=collection_id(each))["result"]
            assert answer["artifactCollection"] == {"__typename": name, "state": "DELETED"}
        found = api(bob, BY_ID, id=artifact_id(version), collection=collection_id(each))
        assert found["artifactCollection"] is None
        # what was linked lives on where it was logged, until its sequence goes
        assert (found["artifact"] is None) == (name == "ArtifactSequence")
    assert api(bob, NAME, name="iris-model")["project"]["artifactCollection"] is None


def test_kinds_are_not_mixed_up(api, bob, sequence, collection):
    for operation, values in changes(collection, sequence):
        assert api.refused(bob, sdk_document(operation), **values)[0] == 404
    assert Collection.objects.count() == 2


def test_who_may_not_change_collections(api, victor, charlie, sequence, collection):
    for operation, values in changes(sequence, collection):
        document = sdk_document(operation)
        status, message = api.refused(victor, document, **values)
        assert status == 403
        assert "yours is Viewer" in message
        assert api.refused(charlie, document, **values)[0] == 404
        assert api.post(None, document, **values).status_code == 401
    assert set(Collection.objects.values_list("name", flat=True)) == {
        "iris-model",
        "iris-classifier",
    }


def test_a_restricted_viewer_may_read_and_nothing_else(api, acme, registry, collection):
    rita = factories.make_user("rita")
    people.set_organization_member(by=None, organization=acme, user=rita, role="member")
    Project.objects.filter(pk=registry.project_id).update(default_role="restricted_viewer")
    for operation, values in changes(collection, collection)[1::3]:
        status, message = api.refused(factories.fresh(rita), sdk_document(operation), **values)
        assert status == 403
        assert "Restricted Viewer" in message


# ------------------------------------------------------------------ tags of a collection


def tags(*names, **where):
    return TAGS | where | {"tags": [{"tagName": name} for name in names]}


def test_tags_come_and_go(api, bob, sequence):
    add, remove = (
        sdk_document("AddArtifactCollectionTags"),
        sdk_document("DeleteArtifactCollectionTags"),
    )
    for _time in range(2):
        answer = api(bob, add, input=tags("b c", "a"))["result"]
        assert [tag["name"] for tag in answer["tags"]] == ["a", "b c"]
    for _time in range(2):
        assert api(bob, remove, input=tags("a"))["result"]["success"] is True
    assert [tag.name for tag in sequence.tags.all()] == ["b c"]


@pytest.mark.parametrize("name", ["", "a/b", "a b ", " a", "x" * 129, "!", "a\n"])
def test_bad_tags(api, bob, sequence, name):
    status, message = api.refused(
        bob, sdk_document("AddArtifactCollectionTags"), input=tags("fine", name)
    )
    assert status == 400
    assert message.lower().startswith("invalid tag")
    assert not sequence.tags.exists()


def test_too_many_tags(api, bob, sequence):
    names = [f"t{number}" for number in range(21)]
    document = sdk_document("AddArtifactCollectionTags")
    status, message = api.refused(bob, document, input=tags(*names))
    assert status == 400
    assert "at most 20 tags" in message
    assert len(api(bob, document, input=tags(*names[:20]))["result"]["tags"]) == 20


def test_who_may_not_tag(api, victor, charlie, sequence):
    for operation in ("AddArtifactCollectionTags", "DeleteArtifactCollectionTags"):
        document = sdk_document(operation)
        assert api.refused(victor, document, input=tags("a"))[0] == 403
        assert api.refused(charlie, document, input=tags("a"))[0] == 404
        assert api.post(None, document, input=tags("a")).status_code == 401
        where = {"artifactCollectionName": "none"}
        assert api.refused(victor, document, input=tags("a", **where))[0] == 404


# ------------------------------------------------------------------ TTL


def test_ttl_on_the_wire(api, bob, version):
    shown = [
        (answer["ttlDurationSeconds"], answer["ttlIsInherited"])
        for answer in (
            update(api, bob, version, ttlDurationSeconds=60),
            update(api, bob, version, ttlDurationSeconds=None),
            update(api, bob, version, ttlDurationSeconds=-2),
            update(api, bob, version, ttlDurationSeconds=-1),
        )
    ]
    assert shown == [(60, False), (60, False), (-2, False), (-1, True)]


def test_an_inherited_ttl_on_the_wire(api, bob, version, vision):
    type(vision.entity).objects.filter(pk=vision.entity_id).update(default_ttl_seconds=60)
    for asked, shown in ((-1, (60, True)), (-2, (-2, False)), (90, (90, False))):
        answer = update(api, bob, version, ttlDurationSeconds=asked)
        assert (answer["ttlDurationSeconds"], answer["ttlIsInherited"]) == shown


@pytest.mark.parametrize("seconds", [-3, 2**62, 2**63])
def test_bad_ttls(api, bob, version, seconds):
    values = {"artifactID": artifact_id(version), "ttlDurationSeconds": seconds}
    assert api.refused(bob, sdk_document("UpdateArtifact"), input=values)[0] == 400
