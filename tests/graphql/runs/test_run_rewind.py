"""A run goes back to an earlier step, as `wandb.init(resume_from=…)` asks."""

import pytest

from artifacts.models import Run
from registry_site.accounts.models import Event
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


REWIND = """mutation RewindRun($input: RewindRunInput!) {
    rewindRun(input: $input) { rewoundRun { name state historyLineCount } } }"""


def rewind(**values):
    given = {"runName": "r1", "entityName": "vision", "projectName": "iris", "metricName": "_step"}
    return {"input": given | values}


def test_a_run_goes_back_to_a_step(api, bob, run):
    rows = [
        {"_step": step, "loss": 9 - step, **({"late": 1} if step > 4 else {})} for step in range(9)
    ]
    factories.make_lines(run, "history", *rows)
    factories.make_lines(run, "console", "hello")
    Run.objects.filter(pk=run.pk).update(state="failed", exit_code=1, summary={"best": 0})
    for _time in range(2):
        answer = api(bob, REWIND, **rewind(metricValue=3))["rewindRun"]["rewoundRun"]
        assert answer == {"name": "r1", "state": "running", "historyLineCount": 4}
    run.refresh_from_db()
    assert (run.last_step, run.summary, run.exit_code) == (3, {"_step": 3, "loss": 6}, None)
    assert sorted(run.history_keys) == ["_step", "loss"]
    assert run.history_keys["loss"]["typeCounts"] == [{"type": "number", "count": 4}]
    assert list(run.lines.filter(stream="history").values_list("step", flat=True)) == [0, 1, 2, 3]
    assert run.lines.filter(stream="console").exists()
    assert Event.objects.filter(verb="rewind").count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"metricName": "loss", "metricValue": 1},
        {"metricValue": -1},
        {"metricValue": 1.5},
        {"metricValue": 1e300},
    ],
)
def test_a_run_goes_back_to_a_step_only(api, bob, run, values):
    factories.make_lines(run, "history", {"_step": 0}, {"_step": 5})
    status, message = api.refused(bob, REWIND, **rewind(**values))
    assert (status, message.partition(":")[0]) == (400, "A run is taken back to a step")
    assert run.lines.count() == 2
