"""Reads that look ahead, or read only names, answer what reading one thing after the other does."""

import json

import pytest
from django.utils import timezone

from artifacts.graphql import loading
from artifacts.graphql.projects import projects
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.on_postgres

PEOPLE = ["alice", "bob", "victor", "charlie", "dora", "root"]
PATHS = [
    ("vision", "iris", "iris-model"),
    ("VISION", "iris", "iris-model"),
    ("vision", "iris", "other"),
    ("vision", "iris", "former"),
    ("acme", "wandb-registry-model", "iris-classifier"),
    ("acme", "wandb-registry-model", "one"),
    ("acme", "wandb-registry-secret", "shelf"),
    ("vision", "old", "iris-model"),
    ("none", "none", "none"),
]
REFERENCES = ["", ":", ":latest", ":v0", ":v1", ":v7", ":best", ":BEST", ":good", ":v01", ":a:b"]


@pytest.fixture
def shelves(alice, acme, vision, sequence, collection, version, links):
    """Versions in all the places that the paths name, under aliases of every kind."""
    second = factories.make_version(sequence, by=alice, aliases=["best", "v01", "B", "a"])
    for name in ("z", "a", "B"):
        second.tags.create(name=name)
    for each in (version, second):
        factories.make_membership(collection, each, aliases=[f"good{each.pk}"])
    secret = factories.make_registry_project(acme, "secret", access="restricted")
    factories.make_membership(factories.make_collection(secret, "shelf"), second, aliases=["good"])
    vision.entity.default_ttl_seconds = 3600
    vision.entity.save(update_fields=["default_ttl_seconds"])
    gone = factories.make_registry_project(acme, "gone", deleted_at=timezone.now())
    factories.make_membership(factories.make_collection(gone, "x"), second, aliases=["lost"])
    factories.make_project(vision, "old", deleted_at=timezone.now())


@pytest.fixture
def assert_same(api, monkeypatch):
    """Hold an answer against the one that is read without looking ahead."""

    def assert_same(user, document, **values):
        ahead = api.post(user, sdk_document(document), **values).content
        with monkeypatch.context() as plain:
            plain.setattr(projects, "project_ahead", lambda *_arguments: None)
            plain.setattr(loading, "stays_within", lambda *_arguments: False)
            assert ahead == api.post(user, sdk_document(document), **values).content, values
        return json.loads(ahead)["data"]

    return assert_same


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
def test_a_version_by_its_name(assert_same, request, shelves, who):
    user = request.getfixturevalue(who)
    answered = 0
    for entity, project, collection in PATHS:
        for reference in REFERENCES:
            values = {"entity": entity, "project": project, "name": collection + reference}
            data = assert_same(user, "ArtifactMembershipByName", **values, includeAliases=True)
            answered += bool(data["project"] and data["project"]["artifactCollectionMembership"])
            assert_same(user, "ArtifactType", **values)
    assert bool(answered) == (who != "charlie")


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("aliases", [True, False])
def test_lists_of_versions(assert_same, request, shelves, who, aliases):
    user = request.getfixturevalue(who)
    for entity, project, collection in PATHS:
        for order in (None, "-size", "+created_at"):
            values = {"entity": entity, "project": project, "collection": collection}
            for kind in ("model", "dataset"):
                page = {"type": kind, "order": order, "perPage": 2, "includeAliases": aliases}
                assert_same(user, "ProjectArtifacts", **values, **page)
    found = assert_same(user, "RegistryVersions", organization="Acme", includeAliases=aliases)
    assert bool(found["organization"]) == (who != "charlie")


def test_a_version_whose_source_membership_is_hidden(assert_same, alice, collection, version):
    factories.make_membership(collection, version, aliases=["good"])
    version.memberships.filter(collection=version.sequence).update(hidden_at=timezone.now())
    values = {"entity": "acme", "project": "wandb-registry-model", "name": "iris-classifier:good"}
    data = assert_same(alice, "ArtifactMembershipByName", **values, includeAliases=True)
    artifact = data["project"]["artifactCollectionMembership"]["artifact"]
    assert artifact["artifactSequence"]["name"] == "iris-model"
