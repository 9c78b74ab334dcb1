"""Registries and projects through the public API of the real SDK."""

import pytest

from artifacts.models import Membership, Project, Version
from registries.models import Registry
from registries.services.members.members import add_members
from registries.services.registry.creation import create_registry
from registries.services.registry.settings import update_registry
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

# The client hides the server's sentence behind one of its own, as its cause.
REFUSED = """
api = wandb.Api()
def refused(call):
    begun = time.monotonic()
    try:
        call()
    except Exception as error:
        assert time.monotonic() - begun < 5, "it was tried again and again"
        return str(error.__cause__ or error)
    return "no refusal"
"""


@pytest.fixture
def custom(bob, acme):
    """Bob's registry, which accepts models; Bob is a plain member of the organization."""
    return create_registry(by=bob, organization=acme, name="fraud", accepted_types=["model"])


@pytest.fixture
def linked(custom, version):
    """A place of the team's version in Bob's registry."""
    collection = factories.make_collection(custom.project, "detector")
    return factories.make_membership(collection, version, aliases=["best"])


def test_made_changed_renamed_and_deleted(sdk, bob, linked):
    told = sdk(
        bob,
        REFUSED
        + """
def facts(registry):
    return [
        registry.name, registry.description, registry.visibility, sorted(registry.artifact_types),
        registry.allow_all_artifact_types,
    ]
made = api.create_registry("new", visibility="organization", organization="Acme")
tell(
    made=facts(made), names=[made.full_name, made.entity, made.organization],
    twice=refused(lambda: api.create_registry("new", "organization", "Acme")),
    empty=api.create_registry("empty", "restricted", "acme", description="").description,
)
fraud = api.registry("fraud", organization="Acme")
tell(found=facts(fraud))
fraud.description = ""
fraud.artifact_types.append("dataset")
fraud.save()
tell(saved=facts(fraud), loaded=facts(api.registry("fraud", organization="Acme")))
fraud.allow_all_artifact_types = True
fraud.save()
tell(all=facts(fraud))
fraud.allow_all_artifact_types = False
fraud.artifact_types.append("eval set")
fraud.save()
tell(listed=facts(fraud))
before = [fraud.id, fraud.internal_id]
fraud.name, fraud.description = "cards", "both at once"
fraud.save()
tell(
    renamed=facts(api.registry("cards", organization="Acme")),
    same=[fraud.id, fraud.internal_id] == before,
    old=refused(lambda: api.registry("fraud", organization="Acme")),
    link=api.artifact("acme/wandb-registry-cards/detector:best").qualified_name,
)
fraud.name = "new"
tell(taken=refused(fraud.save))
fraud = api.registry("cards", organization="Acme")
fraud.visibility = "restricted"
fraud.save()
tell(restricted=api.registry("cards", organization="Acme").visibility)
fraud.visibility = "organization"
tell(opened=refused(fraud.save))
fraud.delete()
tell(
    deleted=refused(lambda: api.registry("cards", organization="Acme")),
    again=refused(fraud.delete), source=api.artifact("vision/iris/iris-model:v0").version,
)
""",
    )
    assert told["made"] == ["new", None, "organization", [], True]
    assert told["names"] == ["wandb-registry-new", "acme", "Acme"]
    assert told["twice"].startswith("Registry 'new' already exists")
    assert told["empty"] == ""
    assert told["found"] == ["fraud", None, "organization", ["model"], False]
    assert told["saved"] == ["fraud", "", "organization", ["dataset", "model"], False]
    assert told["loaded"] == told["saved"]
    assert told["all"] == ["fraud", "", "organization", ["dataset", "model"], True]
    types = ["dataset", "eval set", "model"]
    assert told["listed"] == ["fraud", "", "organization", types, False]
    assert told["renamed"] == ["cards", "both at once", "organization", types, False]
    assert told["same"] is True
    assert "Failed to load registry" in told["old"]
    assert told["link"] == "acme/wandb-registry-cards/detector:best"
    assert told["taken"] == "Acme already has a registry 'new'; choose another name."
    assert told["restricted"] == "restricted"
    assert "can't be opened to the whole organization" in told["opened"]
    assert "Failed to load registry" in told["deleted"]
    assert told["again"] == "There is no such project or registry that you may see."
    assert told["source"] == "v0"
    assert not Membership.objects.filter(collection__kind="portfolio").exists()
    assert Version.objects.committed().count() == 1


def test_members(sdk, bob, custom):
    told = sdk(
        bob,
        REFUSED
        + """
registry = api.registry("fraud", organization="Acme")
def names():
    return [[member.user.username, member.role] for member in registry.user_members()] + [
        [member.team.name, member.role] for member in registry.team_members()
    ]
victor, vision = api.user("victor"), api.team("vision")
tell(first=names(), same=registry.add_members(victor, vision) is registry, added=names())
registry.add_members(victor.id)
registry.update_member(victor, role="member").update_member(vision, role="restricted_viewer")
tell(roles=names(), kinds=[type(member).__name__ for member in registry.members()])
people = [member["username"] for member in registry.team_members()[0].team.members]
for member in registry.members():
    registry.update_member(member, "admin")
tell(
    people=people, admins=names(),
    odd=refused(lambda: registry.update_member(victor, "owner")),
)
registry.remove_members(*registry.team_members(), victor)
registry.remove_members(victor)
tell(
    left=names(), none=refused(lambda: registry.update_member(victor, "member")),
    outside=refused(lambda: registry.add_members(wandb.Api().viewer, "VXNlcjo5OTk=")),
)
registry.remove_members(api.viewer)
tell(gone=refused(lambda: registry.add_members(api.viewer)))
""",
    )
    assert told["first"] == [["bob", "admin"]]
    assert told["same"] is True
    assert told["added"] == [["bob", "admin"], ["victor", "viewer"], ["vision", "viewer"]]
    roles = [["bob", "admin"], ["victor", "member"], ["vision", "restricted_viewer"]]
    assert told["roles"] == roles
    assert told["kinds"] == ["UserMember", "UserMember", "TeamMember"]
    assert told["people"] == ["alice", "bob", "victor"]
    assert told["admins"] == [[name, "admin"] for name, _role in roles]
    assert "'owner' is not a role: give admin, member, viewer" in told["odd"]
    assert told["left"] == [["bob", "admin"]]
    assert "the registry fraud has no such member" in told["none"]
    assert "Only people and teams of the organization Acme" in told["outside"]
    assert "needs the role Admin; yours is Viewer" in told["gone"]


def test_lower_roles_and_core_registries_are_refused_at_once(sdk, alice, victor, custom, registry):
    told = sdk(
        victor,
        REFUSED
        + """
registry = api.registry("fraud", organization="Acme")
tell(seen=[member.user.username for member in registry.user_members()])
registry.description = "mine"
tell(
    save=refused(registry.save), delete=refused(registry.delete),
    add=refused(lambda: registry.add_members(api.viewer)),
    update=refused(lambda: registry.update_member(api.viewer, "admin")),
    remove=refused(lambda: registry.remove_members(api.viewer)),
    make=refused(lambda: api.create_registry("x", "organization", "Acme")),
    project=refused(lambda: api.create_project("fresh", "vision")),
)
""",
    )
    assert told.pop("seen") == ["bob"]
    sentence = "Changing Acme needs the role Member or above; yours is Viewer"
    assert sentence in told.pop("make")
    assert "Changing vision needs the role Member or above" in told.pop("project")
    for refusal in told.values():
        assert "Managing the registry fraud needs the role Admin; yours is Viewer" in refusal
    told = sdk(
        alice,
        REFUSED
        + """
registry = api.registry("model", organization="Acme")
tell(delete=refused(registry.delete))
registry.visibility = "restricted"
tell(restrict=refused(registry.save))
registry.visibility, registry.name = "organization", "models"
tell(rename=refused(registry.save))
""",
    )
    assert all("core registr" in refusal for refusal in told.values())


LOOKUPS = (
    REFUSED
    + """
def found(name, *organization):
    return api.registry(name, *organization).name
"""
)


def test_found_by_organization_entity_and_default(sdk, bob, victor, acme, custom, registry):
    other = factories.make_organization("Other Lab", bob="member", victor="member")
    create_registry(by=None, organization=other, name="theirs")
    told = sdk(
        bob,
        LOOKUPS
        + """
tell(
    found=[found("fraud", "Acme"), found("fraud", "acme"), found("fraud"),
           found("theirs", "Other Lab"), found("theirs", "other-lab")],
    unknown=refused(lambda: found("fraud", "Nowhere")),
    missing=refused(lambda: found("theirs")),
    organization=[api.organization().name, api.organization("acme").org_entity.name],
    project=api.project("wandb-registry-fraud").id == api.registry("fraud").id,
)
api = wandb.Api(overrides={"organization": "Other Lab"})
tell(chosen=found("theirs"))
""",
    )
    assert told["found"] == ["fraud", "fraud", "fraud", "theirs", "theirs"]
    assert told["unknown"] == "Organization 'Nowhere' not found."
    assert "Failed to load registry 'theirs' in organization 'Acme'" in told["missing"]
    assert told["organization"] == ["Acme", "acme"]
    assert told["project"] is True
    assert told["chosen"] == "theirs"
    # whose default is the personal entity, and who is in two organizations
    told = sdk(
        victor,
        LOOKUPS
        + """
tell(
    several=refused(lambda: found("fraud")), named=found("fraud", "Acme"),
    organization=refused(lambda: api.organization()),
)
""",
    )
    assert "Multiple organizations found for entity" in told["several"]
    assert told["named"] == "fraud"
    assert told["organization"] != "no refusal"


def test_who_is_in_no_organization_and_who_is_shut_out(sdk, bob, victor, charlie, custom):
    told = sdk(
        charlie,
        LOOKUPS
        + """
tell(
    none=refused(lambda: found("fraud")), hidden=refused(lambda: found("fraud", "Acme")),
    make=refused(lambda: api.create_registry("x", "organization", "Acme")),
)
""",
    )
    assert "No organizations found for entity" in told["none"]
    assert told["hidden"] == told["make"] == "Organization 'Acme' not found."
    update_registry(by=bob, registry=custom, access="restricted")
    told = sdk(
        victor,
        LOOKUPS
        + """
tell(hidden=refused(lambda: found("fraud", "Acme")))
""",
    )
    assert "Failed to load registry 'fraud'" in told["hidden"]
    add_members(by=bob, registry=custom, users=[victor])
    assert sdk(victor, LOOKUPS + 'tell(seen=found("fraud", "Acme"))') == {"seen": "fraud"}


def test_projects(sdk, bob, live_server):
    told = sdk(
        bob,
        REFUSED
        + """
for _time in range(2):
    api.create_project("fresh", "vision")
project = api.project("fresh", "vision")
tell(
    id=project.id, owner=project.owner.username, url=project.url, path=project.path,
    missing=refused(lambda: api.project("none", "vision").id),
    reserved=refused(lambda: api.create_project("runs", "vision")),
    unknown=refused(lambda: api.create_project("x", "nobody")),
)
api.create_project("wandb-registry-made so", "acme")
tell(registry=api.registry("made so", organization="Acme").allow_all_artifact_types)
""",
    )
    project = Project.objects.get(name="fresh")
    assert (told["owner"], told["path"]) == ("bob", ["vision", "fresh"])
    assert told["url"] == f"{live_server.url}/vision/fresh/workspace"
    assert "Project none not found" in told["missing"]
    assert "is reserved" in told["reserved"]
    assert "There is no entity 'nobody'" in told["unknown"]
    assert told["registry"] is True
    assert Registry.objects.get(name="made so").project.created_by == project.created_by
