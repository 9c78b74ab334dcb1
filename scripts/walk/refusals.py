"""Steps that must be refused, in one sentence and soon."""

import os

import wandb

from scripts.walk.kit import (
    PERSON,
    PROJECT,
    TARGET,
    TEAM,
    api,
    artifact,
    find,
    init,
    need_content,
    refused,
    step,
)


@step("refused: unknown registry")
def unknown_registry() -> None:
    source = find(f"{PROJECT}/weights:v0")
    refused("no registry 'none'", source.link, "wandb-registry-none/c")


@step("refused: type that isn't accepted")
def wrong_type() -> None:
    source = find(f"{PROJECT}/mixed:v0")
    refused("accepts: model", source.link, TARGET)
    with init() as run:
        refused("accepts: model", run.link_artifact, source, TARGET)


@step("refused: from a personal entity")
def personal() -> None:
    with init(entity=PERSON) as run:
        own = run.log_artifact(artifact("own")).wait()
    refused("personal", own.link, TARGET)


@step("refused: another type for a name")
def other_type() -> None:
    with init() as run:
        made = artifact("first", type="dataset")
        refused("already exists", lambda: run.log_artifact(made).wait())


@step("refused: what isn't there")
def not_there() -> None:
    with init() as run:
        refused("not", run.use_artifact, "none:v0")
        refused("not", run.use_artifact, f"{TARGET}:v99")
    refused("not", find, f"{TEAM}/none/none:v0")
    refused("none", lambda: api().run(f"{PROJECT}/none"))


@step("view-only: reads", "viewer")
def view_only_reads() -> None:
    need_content("first", find(f"{PROJECT}/weights:v0"), "viewed")


@step("refused: view-only logs", "viewer")
def view_only_logs() -> None:
    refused("Viewer", init)


@step("refused: view-only links", "viewer")
def view_only_links() -> None:
    refused("Viewer", find(f"{PROJECT}/weights:v0").link, TARGET)


@step("refused: view-only edits", "viewer")
def view_only_edits() -> None:
    version = find(f"{PROJECT}/weights:v0")
    version.aliases.append("mine")
    refused("Viewer", version.save)


@step("refused: bad key", "nobody")
def bad_key() -> None:
    refused("", wandb.login, key=os.environ["WANDB_API_KEY"], verify=True)
    refused("", init)
    refused("", find, f"{PROJECT}/weights:v0")
