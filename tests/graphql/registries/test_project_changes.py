import pytest

from artifacts.models import Project
from registry_site.texts.ids import encode_id
from tests.helpers.graphql import sdk_document

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
