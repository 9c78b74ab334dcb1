from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from artifacts.models import Membership
from artifacts.services import links as services
from artifacts.views.version_tabs import render_version, tab_context
from registries.views.paths import in_version
from registries.views.tables import collection_crumbs, role_reason, unlink_url
from registry_site.accounts.permissions import Action, check
from registry_site.pages import HtmxRequest, form_page, go_to, render_page


@require_safe
@in_version
def version_detail(request: HtmxRequest, membership: Membership, tab: str = "") -> HttpResponse:
    collection = membership.collection
    reason = _unlink_reason(request, membership)
    context = tab_context(request, membership, tab)
    context |= {
        "actions_template": "registries/_version_actions.html",
        "breadcrumb": collection_crumbs(collection, here=membership.number),
        "menu": [
            {"label": _("Unlink"), "icon": "unlink", "danger": True, "dialog": True,
             "url": unlink_url(membership), "disabled": bool(reason), "reason": reason},
        ],
    }  # fmt: skip
    return render_version(request, "registries/version_detail.html", context)


@form_page
@in_version
def unlink(request: HtmxRequest, membership: Membership) -> HttpResponse:
    collection = membership.collection
    check(request.user, Action.EDIT, collection.project)
    if request.method == "POST":
        services.unlink_version(by=request.user, membership=membership)
        messages.success(request, _("{version} unlinked.").format(version=membership))
        return go_to(request, collection.get_absolute_url())
    context = {
        "membership": membership,
        "collection": collection,
        "aliases": sorted(alias.name for alias in membership.aliases.all()),
        "reason": _unlink_reason(request, membership),
    }
    return render_page(request, "registries/version_unlink.html", context, fragment="dialog")


def _unlink_reason(request: HtmxRequest, membership: Membership) -> str:
    """Return why the person may not unlink this version, "" where they may."""
    project = membership.collection.project
    carried = {alias.name for alias in membership.aliases.all()}
    action = Action.PROTECT if carried & project.protected_alias_names else Action.EDIT
    return role_reason(request.user, action, project)
