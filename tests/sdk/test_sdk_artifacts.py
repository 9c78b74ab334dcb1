"""Artifacts that are made of others, by several processes, without a run; what runs log and use."""

import pytest

from artifacts.models import RunInput, RunOutput, Version

pytestmark = [pytest.mark.sdk, pytest.mark.slow]


def versions_of(name):
    found = Version.objects.filter(sequence__name=name).order_by("version_index")
    return [(version.state, version.version_index) for version in found]


def entries_of(name, index):
    version = Version.objects.get(sequence__name=name, version_index=index)
    return sorted(version.entries.values_list("path", flat=True))


def test_versions_on_top_of_others(sdk, alice, vision):
    told = sdk(
        alice,
        """
for name in "abcd":
    Path(name).write_text(name)
with wandb.init(entity="vision", project="p") as run:
    base = wandb.Artifact("ds", "dataset")
    base.add_file("a")
    base.add_file("b")
    run.log_artifact(base).wait()
    more = wandb.Artifact("ds", "dataset", incremental=True)
    more.add_file("c")
    more = run.log_artifact(more).wait()
    changed = wandb.Artifact("ds", "dataset", incremental=True)
    changed.add_file("d", name="a")
    changed = run.log_artifact(changed).wait()
    draft = wandb.Api().artifact("vision/p/ds:v0").new_draft()
    draft.remove("b")
    draft.add_file("d")
    draft = run.log_artifact(draft).wait()
    same = run.log_artifact(wandb.Api().artifact("vision/p/ds:v0").new_draft()).wait()
    tell(names=[each.name for each in (more, changed, draft, same)],
         digests=[each.digest == each.manifest.digest() for each in (more, changed, draft)])
forget()
for version in range(4):
    used = wandb.Api().artifact(f"vision/p/ds:v{version}")
    folder = Path(used.download(f"v{version}"))
    used.verify(str(folder))
    tell(**{f"v{version}": {path.name: path.read_text() for path in sorted(folder.iterdir())}})
""",
    )
    assert told["names"] == ["ds:v1", "ds:v2", "ds:v3", "ds:v0"]
    assert told["digests"] == [True] * 3
    assert told["v0"] == {"a": "a", "b": "b"}
    assert told["v1"] == {"a": "a", "b": "b", "c": "c"}
    assert told["v2"] == {"a": "d", "b": "b", "c": "c"}
    assert told["v3"] == {"a": "a", "d": "d"}


def test_processes_that_share_one_version(sdk, alice, vision):
    """`upsert_artifact` by four at once, two of them with the same path; one finishes."""
    told = sdk(
        alice,
        """
import subprocess
PART = '''
import sys, wandb
from pathlib import Path
number = sys.argv[1]
Path(f"part{number}").write_text(number)
with wandb.init(entity="vision", project="p", group="workers") as run:
    part = wandb.Artifact("shared", "dataset")
    part.add_file(f"part{number}")
    part.add_file(f"part{number}", name=f"common{int(number) % 2}")
    run.upsert_artifact(part, aliases=[f"by{number}"])
'''
parts = [subprocess.Popen([sys.executable, "-c", PART, str(n)]) for n in range(4)]
tell(codes=[part.wait() for part in parts],
     hidden=not wandb.Api().artifact_exists("vision/p/shared:latest"))
with wandb.init(entity="vision", project="p", group="workers") as run:
    last = wandb.Artifact("shared", "dataset", metadata={"parts": 4}, description="whole")
    with last.new_file("last") as file:
        file.write("last")
    done = run.finish_artifact(last, aliases=["final"]).wait()
    tell(name=done.name, aliases=sorted(done.aliases), metadata=done.metadata,
         description=done.description, digest=done.digest == done.manifest.digest())
with wandb.init(entity="vision", project="p", group="workers") as run:
    late = wandb.Artifact("shared", "dataset")
    with late.new_file("late") as file:
        file.write("late")
    tell(late=run.finish_artifact(late).wait().name)
forget()
used = wandb.Api().artifact("vision/p/shared:v0")
folder = used.download("out")
used.verify(folder)
tell(files=sorted(os.listdir(folder)), common=Path(folder, "common1").read_text())
""",
    )
    assert told["codes"] == [0] * 4
    assert (told["hidden"], told["name"], told["late"]) == (True, "shared:v0", "shared:v1")
    assert told["aliases"] == ["by0", "by1", "by2", "by3", "final", "latest"]
    assert (told["metadata"], told["description"]) == ({"parts": 4}, "whole")
    assert told["digest"] is True
    assert told["files"] == ["common0", "common1", "last", "part0", "part1", "part2", "part3"]
    assert told["common"] in ("1", "3")
    assert versions_of("shared") == [("COMMITTED", 0), ("COMMITTED", 1)]
    outputs = RunOutput.objects.filter(version__version_index=0)
    assert outputs.count() == 5


def test_one_artifact_logged_by_two_processes(sdk, alice, vision):
    """Forked processes have the same client id: each is given the one version."""
    told = sdk(
        alice,
        """
import multiprocessing
for number in range(200):
    Path(str(number)).write_text(str(number))
artifact = wandb.Artifact("forked", "dataset")
for number in range(200):
    artifact.add_file(str(number))
def log(queue):
    with wandb.init(entity="vision", project="p") as run:
        queue.put(run.log_artifact(artifact).wait().id)
fork = multiprocessing.get_context("fork")
queue = fork.Queue()
processes = [fork.Process(target=log, args=[queue]) for _n in range(3)]
for process in processes:
    process.start()
tell(ids=[queue.get(timeout=60) for _process in processes])
for process in processes:
    process.join(30)
tell(codes=[process.exitcode for process in processes])
""",
    )
    assert told["codes"] == [0] * 3
    assert len(set(told["ids"])) == 1
    assert versions_of("forked") == [("COMMITTED", 0)]


def test_artifacts_that_refer_to_others(sdk, alice, vision):
    told = sdk(
        alice,
        """
with wandb.init(entity="vision", project="p") as run:
    source = wandb.Artifact("source", "dataset")
    with source.new_file("d/raw.txt") as file:
        file.write("raw")
    table = wandb.Table(columns=["x", "y"], data=[[1, "a"], [2, "b"]])
    source.add(table, "table")
    run.log_artifact(source).wait()
    logged = wandb.Api().artifact("vision/p/source:v0")
    derived = wandb.Artifact("derived", "dataset")
    derived.add_reference(logged.get_entry("d/raw.txt"), name="raw")
    derived.add(logged.get("table"), "table")
    derived = run.log_artifact(derived).wait()
    # both drafts at once: a reference to what has no id on the server yet
    first = wandb.Artifact("first", "dataset")
    entry = wandb.Table(columns=["z"], data=[[3]])
    first.add(entry, "entry")
    run.log_artifact(first)
    second = wandb.Artifact("second", "dataset")
    second.add(entry, "entry")
    tell(client_ref=second.manifest.entries["entry.table.json"].ref)
    run.log_artifact(second).wait()
used = wandb.Api().artifact("vision/p/derived:v0")
tell(refs=sorted(e.ref.split("/", 3)[3] for e in used.manifest.entries.values() if e.ref),
     schemes=sorted({e.ref.split(":")[0] for e in used.manifest.entries.values() if e.ref}))
folder = Path(used.download("derived"))
tell(raw=(folder / "raw").read_text())
tell(table=used.get("table").data, columns=used.get("table").columns)
second = wandb.Api().artifact("vision/p/second:v0")
tell(second=[e.ref for e in second.manifest.entries.values()], third=second.get("entry").data)
""",
    )
    assert told["schemes"] == ["wandb-artifact"]
    assert told["refs"] == ["d/raw.txt", "table.table.json"]
    assert told["raw"] == "raw"
    assert (told["table"], told["columns"]) == ([[1, "a"], [2, "b"]], ["x", "y"])
    assert told["third"] == [[3]]
    assert told["client_ref"].startswith("wandb-client-artifact://")
    assert [ref.partition(":")[0] for ref in told["second"]] == ["wandb-artifact"]


def test_without_a_run_and_from_other_runs(sdk, alice, bob, vision):
    told = sdk(
        alice,
        """
alone = wandb.Artifact("alone", "dataset", metadata={"k": 1})
with alone.new_file("a") as file:
    file.write("alone")
alone.save(project="p")
alone.wait()
tell(alone=alone.qualified_name, metadata=alone.metadata, maker=alone.logged_by().id)
with wandb.init(entity="vision", project="p", id="user") as run:
    draft = wandb.Artifact("draft", "dataset")
    with draft.new_file("d") as file:
        file.write("draft")
    used = run.use_artifact(draft)
    used.wait()
    tell(draft=used.qualified_name, no_maker=used.logged_by() is None)
    run.use_artifact("alone:latest", use_as="train")
    run.use_artifact(wandb.Api().artifact("vision/p/draft:v0"))
    Path("note.txt").write_text("note")
    tell(by_path=run.log_artifact("note.txt", name="note", type="note").wait().name)
api = wandb.Api()
other = api.create_run(entity="vision", project="p", run_id="other")
other = api.run("vision/p/other")
other.log_artifact(api.artifact("vision/p/alone:v0"), aliases=["again"], tags=["seen"])
other.use_artifact(api.artifact("vision/p/draft:v0"), use_as="input")
other = wandb.Api().run("vision/p/other")
tell(logged=[artifact.name for artifact in other.logged_artifacts()],
     used=[artifact.name for artifact in other.used_artifacts()])
alone = wandb.Api().artifact("vision/p/alone:again")
tell(again=alone.version, tags=alone.tags, used_by=sorted(r.id for r in alone.used_by()))
""",
        WANDB_ENTITY="vision",
    )
    assert told["alone"] == "vision/p/alone:v0"
    assert (told["metadata"], told["by_path"]) == ({"k": 1}, "note:v0")
    assert (told["draft"], told["no_maker"]) == ("vision/p/draft:v0", True)
    assert (told["logged"], told["used"]) == (["alone:v0"], ["draft:v0"])
    assert (told["again"], told["tags"], told["used_by"]) == ("v0", ["seen"], ["user"])
    uses = RunInput.objects.filter(run__name="user").order_by("version__sequence__name")
    assert list(uses.values_list("version__sequence__name", "used_as")) == [
        ("alone", ""),
        ("draft", ""),  # wandb 0.31 takes `use_as` and sends nothing of it
    ]


def test_tables_and_media_of_a_run(sdk, alice, vision):
    told = sdk(
        alice,
        """
for name in ("clip.mp4", "tone.wav", "shape.obj", "water.pdb"):
    Path(name).write_bytes(b"bytes of " + name.encode())
with wandb.init(entity="vision", project="p", id="media") as run:
    run.log({
        "html": wandb.Html("<b>x</b>"), "video": wandb.Video("clip.mp4", format="mp4"),
        "audio": wandb.Audio("tone.wav", caption="tone"), "shape": wandb.Object3D("shape.obj"),
        "molecule": wandb.Molecule("water.pdb"),
    })
    table = wandb.Table(columns=["n", "html"])
    table.add_data(1, wandb.Html("<i>y</i>"))
    run.log({"predictions": table})
    run.log({"predictions": wandb.Table(columns=["n"], data=[[2]])})
api = wandb.Api()
run = api.run("vision/p/media")
media = [file for file in run.files() if file.name.startswith("media/")]
tell(folders=sorted({file.name.rpartition("/")[0] for file in media}),
     logged=[[artifact.name, artifact.type] for artifact in run.logged_artifacts()])
(audio,) = [file for file in media if "/audio/" in file.name]
with audio.download("audio") as file:
    tell(audio=Path(file.name).read_text())
first = api.artifact("vision/p/run-media-predictions:v0")
got = first.get("predictions")
tell(rows=[row[0] for _index, row in got.iterrows()], columns=got.columns)
first.verify(first.download("predictions"))
tell(summary=run.summary["predictions"]["nrows"], video=run.summary["video"]["_type"])
""",
    )
    assert told["logged"] == [
        ["run-media-predictions:v0", "run_table"],
        ["run-media-predictions:v1", "run_table"],
    ]
    assert (told["rows"], told["columns"]) == ([1], ["n", "html"])
    assert (told["summary"], told["video"]) == (1, "video-file")
    assert told["audio"] == "bytes of tone.wav"
    assert told["folders"] == [
        "media/audio",
        "media/html",
        "media/molecule",
        "media/object3D",
        "media/table",
        "media/videos",
    ]


def test_a_client_that_is_killed_leaves_nothing_to_see(sdk, alice, vision):
    told = sdk(
        alice,
        """
import signal, subprocess
for number in range(400):
    Path(f"{number:03}").write_text(f"{number} " * 50)
LOG = '''
import wandb
with wandb.init(entity="vision", project="p", id="killed") as run:
    artifact = wandb.Artifact("ds", "kind")
    for number in range(400):
        artifact.add_file(f"{number:03}", policy="immutable")
    print("logging", flush=True)
    print(run.log_artifact(artifact).wait().name)
'''
doomed = subprocess.Popen(
    [sys.executable, "-c", LOG], stdout=subprocess.PIPE, text=True, start_new_session=True
)
doomed.stdout.readline()
time.sleep(0.4)
os.killpg(doomed.pid, signal.SIGKILL)
doomed.wait()
time.sleep(1)  # core sees that nobody needs it
api = wandb.Api()
exists = api.artifact_exists("vision/p/ds:latest")
tell(exists=exists, types=[kind.name for kind in api.artifact_types("vision/p")],
     collections=[c.name for c in api.artifact_collections("vision/p", "kind")] if exists else [],
     logged=[a.name for a in api.run("vision/p/killed").logged_artifacts()])
again = subprocess.run([sys.executable, "-c", LOG.replace("killed", "again")],
                       stdout=subprocess.PIPE, text=True)
tell(again=again.stdout.split()[-1])
forget()
used = wandb.Api().artifact("vision/p/ds:v0")
used.verify(used.download("out"))
""",
    )
    if told["exists"]:  # it was quicker than the signal
        assert told["logged"] == ["ds:v0"]
    else:
        assert (told["types"], told["logged"]) == ([], [])
    assert told["again"] == "ds:v0"
    states = sorted(Version.objects.values_list("state", flat=True))
    assert states in (["COMMITTED"], ["COMMITTED", "PENDING"])
