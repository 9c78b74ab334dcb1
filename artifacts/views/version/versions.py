"""A version where it was logged, or in a portfolio of a project: five tabs beside the tree."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from artifacts.views.breadcrumbs import breadcrumb_of
from artifacts.views.collection.browser import browser_context
from artifacts.views.files.folder import files_listing
from artifacts.views.lookup import membership_at
from artifacts.views.menus import version_menu
from artifacts.views.usage.usage import usage_listing
from artifacts.views.version.tabs import render_version, tab_context
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, render_page


@require_safe
def version_detail(
    request: HtmxRequest,
    entity: str,
    project: str,
    type_name: str,
    collection: str,
    version: str,
    tab: str = "",
) -> HttpResponse:
    reference = f"{collection}:{version}"
    membership = membership_at(request.user, entity, project, type_name, reference)
    found = membership.collection
    if found.project.is_registry or found.name != collection:  # or the path of a hidden source
        return redirect(membership.tab_url(tab))
    context = tab_context(request, membership, tab) | browser_context(request, found.project, found)
    context["breadcrumb"] = breadcrumb_of(
        found.project, type_name, found, membership.opened_as or membership.number
    )
    context["offers_link"] = True
    if menu := version_menu(request.user, membership, context["hold_item"]):
        context |= {"actions_template": "artifacts/deletion/_menu.html", "menu": menu}
    if request.htmx.target == "tree":
        return render_page(request, "artifacts/collection/_tree.html", context, fragment="tree")
    return render_version(request, "artifacts/version/version_detail.html", context)


@exported
def files_export(
    request: HtmxRequest, entity: str, project: str, type_name: str, collection: str, version: str
) -> Listing:
    membership = membership_at(request.user, entity, project, type_name, f"{collection}:{version}")
    return files_listing(membership, request.GET.get("folder", ""))


@exported
def usage_export(
    request: HtmxRequest,
    entity: str,
    project: str,
    type_name: str,
    collection: str,
    version: str,
    name: str,
) -> Listing:
    membership = membership_at(request.user, entity, project, type_name, f"{collection}:{version}")
    return usage_listing(request.user, membership, name)
