"""What the SDK does to runs: described by id, stopped, called failed, deleted, alerts."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.models import Run, RunAlert, RunInput, RunLine, RunOutput
from artifacts.services.sweep.sweep import sweep
from registry_site.accounts.models import Event
from registry_site.texts.ids import encode_id
from tests import factories
from tests.helpers.graphql import sdk_document

pytestmark = pytest.mark.slow
PLACE = {"entityName": "vision", "projectName": "iris", "runName": "r1"}


@pytest.fixture
def run(project, alice):
    return factories.make_run(project, alice, name="r1")


def values_of(run, name):
    """What each mutation is sent in the tests of who may."""
    number = encode_id("Run", run.pk)
    return {
        "UpsertBucket": {"id": number, "notes": "n"},
        "DeleteRun": {"id": number, "deleteArtifacts": False},
        "UpdateRunState": {"input": {"id": number, "state": "failed"}},
        "StopRun": {"id": number},
        "NotifyScriptableRunAlert": {**PLACE, "title": "t", "text": "x", "severity": "INFO"},
    }[name]


MUTATIONS = ["UpsertBucket", "DeleteRun", "UpdateRunState", "StopRun", "NotifyScriptableRunAlert"]


@pytest.mark.parametrize("name", MUTATIONS)
def test_who_may(api, victor, charlie, run, name):
    document, values = sdk_document(name), values_of(run, name)
    status, message = api.refused(victor, document, **values)
    assert status == 403
    assert message.startswith("Changing vision/iris needs the role Member")
    assert api.refused(charlie, document, **values)[0] == 404
    assert api.post(None, document, **values).status_code == 401
    run.refresh_from_db()
    assert (run.state, run.stop_requested, run.notes) == ("running", False, "")
    assert not RunAlert.objects.exists()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_repetition_is_fine(api, bob, run, name):
    document, values = sdk_document(name), values_of(run, name)
    assert api(bob, document, **values) == api(bob, document, **values)


@pytest.mark.parametrize("name", MUTATIONS[:4])
def test_what_is_no_run(api, bob, run, name):
    for number in ("x", "", encode_id("Run", 0), encode_id("Artifact", run.pk), "UnVuOjE6Mg=="):
        values = values_of(run, name)
        (values.get("input") or values)["id"] = number
        if name == "UpsertBucket" and not number:
            continue  # then the name counts
        assert api.refused(bob, sdk_document(name), **values)[0] == 404
    assert Run.objects.exists()


def upsert(api, user, **values):
    return api(user, sdk_document("UpsertBucket"), **values)["upsertBucket"]["bucket"]


def silence(run, minutes, **fields):
    at = timezone.now() - timedelta(minutes=minutes)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=at, **fields)
    run.refresh_from_db()
    return run


def test_described_by_id_it_stays_as_dead_as_it_is(api, bob, run):
    silence(run, 6)
    upsert(
        api,
        bob,
        id=encode_id("Run", run.pk),
        notes="n",
        description="d",
        tags=["a"],
        displayName="D",
        groupName="g",
        jobType="j",
        config='{"x": {"value": 1, "desc": null}}',
        summaryMetrics='{"best": 1}',
    )
    run.refresh_from_db()
    assert run.state_now == "crashed"
    assert (run.notes, run.description, run.tags, run.display_name) == ("n", "d", ["a"], "D")
    assert (run.group, run.job_type) == ("g", "j")
    assert (run.config, run.summary) == ({"x": {"value": 1, "desc": None}}, {"best": 1})


def test_a_run_that_speaks_again_is_running_again(api, bob, run):
    for state in ("running", "failed", "pending"):
        silence(run, 6, state=state)
        factories.make_lines(run, "console", "hello")
        run.refresh_from_db()
        assert run.state_now == "running"
    silence(run, 6, stop_requested=True)
    upsert(api, bob, name="r1", project="iris", entity="vision")
    run.refresh_from_db()
    assert (run.state_now, run.stop_requested) == ("running", False)


def test_a_run_that_ended_stays_ended_when_it_speaks_late(run):
    silence(run, 0, state="failed", exit_code=1)
    factories.make_lines(run, "console", "late")
    run.refresh_from_db()
    assert run.state_now == "failed"


@pytest.mark.parametrize(
    ("state", "minutes", "now"),
    [
        ("running", 4, "running"),
        ("running", 6, "crashed"),
        ("preempting", 4, "preempting"),
        ("preempting", 6, "preempted"),
        ("finished", 6, "finished"),
        ("pending", 6, "pending"),
        ("killed", 6, "killed"),
    ],
)
def test_state_after_silence(run, state, minutes, now):
    silence(run, minutes, state=state)
    assert run.state_now == now
    assert Run.objects.with_state_now().filter(state_now=now).exists()


def test_a_description_does_not_end_preemption(api, bob, run):
    silence(run, 1, state="preempting")
    upsert(api, bob, name="r1", project="iris", entity="vision", notes="n")
    run.refresh_from_db()
    assert run.state_now == "preempting"


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("running", "pending", 200),
        ("failed", "pending", 200),
        ("crashed", "pending", 200),
        ("preempted", "pending", 200),
        ("pending", "pending", 200),
        ("pending", "failed", 200),
        ("running", "failed", 200),
        ("finished", "failed", 409),
        ("finished", "pending", 409),
        ("crashed", "failed", 409),
        ("running", "finished", 400),
        ("running", "x", 400),
    ],
)
def test_states_that_people_may_call_it(api, bob, run, before, after, status):
    silence(run, 0, state=before)
    values = {"input": {"id": encode_id("Run", run.pk), "state": after}}
    response = api.post(bob, sdk_document("UpdateRunState"), **values)
    assert response.status_code == status
    run.refresh_from_db()
    assert run.state == (after if status == 200 else before)
    events = Event.objects.filter(kind="run", subject_id=run.pk)
    assert events.count() == (status == 200 and before != after)


def test_the_state_of_a_silent_run_is_crashed(api, bob, run):
    silence(run, 6)
    values = {"input": {"id": encode_id("Run", run.pk), "state": "failed"}}
    status, message = api.refused(bob, sdk_document("UpdateRunState"), **values)
    assert (status, "is crashed" in message) == (409, True)


def test_stop_asks_only_what_goes_on(api, bob, run):
    api(bob, sdk_document("StopRun"), id=encode_id("Run", run.pk))
    api(bob, sdk_document("StopRun"), id=encode_id("Run", run.pk))
    run.refresh_from_db()
    assert run.stop_requested is True
    event = Event.objects.get(kind="run")
    assert (event.verb, event.actor, event.subject) == ("stop", bob, "vision/iris/r1")
    ended = factories.make_run(run.project, bob, state="finished", exit_code=0)
    api(bob, sdk_document("StopRun"), id=encode_id("Run", ended.pk))
    ended.refresh_from_db()
    assert ended.stop_requested is False


def delete(api, user, run, **values):
    return api(user, sdk_document("DeleteRun"), id=encode_id("Run", run.pk), **values)


@pytest.fixture
def version(run, sequence, alice):
    """Logged by the run, and used by another."""
    made = factories.make_version(sequence, by=alice, run=run, aliases=["best"])
    RunOutput.objects.create(run=run, version=made)
    RunInput.objects.create(run=factories.make_run(run.project, alice, name="user"), version=made)
    return made


def test_a_deleted_run_leaves_its_versions(api, bob, run, version):
    factories.make_lines(run, "history", {"_step": 0})
    run.files.create(name="f", blob=factories.make_blob())
    run.alerts.create(title="t")
    assert delete(api, bob, run) == {"deleteRun": {"clientMutationId": None}}
    assert list(Run.objects.values_list("name", flat=True)) == ["user"]
    assert RunLine.objects.exists()  # it can be restored
    version.refresh_from_db()
    assert version.is_committed
    Run.with_deleted.filter(pk=run.pk).update(deleted_at=timezone.now() - timedelta(days=30))
    sweep()
    assert not RunLine.objects.exists()
    tombstone = Run.with_deleted.get(pk=run.pk)
    assert (tombstone.deleted_by, tombstone.config, tombstone.summary) == (bob, {}, {})
    assert not [*tombstone.files.all(), *tombstone.alerts.all()]
    assert version.producers.get().run == tombstone  # what it made still points at it
    assert version.consumers.count() == 1
    query = "query Q($id: ID!) { artifact(id: $id) { createdBy { __typename } state } }"
    found = api(bob, query, id=encode_id("Artifact", version.pk))["artifact"]
    assert found == {"createdBy": {"__typename": "User"}, "state": "COMMITTED"}
    event = Event.objects.get(kind="run", verb="delete")
    assert (event.subject, event.actor) == ("vision/iris/r1", bob)


def test_the_lineage_tells_of_a_deleted_run(api, client, bob, run, version):
    delete(api, bob, run)
    client.force_login(bob)
    page = client.get(f"/vision/iris/artifacts/model/{version.sequence.name}/v0/lineage")
    assert page.status_code == 200
    drawn = [box.name for box in page.context["lineage"].drawing.boxes]
    others = Run.objects.get().display_name
    assert sorted(drawn) == sorted(["iris-model:v0", run.display_name, others])
    assert page.context["lineage"].counts.deleted == 1
    assert page.context["lineage"].counts.hidden == 0


def test_its_versions_go_to_the_trash_when_asked_for(api, bob, run, version, sequence):
    other = factories.make_version(sequence)  # both runs logged it
    for each in (run, factories.make_run(run.project)):
        RunOutput.objects.create(run=each, version=other)
    delete(api, bob, run, deleteArtifacts=True)
    version.refresh_from_db()
    assert version.deleted_at
    assert version.deleted_by == bob
    other.refresh_from_db()
    assert other.deleted_at is None


def test_a_protected_alias_holds_run_and_version(api, bob, run, version, registry):
    place = factories.make_collection(registry.project, "c")
    factories.make_membership(place, version, aliases=["production"])
    number = encode_id("Run", run.pk)
    refused = api.refused(bob, sdk_document("DeleteRun"), id=number, deleteArtifacts=True)
    assert refused[0] == 409
    assert "production" in refused[1]
    version.refresh_from_db()
    assert version.deleted_at is None
    assert Run.objects.filter(pk=run.pk).exists()


def test_the_id_of_a_deleted_run_is_not_used_again(api, bob, run):
    delete(api, bob, run)
    values = {"name": "r1", "project": "iris", "entity": "vision"}
    status, message = api.refused(bob, sdk_document("UpsertBucket"), **values)
    assert status == 400  # not 409, which core would repeat
    assert "'r1' was deleted" in message
    assert not Run.objects.exists()
    assert Run.with_deleted.exclude(deleted_at=None).get().name == "r1"


def test_a_stranger_learns_nothing_of_a_deleted_run(api, bob, charlie, run):
    delete(api, bob, run)
    values = {"id": encode_id("Run", run.pk), "deleteArtifacts": False}
    assert api.refused(charlie, sdk_document("DeleteRun"), **values)[0] == 404


def alert(api, user, **values):
    values = {**PLACE, "title": "t", "text": "x", "severity": "WARN"} | values
    return api(user, sdk_document("NotifyScriptableRunAlert"), **values)


def test_alerts_are_kept_once_in_their_time(api, bob, run):
    assert alert(api, bob)["notifyScriptableRunAlert"] == {"success": True}
    alert(api, bob, waitDuration=60_000)  # the default of wandb 0.31
    alert(api, bob, title="other", waitDuration=60_000)
    RunAlert.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    alert(api, bob, waitDuration=60_000)
    kept = RunAlert.objects.order_by("pk").values_list("title", "text", "severity")
    assert list(kept) == [("t", "x", "WARN"), ("other", "x", "WARN"), ("t", "x", "WARN")]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"title": ""}, 400),
        ({"title": "x" * 257}, 400),
        ({"text": "x" * 10_001}, 400),
        ({"severity": "LOUD"}, 400),
        ({"runName": "none"}, 404),
        ({"entityName": "nobody"}, 404),
    ],
)
def test_bad_alerts(api, bob, run, values, status):
    values = {**PLACE, "title": "t", "text": "x", "severity": "INFO"} | values
    refused = api.refused(bob, sdk_document("NotifyScriptableRunAlert"), **values)
    assert refused[0] == status


@pytest.mark.parametrize("wait", ["x", -1, 1e300, 2**70, [], True, 2**52])
def test_odd_waiting_times(api, bob, run, wait):
    alert(api, bob, waitDuration=wait)
    assert RunAlert.objects.count() == 1


def test_a_pending_run_as_create_run_makes_it(api, bob, project):
    bucket = upsert(api, bob, name="p1", project="iris", entity="vision", state="pending")
    assert json.loads(bucket["config"]) == {}
    run = Run.objects.get(name="p1")
    assert silence(run, 60).state_now == "pending"
    upsert(api, bob, name="p1", project="iris", entity="vision")
    run.refresh_from_db()
    assert run.state_now == "running"
