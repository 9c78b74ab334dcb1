"""A version where it was logged, or in a portfolio of a project: five tabs beside the tree."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.collection.browser import browser_of
from artifacts.views.files.folder import files_listing
from artifacts.views.menus import version_menu
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.paths import in_version
from artifacts.views.usage.usage import usage_listing
from artifacts.views.version.tabs import render_version, version_context
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, render_page


@require_safe
@in_version
def version_detail(request: HtmxRequest, opened: OpenedVersion, tab: str = "") -> HttpResponse:
    collection = opened.membership.collection
    name_in_address = request.resolver_match.kwargs["collection"]
    if collection.project.is_registry or collection.name != name_in_address:  # a placeholder's
        return redirect(opened.tab_url(tab))
    context = version_context(request, opened, tab)
    context["browser"] = browser_of(request, collection.project, collection, opened.membership)
    context["breadcrumb"] = collection_crumbs(collection, opened.name)
    context["menu"] = version_menu(request.user, opened.membership, context["page"].holds.item)
    if request.htmx.target == "tree":
        return render_page(request, "artifacts/collection/_tree.html", context, fragment="tree")
    return render_version(request, "artifacts/version/version_detail.html", context)


@exported
@in_version
def files_export(request: HtmxRequest, opened: OpenedVersion) -> Listing:
    return files_listing(opened.membership, request.GET.get("folder", ""))


@exported
@in_version
def usage_export(request: HtmxRequest, opened: OpenedVersion, name: str) -> Listing:
    return usage_listing(request.user, opened, name)
