import pytest

from registry_site.graphql.server import FEATURES
from registry_site.texts.ids import encode_id
from tests.helpers.graphql import sdk_document


@pytest.mark.slow
def test_viewer_as_core_asks(api, alice):
    viewer = api(alice, sdk_document("Viewer"))["viewer"]
    assert viewer["id"] == encode_id("User", alice.pk)
    assert viewer["username"] == "alice"
    assert viewer["entity"] == "vision"
    assert viewer["flags"] == "{}"
    names = [edge["node"]["name"] for edge in viewer["teams"]["edges"]]
    assert names == ["vision", "alice"]


def test_viewer_as_python_asks(api, alice):
    viewer = api(alice, sdk_document("GetViewer"))["viewer"]
    assert viewer["admin"] is False
    assert viewer["email"] == "alice@example.com"
    assert [edge["node"]["description"] for edge in viewer["apiKeys"]["edges"]] == ["test"]


def test_keys_are_never_shown_again(api, alice):
    from tests.helpers.graphql import key_of

    response = api.post(alice, sdk_document("GetViewer"))
    assert key_of(alice) not in response.content.decode()


@pytest.mark.parametrize(
    ("person", "entity"),
    [("alice", "vision"), ("bob", "vision"), ("victor", "victor"), ("charlie", "charlie")],
)
def test_default_entity_is_a_team_where_one_may_log(api, request, person, entity):
    user = request.getfixturevalue(person)
    assert api(user, sdk_document("GetDefaultEntity"))["viewer"]["entity"] == entity


@pytest.mark.slow
def test_features_are_those_that_work(api, alice):
    features = api(alice, sdk_document("ServerFeaturesQuery"))["serverInfo"]["features"]
    assert {feature["name"] for feature in features if feature["isEnabled"]} == set(FEATURES)


@pytest.mark.parametrize("name", ["Acme", "acme", "ACME"])
def test_organization_by_display_or_entity_name(api, alice, name):
    found = api(alice, sdk_document("FetchOrganization"), org=name)["organization"]
    assert found["name"] == "Acme"
    assert found["orgEntity"]["name"] == "acme"
    assert found["orgEntity"]["entityType"] == "organization"


def test_organization_of_team_person_and_org_entity(api, alice):
    def ask(entity):
        return api(alice, sdk_document("FetchOrgInfoFromEntity"), entity=entity)["entity"]

    acme = {"name": "Acme", "orgEntity": {"name": "acme"}}
    assert ask("vision") == {"organization": acme, "user": None}
    assert ask("acme") == {"organization": acme, "user": None}
    assert ask("alice") == {"organization": None, "user": {"organizations": [acme]}}
    assert ask("charlie") is None


def test_a_stranger_learns_nothing_of_the_team(api, charlie):
    assert api(charlie, sdk_document("FetchOrgInfoFromEntity"), entity="vision")["entity"] is None


def test_weave_is_asked_for_and_unknown(api, alice):
    document = """query OrganizationCoreWeaveOrganizationID($entityName: String!) {
      entity(name: $entityName) { organization { coreWeaveOrganizationId } } }"""
    answer = api(alice, document, entityName="vision")
    assert answer["entity"]["organization"]["coreWeaveOrganizationId"] is None
