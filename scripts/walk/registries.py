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
    changed = registry()
    changed.description = "for the walk"
    changed.artifact_types.append("dataset")
    changed.save()
    changed = registry()
    need("for the walk", changed.description)
    need(["dataset", "model"], sorted(changed.artifact_types))


@step("search registries")
def search_registries() -> None:
    registries = api().registries(ORGANIZATION, filter={"name": NAME})
    need(
        [NAME], [name.removeprefix("wandb-registry-") for name in names(registries)]
    )  # 0.19 keeps the prefix
    need(["inside"], names(registries.collections(filter={"name": {"$regex": "^ins"}})))
    versions = list(registries.collections().versions(filter={"alias": "a"}))
    need([f"{ORG_ENTITY}/wandb-registry-{NAME}/inside:v0"], [v.qualified_name for v in versions])
    need_content("second", versions[0], "searched")
    need([NAME], names(api().registries(ORGANIZATION).collections(filter={"name": NAME})))
    versions = api().registries(ORGANIZATION).versions(filter={"alias": "older"})
    need(True, f"{ORG_ENTITY}/{TARGET}:v1" in [v.qualified_name for v in versions])
    need(["inside"], names(registry().collections()))


@step("members of a registry")
def registry_members() -> None:
    place = registry()
    user = api().user(VIEWER)
    offered(type(place), "add_members")
    place.add_members(user)
    place.update_member(user, "member")
    members = {m.user.username: m.role for m in place.user_members()}
    need({PERSON: "admin", VIEWER: "member"}, members)
    place.remove_members(user)
    need([PERSON], [m.user.username for m in place.user_members()])


@step("ask for an organization")
def organization() -> None:
    offered(wandb.Api, "organization")
    need(ORGANIZATION, api().organization(ORGANIZATION).name)
