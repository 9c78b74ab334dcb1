"""A collection of a project in the artifact browser, with its versions."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.markdown import render_markdown
from artifacts.models import Collection, Membership
from artifacts.views.browser import breadcrumb_of, browser_context, render_browser
from artifacts.views.lookup import collection_at, project_at
from artifacts.views.usage_code import first_version_code
from registry_site.accounts.permissions import Action, can
from registry_site.pages import HtmxRequest, Table, table_of


@require_safe
def collection_detail(
    request: HtmxRequest, entity: str, project: str, type_name: str, collection: str
) -> HttpResponse:
    found = collection_at(project_at(request.user, entity, project), type_name, collection)
    if found.project.is_registry:
        return redirect(found)
    context = browser_context(request, found.project, found) | {
        "collection": found,
        "versions": _versions(request, found),
        "query": request.GET.get("v", "").strip(),
        "description": render_markdown(found.description),
        "collection_tags": list(found.tags.order_by("name")),
        "first_code": first_version_code(found),
        "breadcrumb": breadcrumb_of(found.project, type_name, found),
    }
    return render_browser(request, "artifacts/collection_detail.html", context, fragment="versions")


def _versions(request: HtmxRequest, collection: Collection) -> Table:
    live = Membership.objects.live().filter(collection=collection)
    newest = live.newest_first().values_list("pk", flat=True).first()
    table = table_of(
        request,
        live.matching(request.GET.get("v", "").strip()).for_row(),
        order=("-index",),
        summary=lambda n: ngettext(
            "{count} version · newest first", "{count} versions · newest first", n
        ),
    )
    for membership in table.rows:
        membership.is_latest = membership.pk == newest
        version = membership.version
        membership.is_source_visible = can(request.user, Action.READ, version.sequence.project)
        if version.run and can(request.user, Action.READ, version.run.project):
            membership.visible_run = version.run
    return table
