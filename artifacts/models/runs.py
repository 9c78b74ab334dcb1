"""Runs, which are executions of user code: their reports, inputs, outputs, files and alerts."""

from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from artifacts.models.collections import Collection
from artifacts.models.files import Blob
from artifacts.models.projects import Project
from artifacts.models.versions import Version
from artifacts.querysets.runs import LiveRuns, RunLineQuerySet, RunQuerySet
from registry_site.accounts.models import User


class Run(models.Model):
    """One run: `name` is the short id in addresses, `display_name` is what people read.

    A deleted run can be restored until it is removed for good. Its row then stays, without what
    the run reported, because others point at it, and its id is never reused. `objects` leaves out
    deleted runs; `with_deleted` has all.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")
        CRASHED = "crashed", _("crashed")
        KILLED = "killed", _("killed")
        PREEMPTING = "preempting", _("preempting")
        PREEMPTED = "preempted", _("preempted")

    # A live run reports every 30 s (wandb 0.31). After five minutes of silence it counts as dead,
    # until it reports again; this is computed when read, and needs no background task.
    SILENCE = timedelta(minutes=5)
    AFTER_SILENCE = {State.RUNNING: State.CRASHED, State.PREEMPTING: State.PREEMPTED}

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="runs", db_index=False
    )
    name = models.CharField(max_length=128)
    display_name = models.CharField(max_length=256)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # as last reported; the present state is `state_now`, or `with_state_now()` in queries
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    exit_code = models.IntegerField(null=True, blank=True)
    config = models.JSONField(default=dict)  # as the SDK sends it: {key: {"value": …}}
    summary = models.JSONField(default=dict)
    notes = models.TextField(blank=True)
    description = models.TextField(blank=True)  # from older scripts; newer ones write notes
    tags = models.JSONField(default=list)
    group = models.CharField(max_length=256, blank=True)
    job_type = models.CharField(max_length=256, blank=True)
    host = models.CharField(max_length=256, blank=True)
    commit = models.CharField(max_length=256, blank=True)
    program = models.TextField(blank=True)
    stop_requested = models.BooleanField(default=False)
    # counted from its lines, so that lists don't have to read these
    history_lines = models.PositiveIntegerField(default=0)  # one more than the highest number
    last_step = models.BigIntegerField(null=True, blank=True)
    history_keys = models.JSONField(default=dict)  # see artifacts.formats.run_history.count_metrics
    system_metrics = models.JSONField(default=dict)  # the last event
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # for good: a tombstone since

    objects = LiveRuns()
    with_deleted = RunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="run_name_unique")]
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="run_newest"),
            models.Index(
                fields=["project", "-deleted_at", "-id"],
                condition=models.Q(deleted_at__isnull=False, removed_at__isnull=True),
                name="run_trash_of",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False, removed_at__isnull=True),
                name="run_trash",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def path(self) -> str:
        """The path that `wandb.Api().run()` takes: `{entity}/{project}/{run}`."""
        return f"{self.project.entity.name}/{self.project.own_name}/{self.name}"

    def get_absolute_url(self) -> str:
        project = self.project
        return reverse(
            "artifacts:run_detail", args=[project.entity.name, project.own_name, self.name]
        )

    @property
    def state_now(self) -> "Run.State":
        """The reported state, or the one that follows from a long silence."""
        state = Run.State(self.state)
        if timezone.now() - self.heartbeat_at <= Run.SILENCE:
            return state
        return Run.AFTER_SILENCE.get(state, state)

    @property
    def is_going(self) -> bool:
        return self.state_now in Run.AFTER_SILENCE

    @property
    def is_open(self) -> bool:
        """Whether the run is still expected to report: it is running, or has yet to begin."""
        return self.is_going or self.state_now == Run.State.PENDING


class RunLine(models.Model):
    """One line of one stream of a run; the same line sent again overwrites it."""

    class Stream(models.TextChoices):
        HISTORY = "history", "history"
        EVENTS = "events", "events"
        CONSOLE = "console", "console"

    # without an index of its own: the unique key begins with it
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines", db_index=False)
    stream = models.CharField(max_length=8, choices=Stream)
    line = models.PositiveIntegerField()  # from 0, without regard to the metric `_step`
    text = models.TextField()  # JSON of history and events; console: as the SDK sends it
    step = models.BigIntegerField(null=True, blank=True)  # `_step` of a line of the history

    objects = RunLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "stream", "line"], name="run_line_unique")
        ]
        indexes = [
            models.Index(
                fields=["run", "step", "line"],
                condition=models.Q(step__isnull=False),
                name="run_line_step",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.line}"


class RunAlert(models.Model):
    """An alert that a run's script raised (`run.alert`)."""

    class Severity(models.TextChoices):
        INFO = "INFO", _("info")
        WARN = "WARN", _("warning")
        ERROR = "ERROR", _("error")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="alerts")
    title = models.CharField(max_length=256)
    text = models.TextField(blank=True)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.INFO)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class RunFile(models.Model):
    """A file that a run saved beside its artifacts; `blob` is set once it has arrived."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="files", db_index=False)
    name = models.TextField()
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="run_files"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_file_unique")]

    def __str__(self) -> str:
        return self.name


class RunOutput(models.Model):
    """A version that a run logged; where two runs log equal content, it is an output of both."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outputs", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="producers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "version"], name="run_output_unique")]

    def __str__(self) -> str:
        return f"{self.run_id} → {self.version_id}"


class RunInput(models.Model):
    """A version that a run used, and the collection through which the run reached it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="consumers")
    project = models.ForeignKey(
        Project, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # the collection whose path the run used
    collection = models.ForeignKey(
        Collection, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # the membership there, if known
    reference = models.CharField(max_length=128, blank=True)  # alias or number, "" if unknown
    used_as = models.CharField(max_length=256, blank=True)  # the purpose, as the script named it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "version"], name="run_input_unique")]
        indexes = [
            models.Index(fields=["collection", "created_at", "version"], name="run_input_through")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} → {self.run_id}"
