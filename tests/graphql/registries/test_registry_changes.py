"""Mutations of registries, projects and members, in the SDK's own words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts.models import Project
from registries.models import Registry
from registries.services.members.members import add_members
from registries.services.registry.creation import create_registry
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

PREFIX = "wandb-registry-"


@pytest.fixture
def custom(bob, acme):
    """Bob's registry, which accepts models; Bob is a plain member of the organization."""
    return create_registry(
        by=bob, organization=acme, name="fraud", description="Cards", accepted_types=["model"]
    )


def id_of(registry):
    return encode_id("Project", registry.project_id)


def user_id(user):
    return encode_id("User", user.pk)


def team_id(team):
    return encode_id("Entity", team.entity_id)


def settings(**more):
    """What `registry.save()` sends when nothing was changed."""
    return {
        "name": f"{PREFIX}fraud",
        "entityName": "acme",
        "description": "Cards",
        "access": "PRIVATE",
        "allowAllArtifactTypesInRegistry": False,
        **more,
    }


def upsert(api, user, **more):
    return api(user, sdk_document("UpsertRegistry"), input=settings(**more))["upsertModel"]


def rename(new, old="fraud", entity="acme"):
    return {"entityName": entity, "oldProjectName": PREFIX + old, "newProjectName": PREFIX + new}


def user_members(api, user, name="fraud"):
    answer = api(user, sdk_document("RegistryUserMembers"), project=PREFIX + name, entity="acme")
    return answer["project"] and answer["project"]["members"]


def team_members(api, user, name="fraud"):
    answer = api(user, sdk_document("RegistryTeamMembers"), project=PREFIX + name, entity="acme")
    return answer["project"]["teamMembers"]


# ------------------------------------------------------------------ settings


def test_saved_settings_come_back(api, bob, custom):
    answer = upsert(api, bob, description="", artifactTypes=[{"name": "dataset"}])
    assert answer["inserted"] is False
    found = answer["project"]
    assert (found["id"], found["description"]) == (id_of(custom), "")
    assert [edge["node"]["name"] for edge in found["artifactTypes"]["edges"]] == [
        "dataset",
        "model",
    ]
    assert upsert(api, bob, description=None)["project"]["description"] == ""
    assert upsert(api, bob, access="RESTRICTED")["project"]["access"] == "RESTRICTED"


def test_what_the_sdk_does_not_know_stays_as_it_is(api, bob, custom):
    update_registry(
        by=bob, registry=custom, default_role="member", owner="victor", icon="star", colour="rose"
    )
    upsert(api, bob, description="new")
    custom.refresh_from_db()
    assert (custom.owner.username, custom.icon, custom.colour) == ("victor", "star", "rose")
    assert Project.objects.get(pk=custom.project_id).default_role == "member"


def test_saved_types_are_listed_where_all_are_accepted(api, bob, custom):
    found = upsert(api, bob, allowAllArtifactTypesInRegistry=True)["project"]
    assert found["allowAllArtifactTypes"] is True
    assert [edge["node"]["name"] for edge in found["artifactTypes"]["edges"]] == ["model"]


def test_only_the_first_of_equal_requests_inserts(api, bob):
    """The second is `create_registry` repeated, or `save()` right after it: nobody can tell."""
    answers = [
        upsert(api, bob, name=f"{PREFIX}new", artifactTypes=[{"name": "model"}])
        for _time in range(2)
    ]
    assert [answer["inserted"] for answer in answers] == [True, False]
    assert answers[0]["project"]["id"] == answers[1]["project"]["id"]


def test_a_description_that_was_never_written_is_null(api, bob):
    assert (
        upsert(api, bob, name=f"{PREFIX}new", description=None, artifactTypes=[{"name": "model"}])[
            "project"
        ]["description"]
        is None
    )


def test_changed_by_id_and_by_display_name_of_the_organization(api, bob, custom):
    by_id = {"id": id_of(custom), "description": "by id"}
    answer = api(bob, sdk_document("UpsertRegistry"), input=by_id)["upsertModel"]
    assert (answer["project"]["description"], answer["inserted"]) == ("by id", False)
    answer = upsert(api, bob, entityName="Acme", description="by name")
    assert (answer["project"]["id"], answer["inserted"]) == (id_of(custom), False)


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"access": "PUBLIC"}, 400, "'PUBLIC' is no access"),
        ({"artifactTypes": [{"name": "a/b"}]}, 400, "leave out"),
        ({"id": "UHJvamVjdDo5OTk5"}, 404, "no such project or registry"),
        ({"id": "%%"}, 404, "no such project or registry"),
    ],
)
def test_settings_that_cannot_be(api, bob, custom, more, status, sentence):
    answer = api.refused(bob, sdk_document("UpsertRegistry"), input=settings(**more))
    assert answer[0] == status
    assert sentence in answer[1]


def test_an_id_with_another_name_is_no_renaming(api, bob, custom):
    given = settings(id=id_of(custom), name=f"{PREFIX}other")
    status, message = api.refused(bob, sdk_document("UpsertRegistry"), input=given)
    assert (status, "renameProject" in message) == (400, True)


def test_never_opened_again(api, bob, custom):
    upsert(api, bob, access="RESTRICTED")
    status, message = api.refused(bob, sdk_document("UpsertRegistry"), input=settings())
    assert status == 409
    assert "can't be opened to the whole organization" in message


# ------------------------------------------------------------------ name and end


def test_renamed_it_keeps_its_ids(api, bob, custom):
    for _time in range(2):  # the second is what a client sends that heard no answer
        answer = api(bob, sdk_document("RenameRegistry"), input=rename("cards"))["renameProject"]
        assert answer["inserted"] is False
        assert answer["project"]["id"] == id_of(custom)
        assert answer["project"]["internalId"] == encode_id("ProjectInternalId", custom.project_id)
        assert answer["project"]["name"] == "wandb-registry-cards"
    assert Event.objects.filter(verb="rename").count() == 1
    document = sdk_document("FetchRegistry")
    assert api(bob, document, name=f"{PREFIX}fraud", entity="acme")["entity"]["project"] is None


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (rename("model"), 409),
        (rename("a/b"), 400),
        (rename("cards", old="none"), 404),
        (rename("cards", entity="none"), 404),
        (rename("cards") | {"newProjectName": "cards"}, 400),
        (rename("cards", old="fraud") | {"oldProjectName": "fraud"}, 404),
    ],
)
def test_refused_renamings(api, bob, custom, registry, given, status):
    assert api.refused(bob, sdk_document("RenameRegistry"), input=given)[0] == status
    assert Registry.objects.filter(name="fraud").exists()


def test_the_old_name_of_another_registry_renames_nothing(api, bob, custom, registry):
    given = rename("model", old="gone")
    assert api.refused(bob, sdk_document("RenameRegistry"), input=given)[0] == 404


def test_deleted_once(api, bob, custom):
    document = sdk_document("DeleteRegistry")
    assert api(bob, document, id=id_of(custom))["deleteModel"] == {"success": True}
    status, message = api.refused(bob, document, id=id_of(custom))
    assert (status, message) == (404, "There is no such project or registry that you may see.")


def test_the_answer_to_a_deletion_has_the_name_that_old_releases_check(api, bob, custom):
    document = "mutation D($id: String!) { deleteModel(input: {id: $id}) { success __typename } }"
    assert api(bob, document, id=id_of(custom))["deleteModel"]["__typename"] == "DeleteModelPayload"


@pytest.mark.parametrize("text", ["", "x", "VXNlcjox", "UHJvamVjdDo=", "\u0000"])
def test_deleting_what_is_no_project(api, bob, custom, text):
    assert api.refused(bob, sdk_document("DeleteRegistry"), id=text)[0] == 404


def test_core_registries_stay(api, alice, registry):
    for name, given in {
        "UpsertRegistry": {"input": settings(name=f"{PREFIX}model", access="RESTRICTED")},
        "RenameRegistry": {"input": rename("other", old="model")},
        "DeleteRegistry": {"id": id_of(registry)},
    }.items():
        status, message = api.refused(alice, sdk_document(name), **given)
        assert (status, "core registr" in message) == (409, True)


# ------------------------------------------------------------------ members


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


# ------------------------------------------------------------------ who may


def changes(registry, user):
    """Every change that there is, with what it needs, by the name of its operation."""
    member = {"projectId": id_of(registry)}
    return {
        "UpsertRegistry": settings(description="changed"),
        "RenameRegistry": rename("changed"),
        "CreateRegistryMembers": member | {"userIds": [user_id(user)]},
        "DeleteRegistryMembers": member | {"userIds": [user_id(user)]},
        "UpdateUserRegistryRole": member | {"userId": user_id(user), "userProjectRole": "admin"},
        "UpdateTeamRegistryRole": member | {"teamId": "x", "teamProjectRole": "admin"},
        "DeleteRegistry": None,
    }


def statuses(api, user, registry):
    found = {}
    for name, given in changes(registry, user).items():
        variables = {"id": id_of(registry)} if given is None else {"input": given}
        found[name] = api.post(user, sdk_document(name), **variables).status_code
    return found


@pytest.mark.parametrize("role", ["member", "viewer", "restricted_viewer"])
def test_lower_roles_are_refused(api, bob, victor, custom, role):
    add_members(by=bob, registry=custom, users=[victor], role=role)
    assert set(statuses(api, victor, custom).values()) == {403}
    assert Project.objects.get(pk=custom.project_id).description == "Cards"


def test_the_refusal_names_role_and_who_can_help(api, victor, custom):
    message = api.refused(victor, sdk_document("DeleteRegistry"), id=id_of(custom))[1]
    assert message == (
        "Managing the registry fraud needs the role Admin; yours is Viewer. "
        "Admins who can help: bob."
    )


def test_strangers_and_those_outside_a_restricted_registry_find_nothing(
    api, bob, victor, charlie, custom
):
    update_registry(by=bob, registry=custom, access="restricted")
    for user in (victor, charlie):
        found = statuses(api, user, custom)
        assert found.pop("UpsertRegistry") in {403, 404}  # making one, as far as they can tell
        assert set(found.values()) == {404}
        assert user_members(api, user) is None
    assert Registry.objects.filter(pk=custom.pk, name="fraud").exists()


@pytest.mark.parametrize("who", ["alice", "root"])
def test_admins_of_the_organization_and_of_the_server_may(api, bob, request, custom, who):
    update_registry(by=bob, registry=custom, access="restricted")
    user = request.getfixturevalue(who)
    document = sdk_document("UpsertRegistry")
    api(user, document, input=settings(access=None, description="new"))
    assert api(user, sdk_document("DeleteRegistry"), id=id_of(custom))["deleteModel"]["success"]


# ------------------------------------------------------------------ ordinary projects


def upsert_project(api, user, **given):
    return api(user, sdk_document("CreateProject"), input=given)["result"]


def test_a_project_is_made_found_and_described(api, bob):
    made = upsert_project(api, bob, name="fresh", entityName="vision")
    assert made["inserted"] is True
    assert made["project"] == made["model"]
    assert made["project"] | {"id": ""} == {
        "id": "",
        "name": "fresh",
        "entityName": "vision",
        "description": None,
        "access": "PRIVATE",
        "views": "{}",
    }
    again = upsert_project(api, bob, name="fresh", entityName="vision", description="words")
    assert (again["inserted"], again["project"]["description"]) == (False, "words")
    by_id = upsert_project(api, bob, id=again["project"]["id"], description="")
    assert by_id["project"]["description"] == ""


def test_a_project_without_entity_is_in_the_default_one(api, bob, charlie):
    assert upsert_project(api, bob, name="fresh")["project"]["entityName"] == "vision"
    assert upsert_project(api, bob, name="fresh")["inserted"] is False
    assert upsert_project(api, charlie)["project"]["name"] == "uncategorized"


@pytest.mark.parametrize(
    "more",
    [
        {"access": "RESTRICTED"},
        {"artifactTypes": [{"name": "model"}]},
        {"allowAllArtifactTypesInRegistry": False},
    ],
)
def test_what_only_registries_have(api, bob, project, more):
    for name in ("iris", "fresh"):
        given = {"name": name, "entityName": "vision"} | more
        status, message = api.refused(bob, sdk_document("CreateProject"), input=given)
        assert (status, message.startswith("Only registries have")) == (400, True)
    assert Project.objects.count() == 1


def test_a_project_is_renamed_and_deleted(api, alice, project, version):
    given = {"entityName": "vision", "oldProjectName": "iris", "newProjectName": "flowers"}
    for _time in range(2):
        answer = api(alice, sdk_document("RenameRegistry"), input=given)["renameProject"]
        assert answer["project"]["name"] == "flowers"
    document = sdk_document("DeleteRegistry")
    assert api(alice, document, id=answer["project"]["id"])["deleteModel"] == {"success": True}
    assert api.refused(alice, document, id=answer["project"]["id"])[0] == 404
    found = api(alice, sdk_document("GetProject"), entity="vision", name="flowers")
    assert found["project"] is None


def test_who_may_not_change_a_project(api, bob, victor, charlie, project):
    rename_it = {"entityName": "vision", "oldProjectName": "iris", "newProjectName": "x"}
    delete_it, describe_it = encode_id("Project", project.pk), {"entityName": "vision"}
    describe_it |= {"name": "iris", "description": "x"}
    for user, status in ((bob, 403), (victor, 403), (charlie, 404)):
        assert api.refused(user, sdk_document("RenameRegistry"), input=rename_it)[0] == status
        assert api.refused(user, sdk_document("DeleteRegistry"), id=delete_it)[0] == status
    for user, status in ((victor, 403), (charlie, 404)):
        assert api.refused(user, sdk_document("CreateProject"), input=describe_it)[0] == status


def test_a_project_as_the_sdk_reads_it(api, bob, project):
    found = api(bob, sdk_document("GetProject"), entity="vision", name="iris")["project"]
    assert (found["entityName"], found["isBenchmark"]) == ("vision", False)


# ------------------------------------------------------------------ organizations


def test_the_org_entity_as_older_releases_ask(api, alice):
    """FetchOrgEntityFromEntity (0.19 to 0.22) and FetchOrgEntityFromOrganization (to 0.27)."""
    by_entity = """query FetchOrgEntityFromEntity($entity: String!) { entity(name: $entity) {
      isTeam organization { name orgEntity { name } }
      user { organizations { name orgEntity { name } } } } }"""
    by_name = """query FetchOrgEntityFromOrganization($org: String!) {
      organization(name: $org) { orgEntity { name } } }"""
    acme = {"name": "Acme", "orgEntity": {"name": "acme"}}
    assert api(alice, by_entity, entity="vision")["entity"]["organization"] == acme
    assert api(alice, by_entity, entity="alice")["entity"]["user"]["organizations"] == [acme]
    assert api(alice, by_name, org="Acme")["organization"] == {"orgEntity": {"name": "acme"}}
    assert api(alice, by_name, org="none")["organization"] is None
