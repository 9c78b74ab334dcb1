"""A project's overview: its runs and its collections."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership, Project, Run
from artifacts.querysets.runs import RunQuerySet
from artifacts.views.lookup import project_at
from artifacts.views.usage_code import log_code
from registry_site.accounts.permissions import Action, can
from registry_site.pages import HtmxRequest, Table, render_page, table_of

COLLECTIONS_SHOWN = 10


@require_safe
def project_detail(request: HtmxRequest, entity: str, project: str) -> HttpResponse:
    found = project_at(request.user, entity, project)
    if found.is_registry:
        return redirect(found)
    context = {
        "project": found,
        "runs": _runs(request, found),
        "states": Run.State.choices,
        "query": request.GET.get("q", ""),
        "state": request.GET.get("state", ""),
        "collections": _collections(found),
        "can_log": can(request.user, Action.EDIT, found),
        "log_code": log_code(found.entity.name, found.name),
        "breadcrumb": [
            {"label": found.entity.name, "url": found.entity.get_absolute_url()},
            {"label": found.name},
        ],
    }
    return render_page(request, "artifacts/project_detail.html", context, fragment="runs")


def _runs(request: HtmxRequest, project: Project) -> Table:
    runs = _filtered(Run.objects.filter(project=project), request.GET)
    return table_of(
        request,
        runs.listed().select_related("user__entity", "project__entity"),
        order=("-created_at", "-pk"),
        summary=lambda n: ngettext("{count} run · newest first", "{count} runs · newest first", n),
    )


def _filtered(runs: RunQuerySet, wanted: Any) -> RunQuerySet:
    """Runs whose name or id has the text of `q` in it, in the state of `state`."""
    if text := wanted.get("q", "").strip():
        runs = runs.filter(Q(display_name__icontains=text) | Q(name__icontains=text))
    if wanted.get("state") in Run.State.values:
        runs = runs.with_state_now().filter(state_now=wanted["state"])
    return runs


def _collections(project: Project) -> dict[str, Any]:
    """The collections changed last, each with its newest version; the browser has the others."""
    listed = Collection.objects.filter(project=project).listed()
    newest = listed.with_newest().for_path().order_by("-updated_at", "-pk")
    total = listed.count()
    text = ngettext(
        "{count} collection · last changed first", "{count} collections · last changed first", total
    )
    return {
        "rows": with_newest_versions(list(newest[:COLLECTIONS_SHOWN])),
        "total": total,
        "summary": text.format(count=f"{total:,}"),
        "is_cut": total > COLLECTIONS_SHOWN,
    }


def with_newest_versions(collections: list[Any]) -> list[Any]:
    """Set `newest` of each collection annotated with `newest_id`, for all in two queries."""
    ids = [collection.newest_id for collection in collections if collection.newest_id]
    found = Membership.objects.for_path().prefetch_related("aliases").in_bulk(ids)
    for collection in collections:
        collection.newest = found.get(collection.newest_id)
    return collections
