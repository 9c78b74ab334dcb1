from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registries.services.organizations import remove_from_organization
from registries.views.paths import in_organization
from registry_site.accounts.models import Organization, OrganizationMember
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.invitations import requests_to
from registry_site.accounts.views.member_removal import after_removal, removal_dialog
from registry_site.accounts.views.member_tables import MEMBER_COLUMNS
from registry_site.errors import NotFound
from registry_site.exports import Listing
from registry_site.pages import HtmxRequest, form_page, list_page, render_page


@require_safe
@in_organization
def organization_people(request: HtmxRequest, organization: Organization) -> HttpResponse:
    page = list_page(
        request,
        _listing(organization),
        summary=lambda n: ngettext("{count} person · by name", "{count} people · by name", n),
    )
    can_manage = can(request.user, Action.MANAGE, organization)
    context = {
        "organization": organization,
        "page": page,
        "can_manage": can_manage,
        "requests": requests_to(request.user, organization) if can_manage else [],
        "breadcrumb": [
            {"label": organization.name, "url": organization.get_absolute_url()},
            {"label": _("People")},
        ],
    }
    return render_page(request, "registries/organization_people.html", context, fragment="people")


@exported
@in_organization
def organization_people_export(request: HtmxRequest, organization: Organization) -> Listing:
    return _listing(organization)


def _listing(organization: Organization) -> Listing:
    url = reverse("registries:organization_people", args=[organization.name])
    return Listing(
        url=f"{url}/-/people",
        rows=OrganizationMember.objects.filter(organization=organization).select_related("user"),
        order=("user__username",),
        columns=MEMBER_COLUMNS,
        has_pages=False,
    )


@form_page
@in_organization
def organization_member_remove(
    request: HtmxRequest, organization: Organization, username: str
) -> HttpResponse:
    check(request.user, Action.MANAGE, organization)
    found = organization.members.filter(user__username__iexact=username).select_related("user")
    member = found.first()
    if member is None:
        raise NotFound(
            _("{organization} has no member {name!r}.").format(
                organization=organization, name=username
            )
        )
    back = reverse("registries:organization_people", args=[organization.name])
    if request.method != "POST":
        return removal_dialog(request, organization, member.user, back=back)
    remove_from_organization(by=request.user, organization=organization, user=member.user)
    return after_removal(request, organization, member.user, back=back)
