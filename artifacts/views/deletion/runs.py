"""Runs of a project: those that were ticked, or all that fit the filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.models import Project, Run, RunOutput, Version
from artifacts.services.deletion.job_kinds import RUNS, rehearse_run
from artifacts.views.deletion.dialog import Deletion, answer_deletion
from artifacts.views.paths import with_project
from artifacts.views.run.listing import runs_fitting
from registry_site.pages import HtmxRequest, form_page

TICKED, ALL = "ticked", "all"


@dataclass(frozen=True)
class RunChoice:
    """What _choice_runs.html shows: which runs are chosen."""

    which: str
    ticked: list[str]
    query: dict[str, str]
    with_artifacts: bool
    logged: int  # versions that no other run logged


@form_page
@with_project
def runs_delete(request: HtmxRequest, project: Project) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    ticked = data.getlist("run")
    which = which_of(data, ticked, "q", "state")
    runs = Run.objects.filter(project=project)
    chosen = runs.filter(name__in=ticked) if which == TICKED else runs_fitting(runs, data)
    with_artifacts = "with_artifacts" in data
    choice = RunChoice(
        which=which,
        ticked=ticked,
        query={"q": data.get("q", ""), "state": data.get("state", "")},
        with_artifacts=with_artifacts,
        logged=_logged_only_by(chosen, project).count(),
    )
    return answer_deletion(request, _deletion(project, chosen, with_artifacts), choice)


def which_of(data: Any, ticked: Sequence[Any], *filters: str) -> str:
    """Return which runs a form asks for; all of them by default only where there is a filter."""
    if data.get("which") in {TICKED, ALL}:
        return str(data["which"])
    is_filtered = any(data.get(name, "").strip() for name in filters)
    return ALL if is_filtered and not ticked else TICKED


def _deletion(project: Project, chosen: QuerySet[Run], with_artifacts: bool) -> Deletion:
    versions = _logged_only_by(chosen, project) if with_artifacts else Version.objects.none()
    return Deletion(
        kind=RUNS,
        act=rehearse_run,
        project=project,
        about=str(project),
        page=project.get_absolute_url(),
        title=_("Delete runs of {name}").format(name=project),
        chosen=chosen,
        things=lambda runs: list(runs.values_list("pk", "display_name")),
        doubtful=chosen.order_by("pk"),
        versions=versions,
        arguments={"with_artifacts": with_artifacts},
        template="artifacts/deletion/_choice_runs.html",
    )


def _logged_only_by(runs: QuerySet[Run], project: Project) -> QuerySet[Version]:
    """Return versions that these runs and no other existing run logged: they can go, too."""
    chosen = runs.order_by().values("pk")
    logged = RunOutput.objects.filter(run__in=chosen).values("version")
    others = RunOutput.objects.filter(version=OuterRef("pk"), run__deleted_at=None)
    return Version.objects.committed().filter(
        ~Exists(others.exclude(run__in=chosen)), pk__in=logged, sequence__project=project
    )
