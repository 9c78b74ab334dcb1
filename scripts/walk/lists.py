"""Steps that list artifacts, runs and projects, and read a run's parts."""

from pathlib import Path

from scripts.walk.kit import (
    NAME,
    ORG_ENTITY,
    PERSON,
    PROJECT,
    TARGET,
    TEAM,
    api,
    init,
    memory,
    names,
    need,
    offered,
    step,
)


@step("list types and collections")
def list_types() -> None:
    types = api().artifact_types(PROJECT)
    need(True, {"model", "dataset"} <= {each.name for each in types})
    kind = api().artifact_type("model", PROJECT)
    need(True, {"weights", "alone"} <= {each.name for each in kind.collections()})
    need("weights", kind.collection("weights").name)
    need(True, "weights" in names(api().artifact_collections(PROJECT, "model")))


@step("list versions")
def list_versions() -> None:
    need(["weights:v0", "weights:v1"], names(api().artifacts("model", f"{PROJECT}/weights"))[:2])
    linked = api().artifacts("model", f"{ORG_ENTITY}/{TARGET}")
    need([f"{NAME}:v{n}" for n in range(4)], names(linked))
    need(["v3"], [a.version for a in linked if "latest" in a.aliases])
    tagged = api().artifacts("model", f"{PROJECT}/weights", tags=["blue"])
    need(["weights:v0"], names(tagged))
    collection = api().artifact_collection("model", f"{ORG_ENTITY}/{TARGET}")
    need(4, len(list(collection.artifacts())))


@step("ask whether it exists")
def exists() -> None:
    for path, there in ((f"{TARGET}:v1", True), (f"{TARGET}:v9", False), ("no/such:v0", False)):
        need((path, there), (path, api().artifact_exists(path)))
    need(True, api().artifact_collection_exists(f"{PROJECT}/weights", "model"))
    need(False, api().artifact_collection_exists(f"{PROJECT}/none", "model"))


@step("list a project's collections")
def project_collections() -> None:
    project = api().project(NAME, entity=TEAM)
    offered(type(project), "collections")
    need(True, "weights" in names(project.collections()))


@step("read runs")
def read_runs() -> None:
    run = api().run(f"{PROJECT}/{memory['run']}")
    need(("finished", {"rate": 0.5}), (run.state, dict(run.config)))
    need((0.25, ["first"]), (run.summary["best"], list(run.tags)))
    runs = api().runs(PROJECT, filters={"config.rate": 0.5})
    need([memory["run"]], [each.id for each in runs])
    need(True, len(api().runs(PROJECT)) > 3)


@step("read history")
def read_history() -> None:
    run = api().run(f"{PROJECT}/{memory['run']}")
    losses = [1, 1 / 2, 1 / 3]
    need(losses, [row["loss"] for row in run.history(pandas=False) if row.get("loss")])
    need(losses, [row["loss"] for row in run.history(keys=["loss"], pandas=False)])
    need(losses, [row["loss"] for row in run.scan_history() if row.get("loss")])
    need(losses, [row["loss"] for row in run.scan_history(keys=["loss"])])


@step("a run's files")
def run_files() -> None:
    run = api().run(f"{PROJECT}/{memory['run']}")
    Path("notes.txt").write_text("of the run")
    run.upload_file("notes.txt")
    need(True, "notes.txt" in names(api().run(f"{PROJECT}/{memory['run']}").files()))
    file = run.file("notes.txt")
    need("of the run", Path(file.download(root="run", replace=True).name).read_text())
    file.delete()
    need(False, "notes.txt" in names(api().run(f"{PROJECT}/{memory['run']}").files()))


@step("edit a run")
def edit_a_run() -> None:
    run = api().run(f"{PROJECT}/{memory['run']}")
    run.tags.append("second")
    run.config["more"] = 1
    run.display_name = "renamed"
    run.update()
    run.summary["late"] = 7
    run.summary.update()
    run = api().run(f"{PROJECT}/{memory['run']}")
    need((["first", "second"], 1), (sorted(run.tags), run.config["more"]))
    need(("renamed", 7), (run.name, run.summary["late"]))


@step("set a run's state")
def set_state() -> None:
    made = api().create_run(project=NAME, entity=TEAM)
    offered(type(made), "update_state")
    need(True, made.update_state("failed"))


@step("resume a run")
def resume() -> None:
    with init(id=memory["run"], resume="must") as run:
        run.log({"loss": 0})
    rows = api().run(f"{PROJECT}/{memory['run']}").scan_history(keys=["loss"])
    need(4, len(list(rows)))


@step("make and delete runs")
def delete_a_run() -> None:
    made = api().create_run(project=NAME, entity=TEAM)
    api().run(f"{PROJECT}/{made.id}").delete()
    need(False, made.id in [each.id for each in api().runs(PROJECT)])


@step("projects, teams and people")
def projects() -> None:
    need(True, NAME in names(api().projects(TEAM)))
    api().create_project(f"{NAME}-made", TEAM)
    need(True, f"{NAME}-made" in names(api().projects(TEAM)))
    team = api().team(TEAM)
    need(True, PERSON in [member.username for member in team.members])
    need(PERSON, api().user(PERSON).username)
