from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Run, Version

pytestmark = [pytest.mark.sdk, pytest.mark.slow]


_DIE = """
import os, signal, wandb
run = wandb.init(entity="vision", project="ends", id="killed")
run.log({"x": 1})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_how_runs_end(sdk, alice, vision):
    sdk(
        alice,
        f"""
import subprocess
def script(text):
    return subprocess.Popen([sys.executable, "-c", "import sys, wandb\\n" + text])
begin = 'run = wandb.init(entity="vision", project="ends", id="%s")\\n'
all = [
    script(begin % "good" + "run.log({{'x': 1}})"), script(begin % "raised" + "raise ValueError"),
    script(begin % "left" + "sys.exit(3)"), script(begin % "coded" + "run.finish(exit_code=7)"),
    script({_DIE!r}),
]
for process in all:
    process.wait(60)
""",
    )
    ends = {run.name: (run.state_now, run.exit_code) for run in Run.objects.all()}
    assert ends == {
        "good": ("finished", 0),
        "raised": ("failed", 1),
        "left": ("failed", 3),
        "coded": ("failed", 7),
        "killed": ("running", None),
    }
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=6))
    told = sdk(
        alice,
        """
api = wandb.Api()
tell(killed=api.run("vision/ends/killed").state,
     listed=[run.id for run in api.runs("vision/ends", {"state": "crashed"})])
with wandb.init(entity="vision", project="ends", id="killed", resume="must") as run:
    tell(again=wandb.Api().run("vision/ends/killed").state)
tell(ended=wandb.Api().run("vision/ends/killed").state)
""",
    )
    assert told == {
        "killed": "crashed",
        "listed": ["killed"],
        "again": "running",
        "ended": "finished",
    }


def test_runs_go_on_where_they_were(sdk, alice, vision):
    told = sdk(
        alice,
        """
where = {"entity": "vision", "project": "again"}
with wandb.init(**where, id="r", config={"a": 1}) as run:
    for step in range(3):
        run.log({"x": step})
    print("first")
with wandb.init(**where, id="r", resume="must", config={"b": 2}) as run:
    run.log({"x": 3})
    tell(resumed=run.resumed, step=run.step)
    print("second")
with wandb.init(**where, id="r", resume="allow") as run:
    run.log({"x": 4})
with wandb.init(**where, id="fresh", resume="allow") as run:
    tell(fresh=run.resumed)
for name, resume in (("r", "never"), ("none", "must")):
    try:  # once only: the SDK refuses an id by itself after a failure
        wandb.init(**where, id=name, resume=resume)
    except Exception as error:
        tell(**{resume: str(error)})
found = wandb.Api().run("vision/again/r")
tell(rows=[[row["_step"], row["x"]] for row in found.scan_history()], config=found.config,
     logs=[line.content for line in found.console_logs()])
""",
        WANDB_CONSOLE="wrap",
    )
    assert (told["resumed"], told["step"], told["fresh"]) == (True, 4, False)
    assert told["rows"] == [[number, number] for number in range(5)]
    assert told["config"] == {"a": 1, "b": 2}
    assert [line for line in told["logs"] if "wandb" not in line] == ["first", "second"]
    assert "already exists" in told["never"]
    assert "does not exist" in told["must"]


def test_offline_runs_are_sent_later(sdk, alice, vision):
    told = sdk(
        alice,
        """
import glob, subprocess
Path("a.txt").write_text("a")
with wandb.init(entity="vision", project="off", id="away", mode="offline") as run:
    for step in range(5):
        run.log({"x": step})
    made = wandb.Artifact("weights", "model")
    made.add_file("a.txt")
    run.log_artifact(made)
    run.save("a.txt")
assert not wandb.Api().artifact_exists("vision/off/weights:v0")
(folder,) = glob.glob("wandb/offline-run-*")
done = subprocess.run([sys.executable, "-m", "wandb", "sync", folder], capture_output=True)
tell(code=done.returncode, said=(done.stdout + done.stderr).decode())
found = wandb.Api().run("vision/off/away")
tell(state=found.state, steps=[row["_step"] for row in found.scan_history()],
     files=[file.name for file in found.files(names=["a.txt"])],
     artifacts=[each.name for each in found.logged_artifacts()])
""",
    )
    assert told["code"] == 0, told["said"]
    assert (told["state"], told["steps"]) == ("finished", [0, 1, 2, 3, 4])
    assert (told["files"], told["artifacts"]) == (["a.txt"], ["weights:v0"])
    assert Version.objects.filter(state="COMMITTED").count() == 1


def test_a_stopped_script_ends(sdk, alice, vision):
    quick = {"TRANSMIT": "1", "HEARTBEAT": "2"}
    quick = {f"WANDB__FILE_STREAM_{name}_INTERVAL": value for name, value in quick.items()}
    told = sdk(
        alice,
        """
run = wandb.init(entity="vision", project="stop", id="r")
run.log({"x": 0})
begun = time.monotonic()
try:  # the interrupt may come while the answer to stop() is still on its way
    wandb.Api().run("vision/stop/r").stop()
    while time.monotonic() - begun < 60:
        time.sleep(0.1)
    tell(stopped=False)
except KeyboardInterrupt:
    tell(stopped=True)
run.finish(exit_code=1)
""",
        **quick,
    )
    assert told == {"stopped": True}
    assert Run.objects.get().state == "failed"
