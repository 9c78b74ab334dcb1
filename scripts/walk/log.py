"""Steps that log, in a run and outside of one."""

import os
from pathlib import Path

import wandb

from scripts.walk.kit import (
    NAME,
    PATHS,
    PERSON,
    PROJECT,
    TEAM,
    api,
    artifact,
    command,
    find,
    init,
    memory,
    need,
    need_content,
    step,
)


@step("log in with a key")
def log_in() -> None:
    need(True, wandb.login(key=os.environ["WANDB_API_KEY"], verify=True))
    need(PERSON, api().viewer.username)
    need(TEAM, api().default_entity)


@step("log in a run")
def log_in_a_run() -> None:
    with init(config={"rate": 0.5}, job_type="train", tags=["first"], notes="n") as run:
        for number in range(3):
            run.log({"loss": 1 / (number + 1)})
        run.summary["best"] = 0.25
        memory["run"] = run.id
        metadata = {"accuracy": 0.5, "nested": {"list": [1, 2]}}
        first = artifact("first", description="words", metadata=metadata)
        first = run.log_artifact(first, aliases=["old"], tags=["plain"]).wait()
        second = run.log_artifact(artifact("second")).wait()
    first, second = find(first.qualified_name), find(second.qualified_name)
    need((f"{PROJECT}/weights:v0", ["old"]), (first.qualified_name, first.aliases))
    need((f"{PROJECT}/weights:v1", ["latest"]), (second.qualified_name, second.aliases))
    need(["plain"], first.tags)


@step("log the same again")
def log_the_same_again() -> None:
    with init() as run:
        need("weights:v0", run.log_artifact(artifact("first")).wait().name)


@step("log outside a run")
def log_outside() -> None:
    made = artifact("outside", "alone")
    made.save(project=NAME)
    need(f"{PROJECT}/alone:v0", made.wait().qualified_name)


@step("log references and tables")
def log_references_and_tables() -> None:
    Path("local.txt").write_text("referred to")
    with init() as run:
        made = wandb.Artifact("mixed", "dataset")
        made.add_reference(Path("local.txt").absolute().as_uri(), name="local.txt")
        made.add(wandb.Table(columns=["x"], data=[[1], [2]]), "table")
        made = run.log_artifact(made).wait()
        other = wandb.Artifact("pointing", "dataset")
        other.add_reference(made.get_entry("local.txt").ref_url(), name="there.txt")
        run.log_artifact(other).wait()
        run.log({"table": wandb.Table(columns=["y"], data=[[3]])})
    mixed = find(f"{PROJECT}/mixed:v0")
    need([[1], [2]], mixed.get("table").data)
    folder = Path(find(f"{PROJECT}/pointing:v0").download(root="pointing"))
    need("referred to", (folder / "there.txt").read_text())


@step("log on top of a version")
def log_on_top() -> None:
    with init() as run:
        draft = run.use_artifact("weights:v0").new_draft()
        with draft.new_file("more.txt") as file:
            file.write("more")
        draft = run.log_artifact(draft).wait()
        need(["folder/notes ü.txt", "more.txt", "weights.txt"], sorted(draft.manifest.entries))
        added = wandb.Artifact("weights", "model", incremental=True)
        with added.new_file("added.txt") as file:
            file.write("added")
        need(4, len(run.log_artifact(added).wait().manifest.entries))


@step("log from several processes")
def log_distributed() -> None:
    for path in PATHS:
        part = wandb.Artifact("shared", "model")
        with part.new_file(path) as file:
            file.write(f"part of {path}")
        with init(group=f"{NAME}-group") as run:
            run.upsert_artifact(part)
    with init(group=f"{NAME}-group") as run:
        run.finish_artifact(wandb.Artifact("shared", "model")).wait()
    need_content("part", find(f"{PROJECT}/shared:v0"), "shared")


@step("log offline, send later")
def log_offline() -> None:
    Path("late.txt").write_text("late")
    script = """
import wandb
with wandb.init(mode="offline") as run:
    made = wandb.Artifact("late", "model")
    made.add_file("late.txt")
    run.log({"loss": 0.5})
    run.log_artifact(made)
"""
    command("-c", script, WANDB_PROJECT=NAME)
    (folder,) = Path("wandb").glob("offline-run-*")
    command("-m", "wandb", "sync", str(folder))
    version = find(f"{PROJECT}/late:v0")
    need("late", Path(version.get_entry("late.txt").download()).read_text())
    rows = version.logged_by().scan_history(keys=["loss"])
    need([0.5], [row["loss"] for row in rows])


@step("on the command line")
def command_line() -> None:
    Path("put").mkdir()
    Path("put/weights.txt").write_text("put")
    command("-m", "wandb", "artifact", "put", "put", "-n", f"{PROJECT}/put", "-t", "model")
    command("-m", "wandb", "artifact", "get", f"{PROJECT}/put:v0", "--root", "got")
    need("put", Path("got/weights.txt").read_text())
    need(True, "put:v0" in command("-m", "wandb", "artifact", "ls", PROJECT))
