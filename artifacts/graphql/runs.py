"""Runs as the SDK reads and writes them."""

from django.db.models import Prefetch

from artifacts.models import Run, RunInput, RunLine, RunOutput, Version
from artifacts.reads.lookups import list_together
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection
from registry_site.texts.ids import encode_id

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
    """RunResumeStatus: a run can be resumed if `t` is in here."""
    own = run.config.get("_wandb")
    value = own.get("value") if isinstance(own, dict) else None
    value = value if isinstance(value, dict) else {}
    return {key: value[key] for key in keys or value if key in value}


@field("Run", "eventsLineCount", "logLineCount")
def run_line_count(run: Run, info):
    """Where a resumed run goes on: after the highest number."""
    stream = "events" if info.field_name == "eventsLineCount" else "console"
    last = RunLine.objects.of_stream(run, stream).last()
    return last.line + 1 if last else 0


@field("Run", "historyTail", "eventsTail")
def run_tail(run: Run, info):
    stream = "history" if info.field_name == "historyTail" else "events"
    last = RunLine.objects.of_stream(run, stream).last()
    return [last.text] if last else []


@field("Run", "outputArtifacts", "inputArtifacts")
def run_artifacts(run: Run, info, after=None, first=None):
    """Versions that the run made or used, as far as the viewer may see them."""
    user = info.context.user
    rows = RunOutput if info.field_name == "outputArtifacts" else RunInput
    visible = Version.objects.visible_to(user).committed()
    found = rows.objects.filter(run=run, version__in=visible).prefetch_related(
        Prefetch("version", queryset=Version.objects.for_list())
    )
    page = connection(
        info.context, found, first=first, after=after,
        edge=lambda row: {"node": row.version, "version": f"v{row.version.version_index}"},
    )  # fmt: skip
    list_together([edge["node"] for edge in page["edges"]])
    return page
