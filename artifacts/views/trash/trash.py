"""What was deleted from a project or a registry and can still be brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Project
from artifacts.views.breadcrumbs import Crumbs, artifact_crumbs
from artifacts.views.paths import in_project
from artifacts.views.trash.kinds import KINDS, Kind, trash_listing
from artifacts.views.trash.messages import what_is_back, what_is_lost
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.errors import Conflict, Denied, NotFound
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, form_page, go_to, list_page, render_page

_SINGLE_MESSAGES = 5  # things of which each has a message of its own


@dataclass(frozen=True)
class TrashPage:
    """What trash_list.html shows: one kind of what can be restored."""

    project: Project
    kind: Kind
    tabs: Sequence[dict[str, Any]]  # the other kinds; none in a registry's trash
    table: Table
    days: int  # for which things stay in the trash
    can_restore: bool


@form_page
@in_project
def trash_list(request: HtmxRequest, project: Project, kind: str = "versions") -> HttpResponse:
    if project.is_registry:
        return redirect(project.trash_url)
    url = reverse("artifacts:trash_list", args=[project.entity.name, project.name])
    tabs = [
        {
            "label": each.label,
            "url": url if each.name == "versions" else f"{url}/{each.name}",
            "current": each.name == kind,
        }
        for each in KINDS.values()
    ]
    crumbs = artifact_crumbs(project, last=_("Trash"))
    return answer_trash(request, project, KINDS[kind], url, crumbs, tabs)


@exported
@in_project
def trash_export(request: HtmxRequest, project: Project, name: str) -> Listing:
    if name not in KINDS or project.is_registry:
        raise NotFound(_("A project's trash has no list “{name}”.").format(name=name[:64]))
    url = reverse("artifacts:trash_list", args=[project.entity.name, project.name])
    return trash_listing(project, name, url)


def answer_trash(
    request: HtmxRequest,
    project: Project,
    kind: Kind,
    url: str,
    breadcrumb: Crumbs,
    tabs: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    """Show one kind of what can be restored, or restore what the form names."""
    if request.method == "POST":
        only = request.POST.get("only")
        keys = [only] if only else request.POST.getlist(kind.word)
        _restore_all(request, project, kind, keys)
        return go_to(request, request.path)
    page = TrashPage(
        project=project,
        kind=kind,
        tabs=tabs,
        table=list_page(request, trash_listing(project, kind.name, url), summary=kind.summary),
        days=settings.TRASH_DAYS,
        can_restore=can(request.user, Action.EDIT, project),
    )
    context = {"page": page, "breadcrumb": breadcrumb}
    return render_page(request, "artifacts/trash/trash_list.html", context, fragment="trash")


def _restore_all(request: HtmxRequest, project: Project, kind: Kind, keys: list[str]) -> None:
    """Restore each thing by itself and report on it; a refusal of one doesn't stop the others."""
    things = [kind.find(project, key) for key in dict.fromkeys(keys)]
    if not things:
        raise NotFound(_("Nothing was chosen: tick what is to be restored."))
    restored, refused = [], []
    for thing in things:
        try:
            restored.append(kind.restore(request.user, thing))
        except (Conflict, Denied) as refusal:
            if len(things) == 1:
                raise
            refused.append(refusal.message)
    if len(restored) > _SINGLE_MESSAGES:
        text = ngettext("{count} is back.", "{count} are back.", len(restored))
        messages.success(request, text.format(count=len(restored)))
    for restoration in restored:
        if len(restored) <= _SINGLE_MESSAGES:
            messages.success(request, " ".join(what_is_back(request.user, restoration)))
        for lost in what_is_lost(request.user, restoration):
            messages.warning(request, lost)
    for sentence in dict.fromkeys(refused):
        messages.warning(request, sentence)
