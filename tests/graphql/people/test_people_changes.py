"""People, their keys and service accounts, with the SDK's own documents."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry_site.accounts.models import ApiKey, Event, KeyHandover, User
from registry_site.accounts.services.keys.api_keys import create_api_key, user_of_key
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document


def search(api, user, query):
    edges = api(user, sdk_document("SearchUsers"), query=query)["users"]["edges"]
    return [edge["node"]["username"] for edge in edges]


def test_users_by_beginning_and_exactly(api, alice, acme):
    for name in ("bo", "bobby", "Bo.b"):
        factories.make_user(name, email=f"x.{name}@example.com")
        person = User.objects.get(username=name)
        factories.set_organization_member(by=None, organization=acme, user=person, role="member")

    assert search(api, alice, "BO") == ["bo", "Bo.b", "bob", "bobby"]
    assert search(api, alice, "bob@example.com") == ["bob"]
    assert search(api, alice, "x.bob") == ["bobby"]
    assert search(api, alice, "ob") == search(api, alice, "%") == search(api, alice, "_") == []
    assert len(search(api, alice, "")) == 6


def test_users_by_address_come_before_those_that_begin_so(api, alice, bob, acme):
    bob.email = "a"  # as short as no address is, and the beginning of Alice's name
    bob.save(update_fields=["email"])
    assert search(api, alice, "a") == ["bob", "alice"]


@pytest.mark.parametrize(
    ("person", "found"), [("victor", ["bob"]), ("charlie", []), ("root", ["bob"])]
)
def test_users_are_those_that_one_may_see(api, request, person, found):
    assert search(api, request.getfixturevalue(person), "bob") == found


@pytest.mark.slow
def test_users_in_pages_and_as_many_queries(api, alice, acme):
    document = """query ($first: Int, $after: String) { users(first: $first, after: $after) {
      edges { node { username email apiKeys { edges { node { id } } }
                     teams { edges { node { name } } } } }
      totalCount pageInfo { endCursor hasNextPage } } }"""

    def queries(first):
        with CaptureQueriesContext(connection) as captured:
            found = api(alice, document, first=first)["users"]
        assert len(found["edges"]) == first
        return len(captured)

    for number in range(60):
        person = factories.make_user(f"p{number:02}")
        factories.set_organization_member(by=None, organization=acme, user=person, role="member")
        create_api_key(by=person, user=person, name="x")
    queries(1)
    assert queries(1) == queries(50)
    names, more, after = [], True, None
    while more:
        page = api(alice, document, first=20, after=after)["users"]
        names += [edge["node"]["username"] for edge in page["edges"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert names == sorted(set(names))
    assert len(names) == page["totalCount"] == 63


def test_keys_of_others_are_theirs(api, alice, bob, root):
    create_api_key(by=bob, user=bob, name="laptop")

    def keys(user):
        (edge,) = api(user, sdk_document("SearchUsers"), query="bob")["users"]["edges"]
        return edge["node"]["apiKeys"]

    assert keys(alice) is None
    assert [edge["node"]["description"] for edge in keys(root)["edges"]] == ["laptop"]


def test_create_user(api, root):
    document = sdk_document("CreateUserFromAdmin")
    made = api(root, document, email="bob@new.example", admin=False)["result"]["user"]

    assert (made["username"], made["email"]) == ("bob-2", "bob@new.example")
    assert api(root, document, email="Bob@new.example")["result"]["user"] == made
    assert api.refused(root, document, email="bob@new.example", admin=True)[0] == 409
    assert User.objects.get(username="bob-2").is_admin is False


@pytest.mark.parametrize(
    ("email", "username"),
    [
        ("admin@x.io", "admin-2"),
        ("+++@x.io", "user"),
        ("a+b.c@x.io", "a-b.c"),
        ("a" * 64 + "@x.io", "a" * 58),
    ],
)
def test_people_are_named_after_their_address(api, root, email, username):
    document = sdk_document("CreateUserFromAdmin")
    assert api(root, document, email=email)["result"]["user"]["username"] == username


@pytest.mark.parametrize("email", ["", "x", "a b@x.io", "a@x.io\n", "a@x.io" + "o" * 300])
def test_create_user_needs_an_address(api, root, email):
    assert api.refused(root, sdk_document("CreateUserFromAdmin"), email=email)[0] == 400


@pytest.mark.parametrize("person", ["alice", "bob", "victor", "charlie"])
def test_people_are_made_by_server_admins(api, request, person):
    user = request.getfixturevalue(person)
    status, sentence = api.refused(
        user, sdk_document("CreateUserFromAdmin"), email="dora@example.com"
    )
    assert (status, "Only an admin of this server" in sentence) == (403, True)


UPDATE = """mutation ($id: ID, $entity: String, $name: String) {
  updateUser(input: {id: $id, defaultEntity: $entity, name: $name}) { user { name entity } } }"""


def test_default_entity_is_set(api, bob, acme):
    factories.make_team("nlp", acme, bob="member")

    assert api(bob, UPDATE, entity="nlp")["updateUser"]["user"]["entity"] == "nlp"
    assert api(bob, UPDATE, entity="nlp")["updateUser"]["user"]["entity"] == "nlp"
    assert api(bob, sdk_document("GetDefaultEntity"))["viewer"]["entity"] == "nlp"
    assert api(bob, UPDATE, entity="")["updateUser"]["user"]["entity"] == "vision"
    changes = Event.objects.filter(verb="set_default_entity", actor=bob).order_by("pk")
    assert [(change.before, change.after) for change in changes] == [(None, "nlp"), ("nlp", None)]


def test_name_is_set(api, bob):
    id_ = encode_id("User", bob.pk)
    assert api(bob, UPDATE, id=id_, name="Bob B.")["updateUser"]["user"]["name"] == "Bob B."
    bob.refresh_from_db()
    assert (bob.email, bob.email_is_confirmed) == ("bob@example.com", True)


@pytest.mark.parametrize(
    ("person", "entity", "status"),
    [
        ("bob", "nobody", 400),
        ("bob", "acme", 400),
        ("bob", "alice", 400),
        ("victor", "vision", 403),
    ],
)
def test_default_entity_refused(api, request, person, entity, status):
    assert api.refused(request.getfixturevalue(person), UPDATE, entity=entity)[0] == status


def test_settings_of_others(api, alice, bob, charlie, root):
    id_ = encode_id("User", bob.pk)
    assert api.refused(alice, UPDATE, id=id_, name="x")[0] == 403
    assert api.refused(root, UPDATE, id=id_, name="x")[0] == 403
    assert api.refused(charlie, UPDATE, id=id_, name="x")[0] == 404


# ---------------------------------------------------------------- keys


def test_generate_api_key(api, bob):
    made = api(bob, sdk_document("GenerateApiKey"), description="laptop")["result"]["apiKey"]

    assert len(made["name"]) == 40
    assert made["description"] == "laptop"
    assert user_of_key(made["name"]) == bob
    assert not KeyHandover.objects.exists()
    assert made["name"] not in api.post(bob, sdk_document("GetViewer")).text
    assert Event.objects.filter(verb="create", kind="api_key", actor=bob).exists()


def test_generate_api_key_without_description(api, bob):
    assert api(bob, sdk_document("GenerateApiKey"))["result"]["apiKey"]["description"]
    assert api.refused(bob, sdk_document("GenerateApiKey"), description=" ")[0] == 400


def test_delete_api_key(api, bob):
    made = api(bob, sdk_document("GenerateApiKey"), description="x")["result"]["apiKey"]

    document = sdk_document("DeleteApiKey")
    assert api(bob, document, id=made["id"])["result"] == {"success": True}
    assert user_of_key(made["name"]) is None
    assert api.refused(bob, document, id=made["id"])[0] == 404


@pytest.mark.parametrize(
    ("person", "status"), [("alice", 404), ("victor", 404), ("charlie", 404), ("root", 200)]
)
def test_keys_of_others_are_revoked_by_server_admins(api, request, bob, person, status):
    key, _text = create_api_key(by=bob, user=bob, name="x")
    user = request.getfixturevalue(person)
    answer = api.post(user, sdk_document("DeleteApiKey"), id=encode_id("ApiKey", key.pk))

    assert answer.status_code == status
    assert ApiKey.objects.filter(pk=key.pk).exists() == (status != 200)


# ---------------------------------------------------------------- service accounts


def members(api, user):
    return api(user, sdk_document("GetTeamEntity"), name="vision")["entity"]["members"]


def create_service_account(api, user, description="CI for vision"):
    document = sdk_document("CreateServiceAccount")
    return api(user, document, entity="vision", description=description)["result"]["user"]["id"]


def test_service_account_and_its_key(api, alice, bob, vision, acme):
    id_ = create_service_account(api, alice)
    service = User.objects.get(service_of=vision)
    assert id_ == encode_id("User", service.pk)
    assert (service.username, service.name) == ("vision-ci-for-vision", "CI for vision")
    assert not service.has_usable_password()
    assert service.organization_members.get().organization == acme
    assert members(api, bob)[-1]["apiKey"] is None, "only who made it is shown the key"

    key = members(api, alice)[-1]["apiKey"]

    assert len(key) == 40
    assert user_of_key(key) == service
    assert members(api, alice)[-1]["apiKey"] is None
    assert key not in str(list(ApiKey.objects.values_list()))
    viewer = api(service, sdk_document("GetViewer"))["viewer"]
    assert viewer["entity"] == "vision"


def test_service_account_again_before_the_key_was_shown(api, alice):
    """A lost answer: the SDK sends the mutation again, then asks for the members."""
    assert create_service_account(api, alice) == create_service_account(api, alice)
    assert members(api, alice)[-1]["apiKey"]

    variables = {"entity": "vision", "description": "CI for vision"}
    status, _sentence = api.refused(alice, sdk_document("CreateServiceAccount"), **variables)
    assert status == 409
    assert User.objects.filter(service_of__isnull=False).count() == 1


def test_service_account_taken_off_is_closed(api, alice, vision):
    id_ = create_service_account(api, alice)
    service = User.objects.get(service_of=vision)
    key = members(api, alice)[-1]["apiKey"]

    api(alice, sdk_document("DeleteInvite"), id=id_, entity="vision")

    assert user_of_key(key) is None
    assert not service.organization_members.exists()
    assert not members(api, alice)[-1]["name"].startswith("CI")
    assert create_service_account(api, alice) != id_


def test_service_account_works_for_one_team(api, alice, acme):
    create_service_account(api, alice)
    factories.make_team("nlp", acme, alice="admin")
    variables = {"entity": "nlp", "username": "vision-ci-for-vision"}
    assert api.refused(alice, sdk_document("CreateInvite"), **variables)[0] == 400


@pytest.mark.parametrize("description", ["", "  ", "x" * 129])
def test_service_account_needs_a_description(api, alice, description):
    variables = {"entity": "vision", "description": description}
    assert api.refused(alice, sdk_document("CreateServiceAccount"), **variables)[0] == 400


@pytest.mark.parametrize("name", ["alice", "acme", "nobody", ""])
def test_only_teams_have_service_accounts(api, alice, name):
    variables = {"entity": name, "description": "CI"}
    assert api.refused(alice, sdk_document("CreateServiceAccount"), **variables)[0] == 404
