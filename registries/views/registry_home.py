from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from registries.models import Registry
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization
from registry_site.accounts.permissions import Action, can
from registry_site.keyset import page_by_key
from registry_site.pages import HtmxRequest, render_page

CARDS = 60  # custom registries on one page


@require_safe
def registry_home(request: HtmxRequest) -> HttpResponse:
    organizations = Organization.objects.visible_to(request.user).with_counts().order_by("name")
    found = list(organizations[:200])
    if len(found) == 1:
        return redirect(found[0])
    return render_page(request, "registries/organization_choice.html", {"organizations": found})


@require_safe
@in_organization
def organization_home(request: HtmxRequest, organization: Organization) -> HttpResponse:
    registries = Registry.objects.visible_to(request.user).filter(organization=organization)
    cards = registries.with_counts().for_card()
    custom = page_by_key(
        cards.filter(is_core=False), order=("name", "id"), request_get=request.GET, size=CARDS
    )
    context = {
        "organization": organization,
        "core": cards.filter(is_core=True).order_by("-name"),
        "custom": custom.rows,
        "page": {"previous_url": custom.previous_query, "next_url": custom.next_query},
        "may_create": can(request.user, Action.EDIT, organization),
        "may_manage": can(request.user, Action.MANAGE, organization),
    }
    return render_page(request, "registries/registry_home.html", context)
