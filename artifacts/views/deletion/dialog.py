"""The dialog that deletes: it shows what goes and what stays, and then starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Job, Project, Version
from artifacts.services.deletion.consequences import (
    NAMED,
    Consequences,
    Refusal,
    consequences_of,
    rehearse,
)
from artifacts.services.deletion.job_kinds import RUNS, VERSIONS
from artifacts.services.jobs.jobs import can_undo, create_job, settle
from artifacts.services.jobs.kinds import AT_ONCE
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, check
from registry_site.pages import HtmxRequest, go_to, render_page, undo_address

Things = list[tuple[int, str]]


@dataclass(frozen=True)
class Deletion:
    """What was chosen to be deleted.

    `fitting` has the chosen things and those that the choice keeps; it is None where a choice keeps
    none. `things` reads keys and names of a queryset of them. `doubtful` has those first that are
    most likely refused. `versions` are the versions that go with them.
    """

    kind: str
    project: Project
    about: str
    title: str
    page: str  # where one goes afterwards
    chosen: QuerySet[Any]
    things: Callable[[QuerySet[Any]], Things]
    doubtful: QuerySet[Any]
    versions: QuerySet[Version]
    act: Callable[..., Any]
    template: str  # of what may be chosen
    arguments: dict[str, Any] = field(default_factory=dict)
    fitting: QuerySet[Any] | None = None


@dataclass(frozen=True)
class DeletionPage:
    """What delete.html shows: what can be chosen, what goes and what stays."""

    deletion: Deletion
    choice: Any  # what `deletion.template` shows
    has_changed: bool  # whether what was chosen is not what the form showed
    count: int
    kept_count: int
    button: str
    names: list[str]  # of what goes, where there are few
    goes: Consequences
    refusals: list[Refusal]  # the first of them
    refused: int
    is_sample: bool  # whether only some were asked for refusals
    is_off: bool  # whether nothing would be deleted
    is_job: bool  # whether it goes on in the background
    is_only: bool  # whether there is nothing to choose


def answer_deletion(request: HtmxRequest, deletion: Deletion, choice: Any) -> HttpResponse:
    """Show what a deletion does, or do it. `choice` is what its own template shows."""
    check(request.user, Action.EDIT, deletion.project)
    if request.method != "POST":
        return _show(request, _page(request, deletion, choice))
    things = deletion.things(deletion.chosen.order_by("pk"))
    if not things or str(len(things)) != request.POST.get("seen"):
        return _show(request, _page(request, deletion, choice, has_changed=True), status=422)
    job = create_job(
        by=request.user,
        kind=deletion.kind,
        project=deletion.project,
        about=deletion.about,
        things=things,
        page=deletion.page,
        arguments=deletion.arguments,
    )
    job = settle(job)
    if job.state != Job.State.DONE or job.refused:
        return go_to(request, job.get_absolute_url())
    messages.success(request, _deleted(deletion.kind, things), extra_tags=_undo(request.user, job))
    return go_to(request, deletion.page)


def _deleted(kind: str, things: Things) -> str:
    name = things[0][1] if len(things) == 1 else _counted(kind, len(things))
    return _("{name} deleted.").format(name=name)


def _counted(kind: str, count: int) -> str:
    if kind == VERSIONS:
        text = ngettext("{n} version", "{n} versions", count)
    elif kind == RUNS:
        text = ngettext("{n} run", "{n} runs", count)
    else:
        text = ngettext("{n} collection", "{n} collections", count)
    return text.format(n=f"{count:,}")


def _undo(user: User, job: Job) -> str:
    if not can_undo(by=user, job=job):
        return ""
    return undo_address(reverse("artifacts:job_undo", args=[job.pk]))


def _page(
    request: HtmxRequest, deletion: Deletion, choice: Any, *, has_changed: bool = False
) -> DeletionPage:
    count = deletion.chosen.count()
    first = deletion.things(deletion.doubtful[:AT_ONCE]) if count else []
    job = Job(kind=deletion.kind, project=deletion.project, arguments=deletion.arguments)
    refusals, seen = rehearse(by=request.user, act=deletion.act, job=job, things=first)
    data = request.POST if request.method == "POST" else request.GET
    return DeletionPage(
        deletion=deletion,
        choice=choice,
        has_changed=has_changed,
        count=count,
        kept_count=deletion.fitting.count() - count if deletion.fitting is not None else 0,
        button=_("Delete {things}").format(things=_counted(deletion.kind, count)),
        names=[name for _pk, name in first][:NAMED] if count <= NAMED else [],
        goes=consequences_of(by=request.user, versions=deletion.versions),
        refusals=refusals[:NAMED],
        refused=len(refusals),
        is_sample=seen < count,
        is_off=not count or len(refusals) == count,
        is_job=count > AT_ONCE,
        is_only="only" in data,
    )


def _show(request: HtmxRequest, page: DeletionPage, status: int = 200) -> HttpResponse:
    fragment = "deletion" if request.htmx.target == "deletion" else "dialog"
    template = "artifacts/deletion/delete.html"
    return render_page(request, template, {"page": page}, fragment=fragment, status=status)
