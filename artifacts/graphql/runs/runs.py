"""Runs as the SDK reads, writes and lists them."""

from artifacts.graphql.runs.filters import FIELDS, ORDERS
from artifacts.models import Project, Run, RunLine
from artifacts.services.projects import DEFAULT_PROJECT
from artifacts.services.reach.runs import reach_run_by_id, reach_run_to_log
from artifacts.services.runs import control, rewind, runs
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.services.people import default_entity_of
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection
from registry_site.texts.ids import decode_id, encode_id

fields(
    "Run",
    id=lambda run: encode_id("Run", run.pk),
    projectId=lambda run: str(run.project_id),
    sweepName=lambda run: None,
    stopped=lambda run: run.stop_requested,
    summaryMetrics=lambda run: run.summary,
    description=lambda run: None,
    notes=lambda run: run.notes or None,
    group=lambda run: run.group or None,
    jobType=lambda run: run.job_type or None,
    commit=lambda run: run.commit or None,
    host=lambda run: run.host or None,
    state=lambda run: run.state_now,
    historyLineCount=lambda run: run.history_lines,
)


@field("Run", "readOnly")
def run_read_only(run: Run, info):
    return not can(info.context.user, Action.EDIT, run.project)


@field("Run", "wandbConfig")
def run_wandb_config(run: Run, info, keys=None):
    """Return what RunResumeStatus reads: a run can be resumed if `t` is in here."""
    own = run.config.get("_wandb")
    value = own.get("value") if isinstance(own, dict) else None
    value = value if isinstance(value, dict) else {}
    return {key: value[key] for key in keys or value if key in value}


@field("Run", "eventsLineCount")
def run_events_line_count(run: Run, info):
    return _next_line(run, "events")


@field("Run", "logLineCount")
def run_log_line_count(run: Run, info):
    return _next_line(run, "console")


def _next_line(run: Run, stream: str) -> int:
    """Return the line at which a resumed run goes on: after the highest number."""
    last = RunLine.objects.of_stream(run, stream).last()
    return last.line + 1 if last else 0


@field("Run", "historyTail")
def run_history_tail(run: Run, info):
    return _tail(run, "history")


@field("Run", "eventsTail")
def run_events_tail(run: Run, info):
    return _tail(run, "events")


def _tail(run: Run, stream: str) -> list[str]:
    last = RunLine.objects.of_stream(run, stream).last()
    return [last.text] if last else []


def _filtered(project: Project, filters):
    listed = Run.objects.filter(project=project).with_state_now()
    return listed.filter(read_filter(filters, FIELDS))


@field("Project", "runs")
def project_runs(project: Project, info, filters=None, after=None, first=None, order=None):
    """Return runs, the oldest first unless the request has an order."""
    rows, detail = _filtered(project, filters), Run.objects.for_api()
    keys = read_order(order, ORDERS, "+created_at")
    return connection(info.context, rows, first=first, after=after, order=keys, detail=detail)


@field("Project", "runCount")
def project_run_count(project: Project, info, filters=None):
    return _filtered(project, filters).count()


_RUN_FIELDS = {
    "display_name": "displayName", "notes": "notes", "group": "groupName", "job_type": "jobType",
    "host": "host", "commit": "commit", "program": "jobProgram", "config": "config",
    "summary": "summaryMetrics", "tags": "tags", "state": "state", "description": "description",
}  # fmt: skip


@field("Mutation", "upsertBucket")
def upsert_bucket(root, info, input):
    """Begin or change a run by its path, or change one by its id; null leaves a field as it is."""
    user = info.context.user
    changes = {ours: input.get(theirs) for ours, theirs in _RUN_FIELDS.items()}
    if input.get("id"):
        run = runs.update_run(by=user, run=_run(info, input["id"]), changes=changes)
        return {"bucket": run, "inserted": False}
    path = {"entity_name": input.get("entityName"), "project_name": input.get("modelName")}
    run, is_new = runs.create_run(by=user, name=input.get("name"), changes=changes, **path)
    return {"bucket": run, "inserted": is_new}


@field("Mutation", "deleteRun")
def delete_run(root, info, input):
    """Delete a run; answer a repeated request in the same way."""
    user = info.context.user
    runs = Run.with_deleted.filter(pk=decode_id(input["id"], "Run"))
    deleted = runs.exclude(deleted_at=None)
    if not deleted.filter(project__in=Project.objects.visible_to(user)).exists():
        with_artifacts = input.get("deleteArtifacts") or False
        control.delete_run(by=user, run=_run(info, input["id"]), with_artifacts=with_artifacts)
    return {}


@field("Mutation", "updateRunState")
def update_run_state(root, info, input):
    run = _run(info, input["id"])
    control.set_run_state(by=info.context.user, run=run, state=input["state"])
    return {"success": True}


@field("Mutation", "stopRun")
def stop_run(root, info, input):
    control.stop_run(by=info.context.user, run=_run(info, input["id"]))
    return {"success": True}


@field("Mutation", "rewindRun")
def rewind_run(root, info, input):
    """Rewind a run for `resume_from` of `wandb.init`; absent fields are as in upsertBucket."""
    user = info.context.user
    entity_name = input.get("entityName") or default_entity_of(user).name
    project_name = input.get("projectName") or DEFAULT_PROJECT
    run = run_at(user, input | {"entityName": entity_name, "projectName": project_name})
    metric, value = input["metricName"], input["metricValue"]
    return {"rewoundRun": rewind.rewind_run(by=user, run=run, metric=metric, value=value)}


def _run(info, run_id: str) -> Run:
    return reach_run_by_id(by=info.context.user, pk=decode_id(run_id, "Run"))


def run_at(user, input) -> Run:
    """Return the run whose path an input names, or raise NotFound."""
    return reach_run_to_log(
        by=user,
        entity_name=input["entityName"],
        project_name=input["projectName"],
        name=input["runName"],
    )
