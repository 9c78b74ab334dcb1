"""Steps that make, edit and search registries, and change their members."""

import wandb

from scripts.walk.kit import (
    NAME,
    ORG_ENTITY,
    ORGANIZATION,
    PERSON,
    PROJECT,
    TARGET,
    VIEWER,
    api,
    find,
    names,
    need,
    need_content,
    offered,
    registry,
    step,
)


@step("make a registry")
def make_registry() -> None:
    made = api().create_registry(
        NAME, visibility="organization", organization=ORGANIZATION, artifact_types=["model"]
    )
    need((f"wandb-registry-{NAME}", "organization"), (made.full_name, made.visibility))
    need(["model"], list(made.artifact_types))
    find(f"{PROJECT}/weights:v1").link(f"wandb-registry-{NAME}/inside", aliases=["a"])


@step("edit a registry")
def edit_registry() -> None:
    found = registry()
    found.description = "for the walk"
    found.artifact_types.append("dataset")
    found.save()
    found = registry()
    need("for the walk", found.description)
    need(["dataset", "model"], sorted(found.artifact_types))


@step("search registries")
def search_registries() -> None:
    found = api().registries(ORGANIZATION, filter={"name": NAME})
    need([NAME], [name.removeprefix("wandb-registry-") for name in names(found)])  # 0.19 leaves it
    need(["inside"], names(found.collections(filter={"name": {"$regex": "^ins"}})))
    versions = list(found.collections().versions(filter={"alias": "a"}))
    need([f"{ORG_ENTITY}/wandb-registry-{NAME}/inside:v0"], [v.qualified_name for v in versions])
    need_content("second", versions[0], "searched")
    need([NAME], names(api().registries(ORGANIZATION).collections(filter={"name": NAME})))
    versions = api().registries(ORGANIZATION).versions(filter={"alias": "older"})
    need(True, f"{ORG_ENTITY}/{TARGET}:v1" in [v.qualified_name for v in versions])
    need(["inside"], names(registry().collections()))


@step("members of a registry")
def registry_members() -> None:
    found = registry()
    user = api().user(VIEWER)
    offered(type(found), "add_members")
    found.add_members(user)
    found.update_member(user, "member")
    members = {m.user.username: m.role for m in found.user_members()}
    need({PERSON: "admin", VIEWER: "member"}, members)
    found.remove_members(user)
    need([PERSON], [m.user.username for m in found.user_members()])


@step("ask for an organization")
def organization() -> None:
    offered(wandb.Api, "organization")
    need(ORGANIZATION, api().organization(ORGANIZATION).name)
