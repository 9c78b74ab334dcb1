"""Runs, as `wandb.init` makes them and `wandb.Api` reads and changes them."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Run, RunAlert
from registry_site.accounts.models import Event
from tests import factories

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

_LOG = """
run = wandb.init(
    entity="vision", project="full", id="full", config={"lr": 0.1, "deep": {"a": {"b": 2}}},
    tags=["t1"], group="g", job_type="train", notes="n",
)
for step in range(20):
    run.log({"loss": 1 / (step + 1), "n": {"k": step}} | ({"rare": step} if step % 5 == 0 else {}))
table = wandb.Table(columns=["x", "y"], data=[[1, 2], [3, 4]])
run.log({
    "odd": float("nan"), "far": float("inf"), "table": table,
    "h": wandb.Histogram(np_histogram=([1, 2], [0, 1, 2])),
    "plot": wandb.plot.line(table, "x", "y", title="t"),
})
print("hello out")
print("oh no", file=sys.stderr)
Path("note.txt").write_text("saved")
run.save("note.txt")
for _time in range(2):
    run.alert("attention", "text", level=wandb.AlertLevel.WARN)
run.finish()
"""
_READ = """
api = wandb.Api()
found = api.run("vision/full/full")
tell(
    state=found.state, config=found.config, tags=found.tags, group=found.group, job=found.job_type,
    notes=found.notes, user=found.user.username, loss=found.summary["loss"],
    url=found.url, last=found.lastHistoryStep, keys=found.history_keys["keys"]["loss"],
    system=sorted(found.system_metrics)[:1], count=found.historyLineCount,
    python=found.metadata["python"],
)
whole = found.history(pandas=False)
tell(
    history=[row["_step"] for row in whole], odd=str(whole[20]["odd"]), far=str(whole[20]["far"]),
    sampled=[row["_step"] for row in found.history(samples=3, pandas=False)],
    with_keys=found.history(keys=["rare", "loss"], pandas=False)[1],
    nested=found.history(keys=["n.k"], samples=2, pandas=False),
    events=len(found.history(stream="system", pandas=False)),
)
scanned = list(found.scan_history())
tell(
    scanned=[row["_step"] for row in scanned], scanned_odd=str(scanned[20]["odd"]),
    paged=[row["_step"] for row in found.scan_history(page_size=7)],
    between=[row["_step"] for row in found.scan_history(min_step=3, max_step=6)],
    rare=list(found.scan_history(keys=["rare", "_step"], page_size=6)),
)
tell(
    logs=[[line.number, line.level, line.content, str(line.timestamp)[:4]]
          for line in found.console_logs()],
    tail=[line.content for line in found.console_logs(last=1)],
    paged_logs=len(list(found.console_logs(per_page=1))),
)
files = found.files()
names = [file.name for file in files]
with found.file("note.txt").download(root="got") as note:
    tell(names=names, total=len(files), note=note.read())
tell(
    some=[file.name for file in found.files(pattern="wandb-%")],
    one=[file.name for file in found.files(names=["note.txt", "none"])],
    paged_files=len(list(found.files(per_page=2))) == len(names),
)
Path("up").mkdir()
Path("up/ü 1.txt").write_text("uploaded")
sent = found.upload_file("up/ü 1.txt")
with sent.download(root="got") as file:
    tell(sent=[sent.name, sent.size, file.read()])
sent.delete()
tell(left=[file.name for file in wandb.Api().run("vision/full/full").files(pattern="up/%")])
"""


def test_a_run_is_logged_and_read_back(sdk, alice, bob, vision, monkeypatch):
    packed, unpack = [], gzip.open
    monkeypatch.setattr(gzip, "open", lambda file: packed.append(file) or unpack(file))
    switched = ("DISABLE_STATS", "DISABLE_META", "FILE_STREAM_NO_GZIP")
    whole = {f"WANDB__{name}": "false" for name in switched}
    sdk(alice, _LOG, WANDB_CONSOLE="wrap", **whole)
    assert packed
    told = sdk(bob, _READ)
    assert told["state"] == "finished"
    assert told["config"] == {"lr": 0.1, "deep": {"a": {"b": 2}}}
    assert [told[name] for name in ("tags", "group", "job", "notes", "user")] == [
        ["t1"],
        "g",
        "train",
        "n",
        "alice",
    ]
    assert told["loss"] == 0.05
    assert (told["last"], told["count"]) == (20, 21)
    assert told["keys"] == {
        "typeCounts": [{"type": "number", "count": 20}],
        "monotonic": False,
        "previousValue": 0.05,
    }
    assert told["python"].startswith("CPython")
    assert told["system"][0].startswith("system.")
    steps = list(range(21))
    assert told["history"] == told["scanned"] == told["paged"] == steps
    assert [told["odd"], told["scanned_odd"], told["far"]] == ["nan", "nan", "inf"]
    assert told["sampled"] == [0, 10, 20]
    assert told["with_keys"] == {"_step": 5, "rare": 5, "loss": 1 / 6}
    assert told["nested"] == [{"_step": 0, "n.k": 0}, {"_step": 19, "n.k": 19}]
    assert told["events"] >= 1
    assert told["between"] == [3, 4, 5]
    assert told["rare"] == [{"_step": step, "rare": step} for step in (0, 5, 10, 15)]
    assert [line[1:3] for line in told["logs"] if "wandb" not in line[2]] == [
        ["", "hello out"],
        ["error", "oh no"],
    ]
    assert {line[3] for line in told["logs"]} == {str(timezone.now().year)}
    assert told["tail"] == [told["logs"][-1][2]]
    assert told["paged_logs"] == len(told["logs"])
    assert {"config.yaml", "note.txt", "wandb-summary.json", "output.log"} <= {*told["names"]}
    assert (told["note"], told["total"]) == ("saved", len(told["names"]))
    assert told["some"] == [name for name in told["names"] if name.startswith("wandb-")]
    assert (told["one"], told["paged_files"]) == (["note.txt"], True)
    assert told["sent"] == ["up/ü 1.txt", 8, "uploaded"]
    assert told["left"] == []
    assert Run.objects.get().files.exists()
    assert list(RunAlert.objects.values_list("title", "severity")) == [("attention", "WARN")]


def test_a_run_is_changed(sdk, alice, bob, project, sequence):
    run = factories.make_run(
        project,
        alice,
        name="r1",
        state="finished",
        exit_code=0,
        config={"lr": {"value": 1}},
        summary={"best": 1},
        created_at=timezone.now(),
    )
    version = factories.make_version(sequence, by=alice, run=run)
    run.outputs.create(version=version)
    told = sdk(
        bob,
        """
api = wandb.Api()
found = api.run("vision/iris/r1")
found.config["lr"] = 2
found.config["new"] = [1]
found.name, found.notes, found.tags, found.group = "Name", "notes", ["a", "b"], "g"
found.update()
found.summary["best"] = 3
found.summary.update({"other": 4})
again = wandb.Api().run("vision/iris/r1")
tell(config=again.config, name=again.name, notes=again.notes, tags=again.tags, group=again.group,
     summary=dict(again.summary), state=again.state)
where = {"project": "iris", "entity": "vision"}
made = wandb.apis.public.Run.create(api, "made", state="pending", **where)
tell(made=[made.id, made.state, wandb.Api().run("vision/iris/made").state])
tell(failed=made.update_state("failed"), pending=made.update_state("pending"))
tell(refused=refusal(lambda: found.update_state("failed"))[0])
made.stop()
made.stop()
second = api.create_run(**where)
tell(second=wandb.Api().run(f"vision/iris/{second.id}").state)
second.delete()
second.delete()
tell(gone=refusal(lambda: wandb.Api().run(f"vision/iris/{second.id}"))[0])
found.delete(delete_artifacts=True)
tell(artifact=wandb.Api().artifact_exists("vision/iris/iris-model:v0"))
tell(reused=refusal(lambda: api.create_run(run_id="r1", **where))[0])
tell(chart=refusal(lambda: api.create_custom_chart(
    "vision", "c", "C", "vega2", "private", {"mark": "bar"}))[0])
""",
    )
    assert told["config"] == {"lr": 2, "new": [1]}
    assert [told[name] for name in ("name", "notes", "tags", "group", "state")] == [
        "Name",
        "notes",
        ["a", "b"],
        "g",
        "finished",
    ]
    assert told["summary"] == {"best": 3, "other": 4}
    assert told["made"] == ["made", "pending", "pending"]
    assert (told["failed"], told["pending"]) == (True, True)
    assert "is finished" in told["refused"]
    assert told["second"] == "running"
    assert "Could not find run" in told["gone"]
    assert told["artifact"] is False
    assert "'r1' was deleted" in told["reused"]
    assert (
        "does not offer createCustomChart (CreateCustomChart): it has no custom charts."
        in told["chart"]
    )
    assert list(Run.objects.values_list("name", "stop_requested")) == [("made", True)]
    version.refresh_from_db()
    assert version.deleted_by == bob
    assert Event.objects.filter(kind="run", verb="delete").count() == 2


def test_runs_are_listed(sdk, victor, alice, bob, project):
    for number, user in enumerate((alice, bob, alice, bob, alice)):
        run = factories.make_run(
            project,
            user,
            name=f"r{number}",
            state="finished" if number % 2 else "failed",
            config={"lr": {"value": number / 10}},
            summary={"acc": 1 - number / 10},
            tags=["even"] if number % 2 == 0 else [],
        )
        Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(hours=number))
    told = sdk(
        victor,
        """
api = wandb.Api()
def names(filters=None, order="+created_at", **more):
    return "".join(run.id[1] for run in wandb.Api().runs("vision/iris", filters, order, **more))
tell(
    all=names(), newest=names(order="-created_at", per_page=2),
    best=names(order="-summary_metrics.acc"),
    by_config=names(order="+config.lr.value"), state=names({"state": "finished"}),
    tags=names({"tags": {"$in": ["even"]}}), config=names({"config.lr": {"$gte": 0.3}}),
    summary=names({"summary_metrics.acc": {"$gt": 0.8}}), user=names({"username": "bob"}),
    both=names({"$and": [{"state": "failed"}, {"config.lr.value": {"$lt": 0.1}}]}),
    regex=names({"display_name": {"$regex": "^brave"}}),
)
runs = api.runs("vision/iris", {"state": "failed"}, per_page=2, lazy=False)
tell(total=len(runs), configs=[run.config["lr"] for run in runs], third=runs[2].id)
tell(unknown=refusal(lambda: len(api.runs("vision/none")))[0],
     operator=refusal(lambda: len(api.runs("vision/iris", {"state": {"$near": 1}})))[0],
     order=refusal(lambda: len(api.runs("vision/iris", order="+nothing")))[0])
""",
    )
    assert told["all"] == "43210"
    assert told["newest"] == told["best"] == told["by_config"] == "01234"
    assert (told["state"], told["tags"], told["config"]) == ("31", "420", "43")
    assert (told["summary"], told["user"], told["both"]) == ("10", "31", "0")
    assert told["regex"] == "43210"
    assert (told["total"], told["configs"], told["third"]) == (3, [0.4, 0.2, 0.0], "r0")
    assert "Could not find project none" in told["unknown"]
    assert "'$near' is no operator" in told["operator"]
    assert "no order by 'nothing'" in told["order"]


def test_who_may_not(sdk, victor, charlie, alice, project):
    run = factories.make_run(project, alice, name="r1", notes="before")
    run.files.create(name="f.txt", blob=factories.make_blob(b"f"))
    script = """
api = wandb.Api()
found = api.run("vision/iris/r1")
Path("f.txt").write_text("other")
with found.file("f.txt").download(root="got") as file:
    tell(read=file.read())
def change():
    found.notes = "after"
    found.update()
calls = {
    "update": change, "delete": found.delete, "stop": found.stop,
    "state": lambda: found.update_state("failed"), "upload": lambda: found.upload_file("f.txt"),
    "delete_file": found.file("f.txt").delete,
    "create": lambda: api.create_run(project="iris", entity="vision"),
    "init": lambda: wandb.init(entity="vision", project="iris"),
}
tell(refused={name: refusal(call) for name, call in calls.items()})
"""
    told = sdk(victor, script)
    assert told["read"] == "f"
    for name, (sentence, seconds) in told["refused"].items():
        assert "needs the role Member or above; yours is Viewer" in sentence, name
        assert seconds < 5, name
    told = sdk(
        charlie,
        """
tell(run=refusal(lambda: wandb.Api().run("vision/iris/r1"))[0],
     runs=refusal(lambda: len(wandb.Api().runs("vision/iris")))[0])
""",
    )
    assert "Could not find run" in told["run"]
    assert "Could not find project iris" in told["runs"]
    run.refresh_from_db()
    assert (run.notes, run.state, run.stop_requested) == ("before", "running", False)
