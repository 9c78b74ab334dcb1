"""Runs as the SDK reads and writes them."""

from django.db.models import Max, Prefetch

from artifacts.models import Run, RunInput, RunLine, RunOutput, Version
from registry_site.accounts.permissions import Action, can
from registry_site.errors import DomainError
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection
from registry_site.graphql.ids import encode_id
from registry_site.json_text import read_object

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


def _lines(run: Run, stream: str):
    return RunLine.objects.filter(run=run, stream=stream)


@field("Run", "historyLineCount", "eventsLineCount", "logLineCount")
def run_line_count(run: Run, info):
    """Where a resumed run goes on: after the highest number."""
    stream = {"historyLineCount": "history", "eventsLineCount": "events"}.get(info.field_name)
    last = _lines(run, stream or "console").aggregate(last=Max("line"))["last"]
    return 0 if last is None else last + 1


def _last_line(run: Run, stream: str) -> str | None:
    return _lines(run, stream).order_by("-line").values_list("text", flat=True).first()


@field("Run", "historyTail", "eventsTail")
def run_tail(run: Run, info):
    last = _last_line(run, "history" if info.field_name == "historyTail" else "events")
    return [last] if last else []


def _last_object(run: Run, stream: str) -> dict:
    try:
        return read_object(_last_line(run, stream) or "{}", "The line")
    except DomainError:  # lines are kept as they came
        return {}


@field("Run", "historyKeys")
def run_history_keys(run: Run, info):
    """The last step: wandb 0.31 reads no more of it."""
    step = _last_object(run, "history").get("_step")
    return {"lastStep": step if isinstance(step, int) else -1}


@field("Run", "systemMetrics")
def run_system_metrics(run: Run, info):
    last = _last_object(run, "events")
    return {name[7:]: value for name, value in last.items() if name.startswith("system.")}


@field("Run", "outputArtifacts", "inputArtifacts")
def run_artifacts(run: Run, info, after=None, first=None):
    """Versions that the run made or used, as far as the viewer may see them."""
    user = info.context.user
    rows = RunOutput if info.field_name == "outputArtifacts" else RunInput
    visible = Version.objects.visible_to(user).committed()
    found = rows.objects.filter(run=run, version__in=visible).prefetch_related(
        Prefetch("version", queryset=Version.objects.with_places(user))
    )
    return connection(
        info.context, found, first=first, after=after,
        edge=lambda row: {"node": row.version, "version": f"v{row.version.version_index}"},
    )  # fmt: skip
