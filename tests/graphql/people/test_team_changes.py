"""Teams, members and invitations, with the SDK's own documents."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry_site.accounts.models import Event, Invitation, Team
from registry_site.accounts.services.people import add_person
from registry_site.texts.ids import encode_id
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


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_a_server_admin_makes_teams_where_they_belong(api, root, acme, role):
    lab = factories.make_organization("Lab", root=role)
    api(root, sdk_document("CreateTeam"), teamName="nlp")
    assert Team.objects.get(entity__name="nlp").organization == lab


def test_a_server_admin_who_belongs_nowhere(api, root, acme):
    api(root, sdk_document("CreateTeam"), teamName="nlp")
    assert Team.objects.get(entity__name="nlp").organization == acme
    factories.make_organization("Lab")
    status, sentence = api.refused(root, sdk_document("CreateTeam"), teamName="more")
    assert (status, "Acme, Lab" in sentence) == (400, True)


def test_create_team_in_one_of_several_organizations(api, bob):
    lab = factories.make_organization("Lab", bob="member")

    status, sentence = api.refused(bob, sdk_document("CreateTeam"), teamName="nlp")
    assert (status, "Acme, Lab" in sentence) == (400, True)
    assert reverse("accounts:team_create") in sentence

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
        "alice",
        "bob",
        "victor",
        DORA,
        "charlie",
        "CI",
    ]
    assert [member["accountType"] for member in found] == ["MEMBER"] * 5 + ["SERVICE"]
    assert [member["pending"] for member in found] == [False] * 3 + [True] * 2 + [False]
    assert (found[4]["username"], found[4]["email"]) == ("charlie", "")
    assert {member["apiKey"] for member in found} == {None}


def test_team_of_one_person(api, alice, charlie):
    (only,) = members(api, alice, "alice")
    assert (only["username"], only["accountType"]) == ("alice", "USER")
    assert api(charlie, sdk_document("GetTeamEntity"), name="vision")["entity"] is None


@pytest.mark.slow
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


def test_invite_within_the_organization_joins_at_once(api, alice, charlie, acme):
    factories.set_organization_member(by=None, organization=acme, user=charlie, role="viewer")
    made = invite(api, alice, username="Charlie")

    assert made["toUser"] == {"name": "charlie"}
    assert made["id"] == encode_id("User", charlie.pk)
    assert charlie.team_members.get().role == "member"
    assert charlie.organization_members.get().role == "viewer"


def test_invite_by_address_joins_at_once(api, alice, charlie, acme):
    factories.set_organization_member(by=None, organization=acme, user=charlie, role="member")
    document = sdk_document("CreateInvite")
    api(alice, document, entity="vision", email="CHARLIE@example.com", admin=True)

    assert charlie.team_members.get().role == "admin"


@pytest.mark.parametrize(
    "who", [{"username": "Charlie"}, {"email": "charlie@example.com"}, {"email": DORA}]
)
def test_invite_from_outside_waits_for_the_person(api, alice, charlie, who):
    made = invite(api, alice, **who)

    invitation = Invitation.objects.get()
    assert made["id"] == encode_id("Invite", invitation.pk)
    assert (made["name"], made["toUser"]) == (invitation.who, None)
    assert invitation.who == who.get("email", "charlie")
    assert not charlie.team_members.exists()
    assert not charlie.organization_members.exists()
    variables = {"entity": "vision", **who}
    assert api.refused(alice, sdk_document("CreateInvite"), **variables)[0] == 409


def test_create_team_for_an_outsider_is_refused(api, alice, charlie):
    variables = {"teamName": "nlp", "teamAdminUserName": "charlie"}
    status, sentence = api.refused(alice, sdk_document("CreateTeam"), **variables)

    assert (status, "charlie is not of Acme: invite them" in sentence) == (400, True)
    assert not Team.objects.filter(entity__name="nlp").exists()


def test_invite_unknown_address_waits_for_the_account(api, alice, root, acme, vision):
    made = invite(api, alice, email="Dora@example.com")
    assert (made["name"], made["toUser"]) == ("Dora@example.com", None)

    dora = add_person(by=root, organization=acme, role="member", username="dora", email=DORA)

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


def test_invitation_is_withdrawn(api, alice, root, acme):
    id_ = invite(api, alice, email=DORA)["id"]

    assert take_off(api, alice, id_) == {"success": True}
    assert take_off(api, alice, id_) == {"success": True}
    assert Event.objects.filter(verb="withdraw", actor=alice).count() == 1
    dora = add_person(by=root, organization=acme, role="member", username="dora", email=DORA)
    assert not dora.team_members.exists()


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
