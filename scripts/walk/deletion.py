"""Steps that delete, unlink and remove."""

from scripts.walk.kit import (
    NAME,
    ORG_ENTITY,
    ORGANIZATION,
    PROJECT,
    TARGET,
    api,
    find,
    names,
    need,
    refused,
    registry,
    step,
)


@step("unlink")
def unlink() -> None:
    find(f"{TARGET}:v2").unlink()
    need(False, api().artifact_exists(f"{TARGET}:v2"))
    need(True, api().artifact_exists(f"{PROJECT}/alone:v0"))


@step("delete versions")
def delete_versions() -> None:
    refused("alias", find(f"{PROJECT}/mixed:v0").delete)
    find(f"{PROJECT}/mixed:v0").delete(delete_aliases=True)
    need(False, api().artifact_exists(f"{PROJECT}/mixed:v0"))


@step("delete collections")
def delete_collections() -> None:
    api().artifact_collection("model", f"{PROJECT}/renamed").delete()
    need(False, api().artifact_collection_exists(f"{PROJECT}/renamed", "model"))
    api().artifact_collection("model", f"{ORG_ENTITY}/{TARGET}").delete()
    need(False, api().artifact_exists(f"{TARGET}:v1"))
    need(True, api().artifact_exists(f"{PROJECT}/weights:v0"))


@step("delete a registry")
def delete_registry() -> None:
    registry().delete()
    need([], names(api().registries(ORGANIZATION, filter={"name": NAME})))
