import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registries.services.members.members import add_members
from registry_site.texts.ids import encode_id
from tests import factories
from tests.graphql.registries.test_registry_changes import PREFIX, id_of, user_id, user_members
from tests.helpers.graphql import sdk_document


def team_id(team):
    return encode_id("Entity", team.entity_id)


def team_members(api, user, name="fraud"):
    answer = api(user, sdk_document("RegistryTeamMembers"), project=PREFIX + name, entity="acme")
    return answer["project"]["teamMembers"]


@pytest.mark.slow
def test_members_from_first_to_last(api, bob, victor, vision, custom):
    both = {"projectId": id_of(custom), "userIds": [user_id(victor)], "teamIds": [team_id(vision)]}
    for _time in range(2):
        answer = api(bob, sdk_document("CreateRegistryMembers"), input=both)
        assert answer["result"] == {"success": True}
    assert user_members(api, victor) == [
        {
            "id": user_id(who),
            "name": who.username,
            "username": who.username,
            "email": who.email,
            "role": {"name": role},
        }
        for who, role in ((bob, "admin"), (victor, "viewer"))
    ]
    (found,) = team_members(api, victor)
    assert (found["team"]["id"], found["role"]) == (team_id(vision), {"name": "viewer"})
    for name, given in {
        "UpdateUserRegistryRole": {"userId": user_id(victor), "userProjectRole": "member"},
        "UpdateTeamRegistryRole": {
            "teamId": team_id(vision),
            "teamProjectRole": "restricted_viewer",
        },
    }.items():
        for _time in range(2):
            given |= {"projectId": id_of(custom)}
            assert api(bob, sdk_document(name), input=given)["result"] == {"success": True}
    assert user_members(api, bob)[1]["role"] == {"name": "member"}
    assert team_members(api, bob)[0]["role"] == {"name": "restricted_viewer"}
    for _time in range(2):
        answer = api(bob, sdk_document("DeleteRegistryMembers"), input=both)
        assert answer["result"] == {"success": True}
    assert [member["username"] for member in user_members(api, bob)] == ["bob"]
    assert team_members(api, bob) == []


def test_a_team_shows_its_people_to_those_of_its_organization(api, bob, vision, custom, version):
    add_members(by=bob, registry=custom, teams=[vision])
    (found,) = team_members(api, bob)
    team = found["team"]
    assert (team["entityType"], team["isTeam"], team["privateOnly"]) == ("team", True, True)
    assert team["storageBytes"] == version.size
    assert [(each["username"], each["role"]) for each in team["members"]] == [
        ("alice", "admin"),
        ("bob", "member"),
        ("victor", "viewer"),
    ]


@pytest.mark.slow
def test_lists_of_members_ask_as_many_queries_for_one_as_for_fifty(api, bob, acme, custom):
    def count(ask):
        ask(api, bob)
        with CaptureQueriesContext(connection) as queries:
            found = ask(api, bob)
        return len(found), len(queries)

    def add(number):
        people = [factories.make_user(f"p{number}-{index}") for index in range(number)]
        teams = [factories.make_team(f"t{number}-{index}", acme) for index in range(number)]
        for user, team in zip(people, teams, strict=True):
            acme.members.create(user=user, role="member")
            team.members.create(user=user, role="member")
        add_members(by=bob, registry=custom, users=people, teams=teams)

    add(1)
    few = count(user_members), count(team_members)
    add(49)
    many = count(user_members), count(team_members)
    assert [found for found, _queries in many] == [51, 50]
    assert [queries for _found, queries in many] == [queries for _found, queries in few]


@pytest.mark.parametrize("name", ["CreateRegistryMembers", "DeleteRegistryMembers"])
def test_too_many_members_at_once(api, bob, custom, name):
    given = {"projectId": id_of(custom), "userIds": ["x"] * 1001}
    status, message = api.refused(bob, sdk_document(name), input=given)
    assert (status, message) == (400, "Give at most 1000 members at a time.")


def test_people_from_elsewhere_are_refused_without_a_name(api, bob, charlie, custom):
    for ids in ([user_id(charlie)], [encode_id("User", 10**6)], ["x"], [encode_id("Entity", 1)]):
        given = {"projectId": id_of(custom), "userIds": ids}
        assert api.refused(bob, sdk_document("CreateRegistryMembers"), input=given) == (
            400,
            "Only people and teams of the organization Acme can be members of the registry fraud. "
            "Admins of Acme can add people from outside, who thereby come into it as view-only: "
            "alice.",
        )
    team = encode_id("Entity", charlie.entity_id)
    given = {"projectId": id_of(custom), "teamIds": [team]}
    assert api.refused(bob, sdk_document("CreateRegistryMembers"), input=given)[0] == 400


def test_an_organization_admin_adds_somebody_from_elsewhere(api, alice, charlie, acme, custom):
    given = {"projectId": id_of(custom), "userIds": [user_id(charlie)]}
    api(alice, sdk_document("CreateRegistryMembers"), input=given)

    assert acme.members.get(user=charlie).role == "viewer"
    assert custom.project.members.get(user=charlie).role == "viewer"


def test_a_project_of_a_team_has_no_members_of_its_own(api, alice, bob, project):
    given = {"projectId": encode_id("Project", project.pk), "userIds": [user_id(bob)]}
    status, message = api.refused(alice, sdk_document("CreateRegistryMembers"), input=given)
    assert (status, message[:30]) == (400, "vision/iris is no registry: wh")
