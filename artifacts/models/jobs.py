"""Work in the background: jobs, the things that each one goes through, and the workers."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from artifacts.models.projects import Project
from artifacts.querysets.jobs import JobItemQuerySet, JobQuerySet
from registry_site.accounts.models import User


class Job(models.Model):
    """Work that a person asked for and a worker does in steps; `done` counts things of `total`.

    Each step writes its effect and the job's progress in one transaction, so that another worker
    can go on from there after the first was killed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    OPEN = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=64)  # a name in artifacts.services.jobs.kinds
    by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="jobs", db_index=False
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    about = models.CharField(max_length=512)  # the path of what it works on
    page = models.CharField(max_length=1024, blank=True)  # where it was created
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    stop_requested = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # including refused things
    refused = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)  # one sentence
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )  # the job whose things this one brings back
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["by", "-created_at", "-id"], name="job_of_person"),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"

    def get_absolute_url(self) -> str:
        return reverse("artifacts:job_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def changed(self) -> int:
        """The number of things that the job changed; the others were refused."""
        return self.done - self.refused

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class JobItem(models.Model):
    """One thing of a job: its key, and the name that it had when the job was created."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items", db_index=False)
    thing = models.BigIntegerField()  # the key of a version, run or collection
    name = models.CharField(max_length=512)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    sentence = models.TextField(blank=True)  # why it was refused

    objects = JobItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "thing"], name="job_item_unique"),
        ]
        indexes = [models.Index(fields=["job", "state", "id"], name="job_item_next")]

    def __str__(self) -> str:
        return self.name


class JobWorker(models.Model):
    """A worker, alive or dead: while it lives, it updates its row every few seconds."""

    name = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=255)
    machine = models.CharField(max_length=128)  # boot and namespace, in which `pid` is unique
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="job_worker_seen")]

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}"
