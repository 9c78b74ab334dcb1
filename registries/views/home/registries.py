from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from registries.models import Registry
from registries.views.paths import in_organization
from registries.views.registry.cards import REGISTRY_COLUMNS, RegistryCard, cards_of
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.services.people import home_of
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, files_of, render_page
from registry_site.queries.keyset import page_by_key

CARDS = 60  # custom registries on one page


@dataclass(frozen=True)
class RegistriesPage:
    """What registry_home.html shows: the registries of an organization that the person may see."""

    organization: Organization
    core: list[RegistryCard]
    custom: list[RegistryCard]  # one page of them
    pages: dict[str, str]  # addresses of those before and after
    files: list[dict[str, str]]
    may_create: bool


@require_safe
def registry_home(request: HtmxRequest) -> HttpResponse:
    home = home_of(request.user)
    if home is not None and len(request.user.roles.organizations) == 1:
        return redirect(home)  # a person with several organizations chooses
    organizations = Organization.objects.visible_to(request.user).with_counts().order_by("name")
    choices = list(organizations[:200])
    if len(choices) == 1:
        return redirect(choices[0])
    return render_page(
        request, "registries/registry/organization_choice.html", {"organizations": choices}
    )


@require_safe
@in_organization
def organization_home(request: HtmxRequest, organization: Organization) -> HttpResponse:
    listing = _listing(request.user, organization)
    cards = listing.rows
    # no files: those of the whole list above have these, too
    custom = page_by_key(
        cards.filter(is_core=False), order=("name", "id"), request_get=request.GET, size=CARDS
    )
    page = RegistriesPage(
        organization=organization,
        core=cards_of(cards.filter(is_core=True).order_by("-name")),
        custom=cards_of(custom.rows),
        pages={"previous_url": custom.previous_query, "next_url": custom.next_query},
        files=files_of(listing.url, request.GET),
        may_create=can(request.user, Action.EDIT, organization),
    )
    return render_page(request, "registries/registry/registry_home.html", {"page": page})


@exported
@in_organization
def registries_export(request: HtmxRequest, organization: Organization) -> Listing:
    return _listing(request.user, organization)


def _listing(user: User, organization: Organization) -> Listing:
    """Return the organization's registries that the person may see, the core ones first."""
    registries = Registry.objects.visible_to(user).filter(organization=organization)
    return Listing(
        url=f"{organization.get_absolute_url()}-/registries",
        rows=registries.for_cards(),
        order=("-is_core", "name", "id"),
        columns=REGISTRY_COLUMNS,
        complete=cards_of,
    )
