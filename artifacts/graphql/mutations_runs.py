"""Mutations of runs: begun, described, stopped, deleted; their files and alerts."""

from datetime import timedelta

from django.utils.translation import gettext as _

from artifacts.models import Project, Run, RunFile
from artifacts.services.projects import DEFAULT_PROJECT
from artifacts.services.reach.runs import reach_run_to_log
from artifacts.services.runs.alerts import create_alert
from artifacts.services.runs.control import delete_run, set_run_state, stop_run
from artifacts.services.runs.files import check_run_files, create_run_files, delete_run_files
from artifacts.services.runs.rewind import rewind_run
from artifacts.services.runs.runs import create_run, update_run
from artifacts.signing import upload_path
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import NotFound
from registry_site.graphql.binding import field
from registry_site.texts.ids import decode_id, encode_id

_RUN_FIELDS = {
    "display_name": "displayName", "notes": "notes", "group": "groupName", "job_type": "jobType",
    "host": "host", "commit": "commit", "program": "jobProgram", "config": "config",
    "summary": "summaryMetrics", "tags": "tags", "state": "state", "description": "description",
}  # fmt: skip


@field("Mutation", "upsertBucket")
def upsert_bucket(root, info, input):
    """Begin or describe a run by its path, or describe one by its id; null leaves as it is."""
    user = info.context.user
    changes = {ours: input.get(theirs) for ours, theirs in _RUN_FIELDS.items()}
    if input.get("id"):
        run = _need_run(user, input["id"])
        return {"bucket": update_run(by=user, run=run, changes=changes), "inserted": False}
    run, is_new = create_run(
        by=user, entity_name=input.get("entityName"), project_name=input.get("modelName"),
        name=input.get("name"), changes=changes,
    )  # fmt: skip
    return {"bucket": run, "inserted": is_new}


@field("Mutation", "deleteRun")
def delete_run_mutation(root, info, input):
    """A run that was deleted already answers so again: a repeated request."""
    user = info.context.user
    named = Run.with_deleted.filter(pk=decode_id(input["id"], "Run"))
    deleted = named.exclude(deleted_at=None)
    if not deleted.filter(project__in=Project.objects.visible_to(user)).exists():
        with_artifacts = input.get("deleteArtifacts") or False
        delete_run(by=user, run=_need_run(user, input["id"]), with_artifacts=with_artifacts)
    return {}


@field("Mutation", "updateRunState")
def update_run_state(root, info, input):
    user = info.context.user
    set_run_state(by=user, run=_need_run(user, input["id"]), state=input["state"])
    return {"success": True}


@field("Mutation", "stopRun")
def stop_run_mutation(root, info, input):
    stop_run(by=info.context.user, run=_need_run(info.context.user, input["id"]))
    return {"success": True}


@field("Mutation", "rewindRun")
def rewind_run_mutation(root, info, input):
    """`resume_from` of `wandb.init`; what is left out is as in upsertBucket."""
    user = info.context.user
    place = {
        "entityName": input.get("entityName") or default_entity_of(user).name,
        "projectName": input.get("projectName") or DEFAULT_PROJECT,
    }
    run = _run_at(user, input | place)
    metric, value = input["metricName"], input["metricValue"]
    return {"rewoundRun": rewind_run(by=user, run=run, metric=metric, value=value)}


def _need_run(user, text: str) -> Run:
    run = Run.objects.visible_to(user).for_api().filter(pk=decode_id(text, "Run")).first()
    if run is None:
        raise NotFound(_("There is no such run that you may see."))
    return run


@field("Mutation", "createRunFiles")
def create_run_files_mutation(root, info, input):
    user, base = info.context.user, info.context.base_url
    run = _run_at(user, input)
    names = list(dict.fromkeys(input["files"]))
    rows = create_run_files(by=user, run=run, names=names)
    files = [  # core finds each by the name that it sent (wandb 0.31)
        {"name": name, "uploadUrl": base + upload_path("run_file", row.pk)}
        for name, row in zip(names, rows, strict=True)
    ]
    return {"runID": encode_id("Run", run.pk), "uploadHeaders": [], "files": files}


@field("Mutation", "markRunFilesUploaded")
def mark_run_files_uploaded(root, info, input):
    user = info.context.user
    check_run_files(by=user, run=_run_at(user, input), names=input["files"])
    return {"success": True}


@field("Mutation", "deleteFiles")
def delete_files(root, info, input):
    """wandb 0.31 names the project by its number; older releases may leave it out."""
    pks = [decode_id(text, "RunFile") for text in input["files"]]
    number = input.get("projectId")
    if number is None:
        number = RunFile.objects.filter(pk__in=pks).values_list("run__project", flat=True).first()
    project = Project.objects.visible_to(info.context.user).for_role().filter(pk=number).first()
    if project is None:
        raise NotFound(_("There are no such files that you may see."))
    delete_run_files(by=info.context.user, project=project, pks=pks)
    return {"success": True}


@field("Mutation", "notifyScriptableRunAlert")
def notify_run_alert(root, info, input):
    """`waitDuration` comes in milliseconds (wandb 0.31), though others write it in nanoseconds."""
    user = info.context.user
    create_alert(
        by=user, run=_run_at(user, input), title=input["title"], text=input["text"],
        severity=input.get("severity") or "INFO", wait=_wait(input.get("waitDuration")),
    )  # fmt: skip
    return {"success": True}


def _wait(milliseconds) -> timedelta:
    """The time in which the same alert is not told again; bounded, as anything may be sent."""
    if type(milliseconds) not in (int, float) or not 0 <= milliseconds < 2**53:
        return timedelta()
    return timedelta(milliseconds=milliseconds)


def _run_at(user, input) -> Run:
    return reach_run_to_log(
        by=user, entity_name=input["entityName"], project_name=input["projectName"],
        name=input["runName"],
    )  # fmt: skip
