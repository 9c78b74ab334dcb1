"""Jobs: the list of those that one may see, and a page of each with its progress and report."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from artifacts.models import Job
from artifacts.services.deletion.job_kinds import COLLECTIONS, RUNS
from artifacts.services.jobs import jobs as life
from artifacts.services.jobs.kinds import KINDS
from artifacts.services.jobs.workers import WorkerState, worker_state
from artifacts.services.sweep.daily import last_sweep
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.roles import roles_of
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Columns, Listing
from registry_site.pages import (
    HtmxRequest,
    Table,
    go_to,
    list_page,
    next_url,
    render_page,
    show_again,
)

_COLUMNS: Columns = {
    "job": lambda job: job.kind,
    "about": lambda job: job.about,
    "by": lambda job: job.by and job.by.username,
    "state": lambda job: job.state,
    "total": lambda job: job.total,
    "done": lambda job: job.done,
    "refused": lambda job: job.refused,
    "created_at": lambda job: job.created_at,
    "started_at": lambda job: job.started_at,
    "finished_at": lambda job: job.finished_at,
}
_LINES: Columns = {"name": lambda line: line.name, "reason": lambda line: line.sentence}


@require_safe
def job_list(request: HtmxRequest) -> HttpResponse:
    page = list_page(
        request,
        _jobs_listing(request.user),
        summary=lambda n: ngettext("{count} job · newest first", "{count} jobs · newest first", n),
    )
    is_admin = roles_of(request.user).is_server_admin
    context = {
        "page": page,
        "rows": [(job, title_of(job)) for job in page.rows],
        "worker": worker_state() if is_admin else None,
        "sweep": last_sweep() if is_admin else None,
        "breadcrumb": [{"label": _("Jobs")}],
    }
    return render_page(request, "artifacts/jobs/job_list.html", context, fragment="jobs")


@exported
def jobs_export(request: HtmxRequest) -> Listing:
    return _jobs_listing(request.user)


def _jobs_listing(user: User) -> Listing:
    return Listing(
        url="/-/jobs/-/jobs",
        rows=Job.objects.visible_to(user).for_page(),
        order=("-created_at", "-pk"),
        columns=_COLUMNS,
    )


def title_of(job: Job) -> str:
    """Return what the job does, in the words of its kind."""
    kind = KINDS.get(job.kind)
    return str(kind.title) if kind else job.kind


@dataclass(frozen=True)
class JobPage:
    """What job_detail.html shows of a job."""

    title: str
    may_stop: bool
    may_undo: bool
    undone_by: Job | None
    place: str  # the page on which it was started; "" for those who may not open it
    trash_url: str  # of what it deleted; "" for those who may not open it
    worker: WorkerState | None  # while the job is open
    lines: Table  # what was refused


@require_safe
def job_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    job = life.reach_job(by=request.user, pk=pk)
    jobs = {"label": _("Jobs"), "url": reverse("artifacts:job_list")}
    context = {
        "job": job,
        "page": _page(request, job),
        "breadcrumb": [jobs, {"label": title_of(job)}],
    }
    fragment = "lines" if request.htmx.target == "lines" else "job"
    return render_page(request, "artifacts/jobs/job_detail.html", context, fragment=fragment)


def _page(request: HtmxRequest, job: Job) -> JobPage:
    user = request.user
    return JobPage(
        title=title_of(job),
        may_stop=job.is_open and life.can_stop(by=user, job=job),
        may_undo=life.can_undo(by=user, job=job),
        undone_by=life.undoing_of(job),
        place=_place(user, job),
        trash_url=_trash(user, job),
        worker=worker_state() if job.is_open else None,
        lines=list_page(
            request,
            _lines_listing(user, job),
            summary=lambda n: ngettext("{count} was refused", "{count} were refused", n),
        ),
    )


def _trash(user: User, job: Job) -> str:
    """Return the address of the trash that has what the job deleted, if the person may see it."""
    url = job.project.trash_url
    if not url or not can(user, Action.READ, job.project):
        return ""
    below = {RUNS: "/runs", COLLECTIONS: "/collections"} if not job.project.is_registry else {}
    return url + below.get(job.kind, "")


def _place(user: User, job: Job) -> str:
    """Return the page on which the job was started, if the person may see its project."""
    return job.page if can(user, Action.READ, job.project) else ""


@exported
def refusals_export(request: HtmxRequest, pk: int) -> Listing:
    return _lines_listing(request.user, life.reach_job(by=request.user, pk=pk))


def _lines_listing(user: User, job: Job) -> Listing:
    """Return what the job could not do, in order, with the reasons that the person may read."""
    return Listing(
        url=f"{job.get_absolute_url()}/-/refusals",
        rows=job.items.refused(),
        order=("pk",),
        columns=_LINES,
        complete=lambda items: life.readable_refusals(by=user, job=job, items=items),
        has_pages=False,
    )


@require_POST
def job_stop(request: HtmxRequest, pk: int) -> HttpResponse:
    job = life.reach_job(by=request.user, pk=pk)
    life.stop_job(by=request.user, job=job)
    messages.success(request, _("The job ends before its next step. What it did stays done."))
    return show_again(request, job.get_absolute_url())


@require_POST
def job_undo(request: HtmxRequest, pk: int) -> HttpResponse:
    job = life.reach_job(by=request.user, pk=pk)
    undoing = life.undo_job(by=request.user, job=job)
    if undoing.state != Job.State.DONE or undoing.refused:
        return go_to(request, undoing.get_absolute_url())
    count = undoing.changed
    messages.success(
        request, ngettext("{n} restored.", "{n} restored.", count).format(n=f"{count:,}")
    )
    return go_to(request, next_url(request, undoing.page or undoing.get_absolute_url()))
