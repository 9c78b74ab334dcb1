"""Mutations of registries, projects and members, in the SDK's own words."""

import pytest

from artifacts.models import Project
from registries.models import Registry
from registries.services.members.members import add_members
from registries.services.registry.settings import update_registry
from registry_site.accounts.models import Event
from registry_site.texts.ids import encode_id
from tests.helpers.graphql import sdk_document

PREFIX = "wandb-registry-"


def id_of(registry):
    return encode_id("Project", registry.project_id)


def user_id(user):
    return encode_id("User", user.pk)


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
