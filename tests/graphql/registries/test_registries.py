import pytest

from registries.models import Registry
from tests import factories
from tests.helpers.graphql import sdk_document


def fetch(api, user, name="wandb-registry-model", entity="acme"):
    answer = api(user, sdk_document("FetchRegistry"), name=name, entity=entity)
    return answer["entity"] and answer["entity"]["project"]


def values_of(name="fresh", **more):
    return {
        "name": f"wandb-registry-{name}",
        "entityName": "acme",
        "access": "PRIVATE",
        "description": "d",
        "allowAllArtifactTypesInRegistry": False,
        "artifactTypes": [{"name": "model"}, {"name": "evaluation"}],
        **more,
    }


def upsert(api, user, **more):
    return api(user, sdk_document("UpsertRegistry"), input=values_of(**more))["upsertModel"]


def test_a_registry_as_the_sdk_reads_it(api, alice, registry):
    found = fetch(api, alice)
    assert found["name"] == "wandb-registry-model"
    assert found["entity"] == {"name": "acme", "organization": {"name": "Acme"}}
    assert (found["access"], found["allowAllArtifactTypes"]) == ("PRIVATE", False)
    assert [edge["node"]["name"] for edge in found["artifactTypes"]["edges"]] == ["model"]


def test_an_unknown_or_hidden_registry_is_null(api, alice, bob, acme):
    factories.make_registry_project(acme, "secret", access="restricted")
    assert fetch(api, alice, "wandb-registry-none") is None
    assert fetch(api, bob, "wandb-registry-secret") is None
    assert fetch(api, alice, "wandb-registry-secret")["access"] == "RESTRICTED"


def test_a_member_makes_a_registry_and_is_its_admin(api, bob):
    answer = upsert(api, bob)
    assert answer["inserted"] is True
    assert answer["project"]["description"] == "d"
    names = [edge["node"]["name"] for edge in answer["project"]["artifactTypes"]["edges"]]
    assert names == ["evaluation", "model"]
    registry = Registry.objects.get(name="fresh")
    assert registry.project.role_of(factories.fresh(bob)) == "admin"


def test_a_restricted_registry_that_accepts_all(api, bob):
    more = {"access": "RESTRICTED", "allowAllArtifactTypesInRegistry": True, "artifactTypes": []}
    answer = upsert(api, bob, **more)
    assert answer["project"]["access"] == "RESTRICTED"
    assert answer["project"]["allowAllArtifactTypes"] is True
    assert answer["project"]["artifactTypes"]["edges"] == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": "a/b"}, 400),
        ({"name": "x" * 120}, 400),
        ({"name": ""}, 400),
        ({"access": "ODD"}, 400),
        ({"entityName": "none"}, 404),
        ({"artifactTypes": [{"name": "a:b"}]}, 400),
        ({"id": "x"}, 404),
    ],
)
def test_refusals(api, bob, more, status):
    assert api.refused(bob, sdk_document("UpsertRegistry"), input=values_of(**more))[0] == status
    assert not Registry.objects.exists()


def test_who_may_not_make_one(api, victor, charlie):
    document = sdk_document("UpsertRegistry")
    assert api.refused(victor, document, input=values_of())[0] == 403
    assert api.refused(charlie, document, input=values_of())[0] == 404


def test_an_ordinary_project_is_made_or_found(api, alice):
    document = """mutation Up($i: UpsertModelInput!) {
      upsertModel(input: $i) { inserted project { name } } }"""
    values = {"name": "fresh", "entityName": "vision"}
    assert api(alice, document, i=values)["upsertModel"]["inserted"] is True
    assert api(alice, document, i=values)["upsertModel"]["inserted"] is False


def test_who_heard_no_answer_asks_again(api, alice, bob):
    document = sdk_document("UpsertRegistry")

    def inserted(user, **more):
        return api(user, document, input=values_of(**more))["upsertModel"]["inserted"]

    assert inserted(bob) is True
    assert inserted(bob) is False  # the same again: it exists, and is made once
    assert inserted(alice) is False
    assert inserted(bob, description="other words") is False
    assert inserted(bob, description="other words") is False
    assert Registry.objects.count() == 1
