"""Runs that go on from an earlier step, and runs read many at a time."""

import pytest

from artifacts.models import Run

pytestmark = [pytest.mark.sdk, pytest.mark.slow]

LOG = """
place = {"entity": "vision", "project": "again"}
for name in ("a", "b"):
    with wandb.init(id=name, config={"of": name}, **place) as run:
        for step in range(6):
            run.log({"loss": 10 - step})
"""


def test_a_run_goes_on_from_an_earlier_step(sdk, bob, vision):
    told = sdk(
        bob,
        LOG
        + """
with wandb.init(resume_from="a?_step=2", **place) as run:
    tell(name=run.id)
    run.log({"loss": 0, "new": True})
found = wandb.Api().run("vision/again/a")
tell(
    steps=[[row["_step"], row["loss"]] for row in found.scan_history()], state=found.state,
    last=found.lastHistoryStep, summary=found.summary["loss"], config=found.config,
)
try:
    wandb.init(resume_from="none?_step=2", **place)
except Exception as error:
    tell(lost=str(error))
""",
    )
    assert told["name"] == "a"
    assert told["steps"] == [[0, 10], [1, 9], [2, 8], [3, 0]]
    assert [told[name] for name in ("state", "last", "summary")] == ["finished", 3, 0]
    assert told["config"] == {"of": "a"}
    assert "There is no run 'none' in vision/again" in told["lost"]
    assert Run.objects.get(name="b").history_lines == 6


def test_many_runs_are_read_at_once(sdk, bob, vision):
    told = sdk(
        bob,
        LOG
        + """
runs = wandb.Api().runs("vision/again", order="+created_at", per_page=1)
tell(total=len(runs), histories=[
    [row["run_id"], row["_step"], row["loss"]] for row in runs.histories(samples=2)])
runs.upgrade_to_full()
tell(configs=[run.config for run in runs], names=[run.id for run in runs])
""",
    )
    assert told["total"] == 2
    assert told["histories"] == [["a", 0, 10], ["a", 5, 5], ["b", 0, 10], ["b", 5, 5]]
    assert told["configs"] == [{"of": "a"}, {"of": "b"}]
    assert told["names"] == ["a", "b"]
