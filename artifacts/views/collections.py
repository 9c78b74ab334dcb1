"""A collection of a project in the artifact browser, with its versions."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.markdown import render_markdown
from artifacts.models import Collection, Membership
from artifacts.querysets.collections import LATEST
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
    query = request.GET.get("v", "").strip()
    context = browser_context(request, found.project, found) | {
        "collection": found,
        "versions": versions_of(request, found, query),
        "query": query,
        "description": render_markdown(found.description),
        "collection_tags": list(found.tags.order_by("name")),
        "first_code": first_version_code(found),
        "breadcrumb": breadcrumb_of(found.project, type_name, found),
    }
    return render_browser(request, "artifacts/collection_detail.html", context, fragment="versions")


def versions_of(
    request: HtmxRequest, collection: Collection, text: str, *, url: str = "", query: Any = None
) -> Table:
    """Return the versions that fit the text, as places that know what the person may see of each.

    `url` and `query` are another page's, as `table_of` takes them.
    """
    live = Membership.objects.live().filter(collection=collection)
    newest = live.newest_first().values_list("pk", flat=True).first()
    found = live.matching(text)
    if text and text.lower() in LATEST:
        found = live.filter(Q(pk=newest) | Q(pk__in=found.values("pk")))
    table = table_of(
        request,
        found.for_row(),
        order=("-index",),
        summary=lambda n: ngettext(
            "{count} version · newest first", "{count} versions · newest first", n
        ),
        url=url,
        query=query,
    )
    for membership in table.rows:
        run, membership.visible_run = membership.version.run, None
        membership.collection = collection  # one project, whose rules are read once
        membership.is_latest = membership.pk == newest
        membership.source = _source_of(request.user, membership)
        membership.visible_run = (
            run if run and can(request.user, Action.READ, run.project) else None
        )
    return table


def _source_of(user: Any, membership: Membership) -> Membership | None:
    """Return the version's place where it was logged, None where the person may not see it."""
    version = membership.version
    if not can(user, Action.READ, version.sequence.project):
        return None
    # a sequence numbers its places as its versions, so no row is read
    return Membership(
        collection=version.sequence, version=version, index=version.version_index or 0
    )
