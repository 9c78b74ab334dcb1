import json

import pytest

from artifacts.models import Project, Run
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow


def upsert(api, user, **values):
    values = {"entity": "vision", "project": "new", "name": "r1"} | values
    return api(user, sdk_document("UpsertBucket"), **values)["upsertBucket"]


def test_begins_a_run_and_its_project(api, alice, vision):
    answer = upsert(api, alice, config='{"lr": {"value": 0.1}}', tags=["a"], program="train.py")
    run = Run.objects.get()
    assert answer["inserted"] is True
    assert answer["bucket"]["name"] == "r1"
    assert answer["bucket"]["displayName"] == run.display_name
    assert answer["bucket"]["project"]["entity"]["name"] == "vision"
    assert json.loads(answer["bucket"]["config"]) == {"lr": {"value": 0.1}}
    assert answer["bucket"]["historyLineCount"] == 0
    assert (run.state, run.user, run.tags, run.program) == ("running", alice, ["a"], "train.py")


def test_names_are_made_up_where_none_is_given(api, alice):
    answer = upsert(api, alice, entity=None, project=None, name=None)
    assert answer["bucket"]["project"]["name"] == "uncategorized"
    assert answer["bucket"]["project"]["entity"]["name"] == "vision"
    assert len(answer["bucket"]["name"]) == 8


def test_a_repetition_changes_nothing_and_null_leaves_as_it_is(api, alice):
    upsert(api, alice, notes="n", displayName="d", config='{"a": {"value": 1}}')
    answer = upsert(api, alice)
    assert answer["inserted"] is False
    assert answer["bucket"]["displayName"] == "d"
    assert Run.objects.get().notes == "n"


def test_a_finished_run_goes_on_when_begun_again_but_not_when_described(api, alice, project):
    run = factories.make_run(project, name="r1", state="finished", exit_code=0)
    upsert(api, alice, id=encode_id("Run", run.pk), notes="later")
    run.refresh_from_db()
    assert (run.state, run.notes) == ("finished", "later")
    upsert(api, alice, project="iris")
    run.refresh_from_db()
    assert (run.state, run.exit_code) == ("running", None)


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"config": "[1]"}, 400, "JSON object"),
        ({"config": "{"}, 400, "JSON"),
        ({"state": "odd"}, 400, "no state"),
        ({"name": "a/b"}, 400, "'a/b'"),
        ({"name": "x" * 200}, 400, "too long"),
        ({"project": "a:b"}, 400, "'a:b'"),
        ({"project": "settings"}, 400, "reserved"),
        ({"project": "wandb-registry-model"}, 400, "Log to a team's project"),
        ({"entity": "acme"}, 400, "belongs to the organization"),
        ({"entity": "nobody"}, 404, "'nobody'"),
        ({"displayName": "x" * 300}, 400, "256"),
        ({"id": "x"}, 404, "no such run"),
    ],
)
def test_refusals(api, alice, values, status, words):
    values = {"entity": "vision", "project": "new", "name": "r1"} | values
    answer = api.refused(alice, sdk_document("UpsertBucket"), **values)
    assert answer[0] == status
    assert words in answer[1]
    assert not Run.objects.exists()


def test_nul_and_half_surrogates_are_kept_out(api, alice):
    upsert(api, alice, config='{"a": {"value": "x\\u0000y\\ud800"}}', notes="n\x00")
    run = Run.objects.get()
    assert run.config["a"]["value"] == "x\ufffdy\ufffd"
    assert run.notes == "n\ufffd"


def test_who_may_not_log(api, victor, charlie, project):
    values = {"entity": "vision", "project": "iris", "name": "r1"}
    status, message = api.refused(victor, sdk_document("UpsertBucket"), **values)
    assert status == 403
    assert "alice" in message
    assert api.refused(charlie, sdk_document("UpsertBucket"), **values)[0] == 404
    assert not Run.objects.exists()


def test_resume_status(api, alice, project):
    ask = {"entity": "vision", "project": "iris"}
    document = sdk_document("RunResumeStatus")
    assert api(alice, document, **ask, name="none")["model"]["bucket"] is None
    assert api(alice, document, entity="vision", project="none", name="x")["model"] is None
    config = {"_wandb": {"value": {"t": {}, "m": 1}}}
    run = factories.make_run(project, alice, name="r1", config=config)
    factories.make_lines(run, "history", '{"_step": 4}', offset=4)
    found = api(alice, document, **ask, name="r1")["model"]["bucket"]
    assert found["wandbConfig"] == '{"t":{}}'
    assert (found["historyLineCount"], found["eventsLineCount"]) == (5, 0)
    assert json.loads(found["historyTail"]) == ['{"_step": 4}']


def test_run_files_get_an_address_each(api, alice, project, client):
    factories.make_run(project, name="r1")
    values = {"entity": "vision", "project": "iris", "run": "r1", "files": ["a.txt", "m/ü %.txt"]}
    answer = api(alice, sdk_document("CreateRunFiles"), **values)["createRunFiles"]
    assert [file["name"] for file in answer["files"]] == values["files"]
    url = answer["files"][1]["uploadUrl"].removeprefix("http://testserver")
    assert client.put(url, b"hello", "application/octet-stream").status_code == 200
    assert Run.objects.get().files.get(name="m/ü %.txt").blob.size == 5
    assert api(alice, sdk_document("CreateRunFiles"), **values)
    assert Run.objects.get().files.count() == 2
    values["files"] = ["../etc"]
    assert api.refused(alice, sdk_document("CreateRunFiles"), **values)[0] == 400


def test_the_run_as_the_public_api_reads_it(api, alice, victor, project):
    run = factories.make_run(
        project, alice, name="r1", summary={"loss": 0.5}, tags=["t"], notes="n", state="finished"
    )
    run.exit_code = 0
    run.save()
    factories.make_lines(run, "history", '{"_step": 7, "loss": NaN}')
    factories.make_lines(run, "events", '{"system.cpu": 1, "_wandb": true}')
    document = """query Run($p: String!, $e: String!, $n: String!) {
      project(name: $p, entityName: $e) {
      run(name: $n) { projectId state summaryMetrics systemMetrics historyKeys readOnly tags notes
        user { username } } } }"""
    found = api(victor, document, p="iris", e="vision", n="r1")["project"]["run"]
    assert found == {
        "projectId": str(project.pk),
        "state": "finished",
        "summaryMetrics": '{"loss":0.5}',
        "systemMetrics": '{"system.cpu":1}',
        "readOnly": True,
        "historyKeys": {
            "lastStep": 7,
            "sets": [],
            "keys": {
                "_step": {
                    "typeCounts": [{"type": "number", "count": 1}],
                    "monotonic": True,
                    "previousValue": 7,
                },
                "loss": {
                    "typeCounts": [{"type": "number", "count": 1}],
                    "monotonic": False,
                    "previousValue": None,
                },
            },
        },
        "tags": ["t"],
        "notes": "n",
        "user": {"username": "alice"},
    }


def test_only_one_project_is_made_for_a_personal_account(api, charlie):
    answer = upsert(api, charlie, entity=None)
    assert answer["bucket"]["project"]["entity"]["name"] == "charlie"
    assert Project.objects.count() == 1
