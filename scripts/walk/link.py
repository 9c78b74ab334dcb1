"""Steps that link, and read links: a link's number differs from its source's."""

from pathlib import Path

import wandb

from scripts.walk.kit import (
    NAME,
    ORG_ENTITY,
    ORGANIZATION,
    PROJECT,
    TARGET,
    TEAM,
    api,
    artifact,
    find,
    init,
    memory,
    names,
    need,
    need_content,
    offered,
    step,
)


@step("link in a run")
def link_in_a_run() -> None:
    with init() as run:
        second = run.use_artifact("weights:v1")
        run.link_artifact(second, TARGET, aliases=["newer"])
        run.link_artifact(run.use_artifact("weights:v0"), f"{ORG_ENTITY}/{TARGET}")
    need("weights:v1", find(f"{TARGET}:v0").source_name)
    need("weights:v0", find(f"{TARGET}:v1").source_name)


@step("link outside a run")
def link_outside() -> None:
    find(f"{PROJECT}/alone:v0").link(TARGET, aliases=["good", "x y"])
    link = find(f"{TARGET}:good")
    need("v2", link.version)
    need({"good", "x y", "latest"}, set(link.aliases))


@step("link what isn't logged yet")
def link_unlogged() -> None:
    with init() as run:
        run.link_artifact(artifact("unlogged", "unlogged"), TARGET)
    need("unlogged:v0", find(f"{TARGET}:v3").source_name)


@step("link the same again")
def link_the_same_again() -> None:
    find(f"{PROJECT}/weights:v0").link(TARGET, aliases=["older"])
    need("v1", find(f"{TARGET}:older").version)


@step("link a model")
def link_a_model() -> None:
    Path("model.bin").write_bytes(b"model")
    with init() as run:
        run.link_model("model.bin", registered_model_name=NAME, name="file-model")
        need(b"model", Path(run.use_model(f"{TEAM}/model-registry/{NAME}:v0")).read_bytes())


def uses(reference, content):
    def use():
        with init(project=f"{NAME}-use") as run:
            version = run.use_artifact(f"{ORG_ENTITY}/{TARGET}{reference}")
            need_content(content, version, f"use-{content}")

    return use


step("use a link by version")(uses(":v0", "second"))
step("use a link by alias")(uses(":older", "first"))
step("use the latest link")(uses(":latest", "unlogged"))
step("use without an alias")(uses("", "unlogged"))


@step("download without a run")
def download() -> None:
    need_content("first", find(f"{PROJECT}/weights:v0"), "source")
    need_content("first", find(f"{TARGET}:v1"), "link")
    need_content("second", find(f"{ORGANIZATION}/{TARGET}:newer"), "by-organization")
    find(f"{TARGET}:v1").verify("link")


@step("download one file")
def download_one_file() -> None:
    for name, content in ((f"{TARGET}:v1", "first"), (f"{PROJECT}/weights:v1", "second")):
        entry = find(name).get_entry("folder/notes ü.txt")
        path = Path(entry.download(root=f"one-{content}", skip_cache=True))
        need(f"{content} of folder/notes ü.txt", path.read_text())


@step("list files")
def list_files() -> None:
    link = find(f"{TARGET}:v1")
    need(["folder/notes ü.txt", "weights.txt"], names(link.files()))
    need(2, len(link.manifest.entries))
    need((2, 48), (link.file_count, link.size))


@step("read a link")
def read_a_link() -> None:
    link = find(f"{TARGET}:v1")
    need((True, f"{ORG_ENTITY}/{TARGET}:v1"), (link.is_link, link.qualified_name))
    need(f"{PROJECT}/weights:v0", link.source_qualified_name)
    need(("v0", "model", "words"), (link.source_version, link.type, link.description))
    need({"accuracy": 0.5, "nested": {"list": [1, 2]}}, link.metadata)
    need(True, bool(link.url and link.commit_hash and link.created_at and link.digest))
    linked = find(f"{PROJECT}/weights:v0").linked_artifacts
    need([f"{ORG_ENTITY}/{TARGET}:v1"], [each.qualified_name for each in linked])
    need(f"{PROJECT}/weights:v0", link.source_artifact.qualified_name)


@step("read when it was linked")
def linked_at() -> None:
    offered(wandb.Artifact, "linked_at")
    need(True, bool(find(f"{TARGET}:v1").linked_at))


@step("lineage")
def lineage() -> None:
    version = find(f"{PROJECT}/weights:v0")
    need(memory["run"], version.logged_by().id)
    need(True, len(version.used_by()) > 0)
    run = api().run(f"{PROJECT}/{memory['run']}")
    need({"weights:v0", "weights:v1"}, {each.name for each in run.logged_artifacts()})
    need({"weights:v0"}, {each.name for each in version.used_by()[0].used_artifacts()})
