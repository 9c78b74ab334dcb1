"""Links, aliases and descriptions through the SDK's documents: who may, and what is refused."""

import pytest

from artifacts.models import Alias, Collection, Membership
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

REGISTRY = {"entityName": "acme", "projectName": "wandb-registry-model"}


def artifact_id(version):
    return encode_id("Artifact", version.pk)


def wanted(version, name="c", aliases=(), **where):
    return {
        "artifactID": artifact_id(version),
        "artifactPortfolioName": name,
        "aliases": [{"artifactCollectionName": name, "alias": alias} for alias in aliases],
        **(where or REGISTRY),
    }


def link(api, user, version, *arguments, **more):
    values = wanted(version, *arguments, **more)
    return api(user, sdk_document("LinkArtifact"), input=values)["result"]


def refused(api, user, version, *arguments, **more):
    values = wanted(version, *arguments, **more)
    return api.refused(user, sdk_document("LinkArtifact"), input=values)


def test_links_and_makes_the_collection(api, bob, version, registry):
    answer = link(api, bob, version, "c", ["good"])
    place = answer["artifactMembership"]
    assert answer["versionIndex"] == place["versionIndex"] == 0
    assert {alias["alias"] for alias in place["aliases"]} == {"good", "latest", "v0"}
    assert place["artifactCollection"]["project"]["entity"]["name"] == "acme"
    assert Collection.objects.get(name="c").artifact_type.name == "model"


def test_linking_again_returns_the_place_and_adds_the_aliases(api, alice, version, collection):
    first = link(api, alice, version, "iris-classifier", ["a"])
    again = link(api, alice, version, "iris-classifier", ["b", "latest"])
    assert again["artifactMembership"]["id"] == first["artifactMembership"]["id"]
    assert {alias.name for alias in Alias.objects.all()} == {"a", "b"}
    assert Membership.objects.filter(collection=collection).count() == 1


def test_a_new_link_takes_latest(api, alice, version, collection, sequence):
    link(api, alice, version, "iris-classifier")
    other = factories.make_version(sequence)
    answer = link(api, alice, other, "iris-classifier")
    assert answer["versionIndex"] == 1
    assert "latest" in {alias["alias"] for alias in answer["artifactMembership"]["aliases"]}


def test_links_into_an_ordinary_project_that_is_made_for_it(api, alice, version):
    answer = link(api, alice, version, "m", entityName="vision", projectName="model-registry")
    project = answer["artifactMembership"]["artifactCollection"]["project"]
    assert project["name"] == "model-registry"


@pytest.fixture
def personal(alice):
    project = factories.make_project(alice, "own")
    return factories.make_version(factories.make_collection(project), by=alice)


def test_personal_artifacts_are_refused_with_the_next_step(api, alice, personal, registry):
    status, message = refused(api, alice, personal)
    assert status == 400
    assert "personal account 'alice'" in message
    assert "vision" in message


def test_an_unknown_registry_names_those_that_exist(api, alice, version, registry):
    where = {"entityName": "acme", "projectName": "wandb-registry-none"}
    status, message = refused(api, alice, version, **where)
    assert status == 404
    assert "'none'" in message
    assert "model" in message


def test_a_type_that_is_not_accepted_names_those_that_are(api, alice, project, registry):
    dataset = factories.make_version(factories.make_collection(project, "ds", "dataset"))
    status, message = refused(api, alice, dataset)
    assert status == 400
    assert "“dataset”" in message
    assert "It accepts: model" in message


def test_a_collection_of_another_type_is_refused(api, alice, project, acme):
    registry = factories.make_registry_project(acme, "all")
    factories.make_collection(registry, "c", "dataset")
    version = factories.make_version(factories.make_collection(project))
    where = {"entityName": "acme", "projectName": "wandb-registry-all"}
    status, message = refused(api, alice, version, **where)
    assert status == 400
    assert "“dataset”" in message


def test_another_organizations_registry_is_refused(api, alice, version):
    other = factories.make_organization("Other", alice="admin")
    factories.make_registry_project(other, "model")
    alice = factories.fresh(alice)
    where = {"entityName": "other", "projectName": "wandb-registry-model"}
    status, message = refused(api, alice, version, **where)
    assert status == 400
    assert "another organization" in message


def test_a_role_too_low_is_403_and_names_who_can_help(api, victor, version, registry):
    status, message = refused(api, victor, version)
    assert status == 403
    assert "yours is Viewer" in message


def test_a_stranger_does_not_learn_that_it_exists(api, charlie, version, registry):
    assert refused(api, charlie, version)[0] == 404


def test_a_protected_alias_is_for_admins(api, alice, bob, version, registry):
    assert refused(api, bob, version, "c", ["production"])[0] == 403
    assert not Collection.objects.filter(name="c").exists()
    assert link(api, alice, version, "c", ["production"])


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "x" * 200, "settings", "a\u0001"])
def test_bad_collection_names(api, alice, version, registry, name):
    assert refused(api, alice, version, name)[0] == 400


@pytest.mark.parametrize("alias", ["", "a/b", "a:b", "v3", "x" * 200, " a", "a\u2028b"])
def test_bad_aliases(api, alice, version, registry, alias):
    assert refused(api, alice, version, "c", [alias])[0] == 400


def test_an_uncommitted_version_is_refused(api, alice, sequence, registry):
    pending = factories.models.Version.objects.create(sequence=sequence, digest="0")
    status, message = refused(api, alice, pending)
    assert status == 409
    assert "not committed" in message


def test_links_by_client_id_and_by_portfolio_id(api, alice, version, collection):
    factories.models.ClientId.objects.create(client_id="c" * 20, version=version)
    portfolio = encode_id("ArtifactCollection", collection.pk)
    values = {"clientID": "c" * 20, "artifactPortfolioID": portfolio}
    answer = api(alice, sdk_document("LinkArtifact"), input=values)["result"]
    assert answer["artifactMembership"]["artifactCollection"]["name"] == "iris-classifier"


def unlink_values(version, collection):
    return {
        "artifactID": artifact_id(version),
        "artifactPortfolioID": encode_id("ArtifactCollection", collection.pk),
    }


def test_unlinks_and_may_be_repeated(api, alice, version, collection):
    link(api, alice, version, "iris-classifier", ["a"])
    values, document = unlink_values(version, collection), sdk_document("UnlinkArtifact")
    for _time in range(2):
        assert api(alice, document, input=values)["result"]["success"] is True
    assert not Membership.objects.filter(collection=collection).exists()
    assert version.memberships.get().collection == version.sequence


def test_who_may_not_unlink(api, alice, victor, charlie, version, collection):
    link(api, alice, version, "iris-classifier")
    values, document = unlink_values(version, collection), sdk_document("UnlinkArtifact")
    assert api.refused(victor, document, input=values)[0] == 403
    assert api.refused(charlie, document, input=values)[0] == 404
    values = unlink_values(version, version.sequence)
    assert api.refused(alice, document, input=values)[0] == 400


def alias_values(version, *names, collection="iris-model", entity="vision", project="iris"):
    return {
        "artifactID": artifact_id(version),
        "aliases": [
            {
                "entityName": entity,
                "projectName": project,
                "artifactCollectionName": collection,
                "alias": name,
            }
            for name in names
        ],
    }


def test_aliases_move_and_go(api, bob, version, sequence):
    other = factories.make_version(sequence, aliases=["best"])
    add, remove = sdk_document("AddAliases"), sdk_document("DeleteAliases")
    for _time in range(2):
        assert api(bob, add, input=alias_values(version, "best"))["result"]["success"] is True
    assert Alias.objects.get().membership == version.memberships.get()
    for _time in range(2):
        assert api(bob, remove, input=alias_values(version, "best"))["result"]["success"] is True
    assert not Alias.objects.exists()
    assert other.memberships.get().index == 1


def test_aliases_that_no_one_may_give(api, alice, bob, victor, charlie, version, registry):
    document = sdk_document("AddAliases")
    assert api.refused(alice, document, input=alias_values(version, "v1"))[0] == 400
    assert api.refused(victor, document, input=alias_values(version, "a"))[0] == 403
    assert api.refused(charlie, document, input=alias_values(version, "a"))[0] == 404
    where = {"collection": "none"}
    assert api.refused(alice, document, input=alias_values(version, "a", **where))[0] == 404
    link(api, alice, version, "c", ["production"])
    where = {"collection": "c", "entity": "acme", "project": "wandb-registry-model"}
    values = alias_values(version, "production", **where)
    assert api.refused(bob, document, input=values)[0] == 403
    assert api.refused(bob, sdk_document("DeleteAliases"), input=values)[0] == 403


def update(api, user, version, **values):
    values = {"artifactID": artifact_id(version), **values}
    return api(user, sdk_document("UpdateArtifact"), input=values)["result"]["artifact"]


def test_describes_and_leaves_what_is_not_named(api, bob, version):
    tags = [{"tagName": "a"}, {"tagName": "b c"}]
    update(api, bob, version, description="d", metadata='{"k": NaN}', tagsToAdd=tags)
    answer = update(api, bob, version, tagsToDelete=[{"tagName": "a"}], ttlDurationSeconds=60)
    assert answer["description"] == "d"
    assert answer["metadata"] == '{"k":"NaN"}'
    assert [tag["name"] for tag in answer["tags"]] == ["b c"]
    assert answer["ttlDurationSeconds"] == 60


@pytest.mark.parametrize(
    "values",
    [
        {"metadata": "[1]"},
        {"metadata": "{"},
        {"metadata": 5},
        {"tagsToAdd": [{"tagName": "a/b"}]},
        {"tagsToAdd": [{"tagName": str(n)} for n in range(21)]},
        {"ttlDurationSeconds": "x"},
    ],
)
def test_bad_descriptions(api, alice, version, values):
    values = {"artifactID": artifact_id(version), **values}
    assert api.refused(alice, sdk_document("UpdateArtifact"), input=values)[0] == 400


def test_who_may_not_describe(api, victor, charlie, version):
    values = {"artifactID": artifact_id(version), "description": "x"}
    assert api.refused(victor, sdk_document("UpdateArtifact"), input=values)[0] == 403
    assert api.refused(charlie, sdk_document("UpdateArtifact"), input=values)[0] == 404


@pytest.mark.slow
def test_uses_through_the_path_that_was_given(api, acme, alice, charlie, version, registry):
    """A Restricted Viewer of the registry may not, whatever else the version is linked to."""
    link(api, alice, version, "c")
    charlie = factories.restricted_viewer(registry, charlie)
    run = factories.make_run(factories.make_project(charlie, "own"), charlie)
    values = {
        "entityName": "charlie",
        "projectName": "own",
        "runName": run.name,
        "artifactID": artifact_id(version),
        "artifactEntityName": "acme",
        "artifactProjectName": "wandb-registry-model",
    }
    status, message = api.refused(charlie, sdk_document("UseArtifact"), **values)
    assert status == 403
    assert "Restricted Viewer" in message
    registry.project.members.update(role="viewer")
    charlie = factories.fresh(charlie)
    for _time in range(2):
        answer = api(charlie, sdk_document("UseArtifact"), **values)["useArtifact"]
        assert answer["artifact"]["state"] == "COMMITTED"
    assert run.inputs.get().project == registry.project
    values["runName"] = "none"
    assert api.refused(charlie, sdk_document("UseArtifact"), **values)[0] == 404
