"""Teams, invitations, service accounts, people and keys, with the SDK's own documents."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry_site.accounts.models import ApiKey, Event, Invitation, KeyHandover, Team, User
from registry_site.accounts.services.api_keys import create_api_key, user_of_key
from registry_site.accounts.services.people import create_user
from registry_site.graphql.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

DORA = "dora@example.com"


def members(api, user, name="vision"):
    return api(user, sdk_document("GetTeamEntity"), name=name)["entity"]["members"]


def invite(api, user, **who):
    document = sdk_document("CreateInvite")
    return api(user, document, entity="vision", admin=False, **who)["result"]["invite"]


def take_off(api, user, id_, entity="vision"):
    return api(user, sdk_document("DeleteInvite"), id=id_, entity=entity)["result"]


# ---------------------------------------------------------------- teams


def test_create_team(api, bob, acme):
    made = api(bob, sdk_document("CreateTeam"), teamName="nlp")["result"]["entity"]

    assert (made["name"], made["limits"]) == ("nlp", "{}")
    (only,) = members(api, bob, "nlp")
    assert (only["username"], only["admin"]) == ("bob", True)
    assert Team.objects.get(entity__name="nlp").organization == acme
    assert Event.objects.filter(verb="create", kind="team", actor=bob).exists()


def test_create_team_for_somebody_else(api, alice, bob):
    document = sdk_document("CreateTeam")
    api(alice, document, teamName="nlp", teamAdminUserName="bob")

    assert [member["username"] for member in members(api, alice, "nlp")] == ["bob"]


def test_create_team_again_is_a_conflict(api, bob):
    api(bob, sdk_document("CreateTeam"), teamName="nlp")

    status, sentence = api.refused(bob, sdk_document("CreateTeam"), teamName="NLP")
    assert (status, "taken" in sentence) == (409, True)


@pytest.mark.parametrize(
    ("person", "status", "words"),
    [("victor", 403, "needs the role Member"), ("charlie", 403, "you are in none")],
)
def test_create_team_refused(api, request, person, status, words):
    user = request.getfixturevalue(person)
    found, sentence = api.refused(user, sdk_document("CreateTeam"), teamName="nlp")

    assert found == status
    assert words in sentence
    assert not Team.objects.filter(entity__name="nlp").exists()


def test_create_team_in_one_of_several_organizations(api, bob):
    lab = factories.make_organization("Lab", bob="member")

    status, sentence = api.refused(bob, sdk_document("CreateTeam"), teamName="nlp")
    assert (status, "Acme, Lab" in sentence) == (400, True)

    document = """mutation ($id: ID) {
      createTeam(input: {teamName: "nlp", organizationId: $id}) { entity { name } } }"""
    api(bob, document, id=encode_id("Organization", lab.pk))
    assert Team.objects.get(entity__name="nlp").organization == lab
    other = factories.make_organization("Other")
    for id_ in (encode_id("Organization", other.pk), "x", encode_id("Team", lab.pk)):
        assert api.refused(bob, document, id=id_)[0] == 404


@pytest.mark.parametrize("name", ["", "a b", "settings", "é", "a" * 65, "a\x00"])
def test_create_team_with_a_bad_name(api, bob, name):
    assert api.refused(bob, sdk_document("CreateTeam"), teamName=name)[0] == 400


def test_team_with_people_invitations_and_service_accounts(api, alice, bob):
    invite(api, alice, email=DORA)
    document = sdk_document("CreateServiceAccount")
    api(alice, document, entity="vision", description="CI")
    invite(api, alice, username="charlie")

    found = members(api, bob)
    assert [member["name"] for member in found] == [
        "alice", "bob", "victor", "charlie", DORA, "CI",
    ]  # fmt: skip
    assert [member["accountType"] for member in found] == ["MEMBER"] * 5 + ["SERVICE"]
    assert [member["pending"] for member in found] == [False] * 4 + [True, False]
    assert {member["apiKey"] for member in found} == {None}


def test_team_of_one_person(api, alice, charlie):
    (only,) = members(api, alice, "alice")
    assert (only["username"], only["accountType"]) == ("alice", "USER")
    assert api(charlie, sdk_document("GetTeamEntity"), name="vision")["entity"] is None


def test_team_takes_as_many_queries_whatever_its_size(api, alice, acme):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            members(api, alice, "big")
        return len(captured)

    big = factories.make_team("big", acme, alice="admin")
    queries()
    before = queries()
    for number in range(20):
        person = factories.make_user(f"p{number}", email=f"p{number}@example.com")
        factories.set_team_member(by=None, team=big, user=person, role="member")
        Invitation.objects.create(team=big, email=f"i{number}@example.com", role="member")
    assert queries() == before


# ---------------------------------------------------------------- invitations


def test_invite_by_username_joins_at_once(api, alice, charlie, acme):
    made = invite(api, alice, username="Charlie")

    assert made["toUser"] == {"name": "charlie"}
    assert made["id"] == encode_id("User", charlie.pk)
    assert charlie.team_members.get().role == "member"
    assert charlie.organization_members.get().organization == acme


def test_invite_by_address_joins_at_once(api, alice, charlie):
    document = sdk_document("CreateInvite")
    api(alice, document, entity="vision", email="CHARLIE@example.com", admin=True)

    assert charlie.team_members.get().role == "admin"


def test_invite_unknown_address_waits_for_the_account(api, alice, root, vision):
    made = invite(api, alice, email="Dora@example.com")
    assert (made["name"], made["toUser"]) == ("Dora@example.com", None)

    dora = create_user(by=root, username="dora", email=DORA)

    assert dora.team_members.get().team == vision
    assert not Invitation.objects.exists()
    joined = Event.objects.filter(verb="set_role", kind="team").latest("pk")
    assert (joined.actor, joined.after["user"]) == (alice, "dora")


def test_an_address_typed_in_by_oneself_opens_nothing(api, alice, charlie):
    """Addresses aren't proved by mail here: whoever types in another's must not get their place."""
    charlie.email, charlie.email_is_confirmed = DORA, False
    charlie.save(update_fields=["email", "email_is_confirmed"])

    assert invite(api, alice, email=DORA)["toUser"] is None
    assert not charlie.team_members.exists()


@pytest.mark.parametrize("who", [{"username": "bob"}, {"email": "bob@example.com"}])
def test_invite_who_is_there_is_a_conflict(api, alice, bob, who):
    variables = {"entity": "vision", "admin": True, **who}
    status, sentence = api.refused(alice, sdk_document("CreateInvite"), **variables)

    assert (status, sentence) == (409, "bob is in vision already.")
    assert bob.team_members.get().role == "member"


def test_invite_again_is_a_conflict(api, alice):
    invite(api, alice, email=DORA)

    variables = {"entity": "vision", "email": DORA.upper()}
    assert api.refused(alice, sdk_document("CreateInvite"), **variables)[0] == 409
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"username": "nobody"}, 404),
        ({}, 400),
        ({"email": "x"}, 400),
        ({"email": "a@" + "b" * 300 + ".com"}, 400),
    ],
)
def test_invite_nobody(api, alice, who, status):
    variables = {"entity": "vision", **who}
    found, sentence = api.refused(alice, sdk_document("CreateInvite"), **variables)
    assert found == status
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("victor", 403), ("charlie", 404), ("root", 200)]
)
def test_who_invites_and_takes_off(api, request, alice, bob, charlie, vision, person, status):
    user = request.getfixturevalue(person)
    documents = [
        (sdk_document("CreateInvite"), {"entity": "vision", "email": DORA}),
        (sdk_document("CreateServiceAccount"), {"entity": "vision", "description": "CI"}),
        (sdk_document("DeleteInvite"), {"entity": "vision", "id": encode_id("User", bob.pk)}),
    ]
    for document, variables in documents:
        assert api.post(user, document, **variables).status_code == status
    assert vision.members.filter(user=bob).exists() == (status != 200)
    assert Invitation.objects.exists() == (status == 200)


def test_invitation_is_withdrawn(api, alice, root):
    id_ = invite(api, alice, email=DORA)["id"]

    assert take_off(api, alice, id_) == {"success": True}
    assert take_off(api, alice, id_) == {"success": True}
    assert Event.objects.filter(verb="withdraw", actor=alice).count() == 1
    assert not create_user(by=root, username="dora", email=DORA).team_members.exists()


def test_member_is_taken_off(api, alice, bob, acme):
    id_ = encode_id("User", bob.pk)

    assert take_off(api, alice, id_) == {"success": True}
    assert take_off(api, alice, id_) == {"success": True}
    assert not bob.team_members.exists()
    assert acme.members.filter(user=bob).exists()
    assert Event.objects.filter(verb="remove_member", kind="team", actor=alice).count() == 1
    assert api(bob, sdk_document("GetTeamEntity"), name="vision")["entity"] is None


def test_only_admin_stays(api, alice, bob, vision):
    variables = {"entity": "vision", "id": encode_id("User", alice.pk)}
    status, sentence = api.refused(alice, sdk_document("DeleteInvite"), **variables)
    assert (status, "only admin" in sentence) == (409, True)

    factories.set_team_member(by=None, team=vision, user=bob, role="admin")
    assert take_off(api, bob, encode_id("User", alice.pk)) == {"success": True}


@pytest.mark.parametrize("id_", ["", "x", encode_id("Team", 1), encode_id("User", 10**17), None])
def test_taking_off_nobody(api, alice, id_):
    variables = {"entity": "vision", "id": id_}
    assert api.refused(alice, sdk_document("DeleteInvite"), **variables)[0] == 400


def test_invitation_of_another_team_stays(api, alice, bob, acme):
    nlp = factories.make_team("nlp", acme, bob="admin")
    other = Invitation.objects.create(team=nlp, email=DORA, role="member")

    take_off(api, alice, encode_id("Invite", other.pk))
    assert Invitation.objects.filter(pk=other.pk).exists()


# ---------------------------------------------------------------- service accounts


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

    take_off(api, alice, id_)

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


# ---------------------------------------------------------------- people


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
    [("admin@x.io", "admin-2"), ("+++@x.io", "user"), ("a+b.c@x.io", "a-b.c"),
     ("a" * 64 + "@x.io", "a" * 58)],
)  # fmt: skip
def test_people_are_named_after_their_address(api, root, email, username):
    document = sdk_document("CreateUserFromAdmin")
    assert api(root, document, email=email)["result"]["user"]["username"] == username


@pytest.mark.parametrize("email", ["", "x", "a b@x.io", "a@x.io\n", "a@x.io" + "o" * 300])
def test_create_user_needs_an_address(api, root, email):
    assert api.refused(root, sdk_document("CreateUserFromAdmin"), email=email)[0] == 400


@pytest.mark.parametrize("person", ["alice", "bob", "victor", "charlie"])
def test_people_are_made_by_server_admins(api, request, person):
    user = request.getfixturevalue(person)
    status, sentence = api.refused(user, sdk_document("CreateUserFromAdmin"), email=DORA)
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
