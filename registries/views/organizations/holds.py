"""Legal holds of an organization: the list, placing one, lifting one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, LegalHold, Membership, Version
from artifacts.services.retention.holds import (
    holds_of,
    lift_hold,
    organization_of,
    place_hold,
    reach_hold,
)
from registries.forms.retention import HoldReasonForm
from registries.views.breadcrumbs import Crumbs, organization_crumbs
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization
from registry_site.accounts.permissions import Action, check
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.http.exports import Listing
from registry_site.pages import (
    HtmxRequest,
    Table,
    answer_form,
    form_page,
    list_page,
    next_url,
    page_behind,
    posted,
    read_number,
    render_page,
)

_COLUMNS = {
    "held": lambda hold: hold.full_name,
    "kind": lambda hold: "version" if hold.version_id else "collection",
    "placed_at": lambda hold: hold.placed_at,
    "placed_by": lambda hold: hold.placed_by and hold.placed_by.username,
    "reason": lambda hold: hold.reason,
    "lifted_at": lambda hold: hold.lifted_at,
    "lifted_by": lambda hold: hold.lifted_by and hold.lifted_by.username,
    "lift_reason": lambda hold: hold.lift_reason,
}


@dataclass(frozen=True)
class HeldThing:
    """A hold, and the thing that it is on as a page names it."""

    hold: LegalHold
    place: Any  # a membership, version or collection


@dataclass(frozen=True)
class HoldsPage:
    """What hold_list.html shows."""

    organization: Organization
    table: Table  # of LegalHold
    shows_lifted: bool
    breadcrumb: Crumbs


@dataclass(frozen=True)
class HoldDialog:
    """What hold_place.html shows: what the hold is to be on, and where to go afterwards."""

    organization: Organization
    thing: Version | Collection
    close_url: str
    next: str

    @property
    def title(self) -> str:
        return _("Place legal hold on {name}").format(name=self.thing)

    @property
    def is_collection(self) -> bool:
        return isinstance(self.thing, Collection)


@dataclass(frozen=True)
class LiftDialog:
    """What hold_lift.html shows: the hold, and where to go afterwards."""

    hold: LegalHold
    close_url: str
    next: str

    @property
    def title(self) -> str:
        return _("Lift legal hold on {name}").format(name=self.hold.thing)


def holds_url(organization: Organization) -> str:
    """Return the address of the organization's list of holds."""
    return reverse("registries:hold_list", args=[organization.name])


@require_safe
@in_organization
def hold_list(request: HtmxRequest, organization: Organization) -> HttpResponse:
    table = list_page(
        request,
        _listing(request, organization),
        summary=lambda n: ngettext(
            "{count} hold · newest first", "{count} holds · newest first", n
        ),
    )
    page = HoldsPage(
        organization=organization,
        table=table,
        shows_lifted=bool(request.GET.get("lifted")),
        breadcrumb=organization_crumbs(organization, _("Legal holds")),
    )
    template = "registries/organizations/hold_list.html"
    return render_page(request, template, {"page": page}, fragment="holds")


@exported
@in_organization
def holds_export(request: HtmxRequest, organization: Organization) -> Listing:
    return _listing(request, organization)


@form_page
@in_organization
def hold_place(request: HtmxRequest, organization: Organization) -> HttpResponse:
    thing = _asked_thing(request, organization)
    check(request.user, Action.MANAGE, organization)

    def place(data: dict[str, Any]) -> str:
        place_hold(by=request.user, thing=thing, reason=data["reason"])
        messages.success(request, _("{name} is on legal hold.").format(name=thing))
        return next_url(request, _page_of(thing))

    page = HoldDialog(organization, thing, close_url=_page_of(thing), next=page_behind(request))
    form, template = HoldReasonForm(posted(request)), "registries/organizations/hold_place.html"
    return answer_form(request, form, template, {"page": page}, operation=place)


@form_page
@in_organization
def hold_lift(request: HtmxRequest, organization: Organization, pk: int) -> HttpResponse:
    hold = reach_hold(by=request.user, organization=organization, pk=pk)

    def lift(data: dict[str, Any]) -> str:
        lift_hold(by=request.user, hold=hold, reason=data["reason"])
        messages.success(request, _("The hold on {name} is lifted.").format(name=hold))
        return next_url(request, holds_url(organization))

    page = LiftDialog(hold, close_url=holds_url(organization), next=page_behind(request))
    form, template = HoldReasonForm(posted(request)), "registries/organizations/hold_lift.html"
    return answer_form(request, form, template, {"page": page}, operation=lift)


def _listing(request: HtmxRequest, organization: Organization) -> Listing:
    rows = holds_of(by=request.user, organization=organization)
    return Listing(
        url=f"{holds_url(organization)}/-/holds",
        rows=rows if request.GET.get("lifted") else rows.active(),
        order=("-placed_at", "-pk"),
        columns=_COLUMNS,
    )


def _asked_thing(request: HtmxRequest, organization: Organization) -> Version | Collection:
    """Return the version or collection of the organization that the address names by its key.

    Raises NotFound where the person may not see it.
    """
    thing: Version | Collection | None = None
    if pk := read_number(request.GET.get("version", "")):
        thing = Version.objects.visible_to(request.user).for_path().filter(pk=pk).first()
    elif pk := read_number(request.GET.get("collection", "")):
        thing = Collection.objects.visible_to(request.user).for_path().filter(pk=pk).first()
    if thing is None or organization_of(thing) != organization:
        raise NotFound(_("There is no such version or collection that you may see."))
    return thing


def _page_of(thing: Version | Collection) -> str:
    if isinstance(thing, Collection):
        return thing.get_absolute_url()
    place = Membership(collection=thing.sequence, version=thing, index=thing.version_index or 0)
    return place.get_absolute_url()
