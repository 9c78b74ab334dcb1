from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registries.services.organizations.organizations import remove_from_organization
from registries.views.organizations.teams import team_listing, team_rows
from registries.views.paths import in_organization
from registry_site.accounts.forms import MemberRoleForm
from registry_site.accounts.models import MEMBER_ROLES, Invitation, Organization, OrganizationMember
from registry_site.accounts.permissions import Action, can, check
from registry_site.accounts.services.members import set_organization_member
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.teams.invitations import SHOWN, requests_to
from registry_site.accounts.views.teams.member_removal import after_removal, removal_dialog
from registry_site.accounts.views.teams.member_tables import MEMBER_COLUMNS
from registry_site.errors import Invalid, NotFound
from registry_site.http.exports import Listing
from registry_site.markup.menus import MenuItem, danger_item
from registry_site.pages import (
    HtmxRequest,
    Table,
    attempt,
    form_page,
    go_to,
    list_page,
    posted,
    render_page,
    status_of,
)

TEMPLATE = "registries/organizations/organization_people.html"


@dataclass(frozen=True)
class PersonRow:
    """A person, and what an admin may do besides changing the role."""

    member: OrganizationMember
    menu: list[MenuItem]

    @property
    def menu_id(self) -> str:
        return f"person-{self.member.user_id}-menu"


@dataclass(frozen=True)
class PeoplePage:
    """What organization_people.html shows: people, teams, and invitations for who may manage."""

    organization: Organization
    people: Table  # of PersonRow
    teams: Table  # of TeamRow
    can_manage: bool
    may_create: bool  # teams
    roles: Sequence[tuple[str, str | Promise]]
    requests: Sequence[Invitation]  # that wait until somebody lets the person in
    invited: Sequence[Invitation]  # that wait for the person


@form_page
@in_organization
def organization_people(request: HtmxRequest, organization: Organization) -> HttpResponse:
    """Show the organization's page; a form in a person's row changes their role."""
    if request.method == "POST":
        check(request.user, Action.MANAGE, organization)
    role_form = MemberRoleForm(posted(request), now={}, auto_id="member_%s")
    if attempt(role_form, lambda data: _set_role(request, organization, data)):
        return go_to(request, request.path)
    context = {"page": _page(request, organization), "role_form": role_form}
    return render_page(
        request, TEMPLATE, context, fragment=_fragment(request), status=status_of(role_form)
    )


def _page(request: HtmxRequest, organization: Organization) -> PeoplePage:
    can_manage = can(request.user, Action.MANAGE, organization)
    teams = list_page(
        request,
        team_listing(organization),
        prefix="teams_",
        summary=lambda n: ngettext("{count} team · by name", "{count} teams · by name", n),
    )
    people = list_page(
        request,
        _listing(organization),
        summary=lambda n: ngettext("{count} person · by name", "{count} people · by name", n),
    )
    people_rows = [_person_row(organization, member) for member in people.rows]
    return PeoplePage(
        organization=organization,
        people=replace(people, rows=people_rows),
        teams=replace(teams, rows=team_rows(request.user, teams.rows)),
        can_manage=can_manage,
        may_create=can(request.user, Action.EDIT, organization),
        roles=MEMBER_ROLES,
        requests=requests_to(request.user, organization) if can_manage else [],
        invited=_invited(organization) if can_manage else [],
    )


@require_safe
@in_organization
def organization_people_former(request: HtmxRequest, organization: Organization) -> HttpResponse:
    """Redirect the address at which people were listed before the organization had a page."""
    return redirect("registries:organization_people", organization.name)


@exported
@in_organization
def organization_people_export(request: HtmxRequest, organization: Organization) -> Listing:
    return _listing(organization)


def _listing(organization: Organization) -> Listing:
    url = reverse("registries:organization_people_former", args=[organization.name])
    return Listing(
        url=f"{url}/-/people",  # scripts use this older address
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
    members = organization.members.filter(user__username__iexact=username).select_related("user")
    member = members.first()
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


def _person_row(organization: Organization, member: OrganizationMember) -> PersonRow:
    user = member.user
    url = reverse("registries:organization_member_remove", args=[organization.name, user.username])
    label = _("Remove {user}").format(user=user)
    return PersonRow(member, [danger_item(label, url)])


def _fragment(request: HtmxRequest) -> str:
    return "teams" if request.htmx.target == "teams" else "people"


def _invited(organization: Organization) -> list[Invitation]:
    """Return invitations to the organization's teams that wait for the person."""
    waiting = Invitation.objects.filter(team__organization=organization, is_agreed=True)
    return list(waiting.for_page().order_by("-pk")[:SHOWN])


def _set_role(
    request: HtmxRequest, organization: Organization, data: dict[str, Any]
) -> OrganizationMember:
    members = organization.members.filter(user__username__iexact=data["username"])
    member = members.select_related("user").first()
    if member is None:
        raise Invalid(
            _("{name} is not in {organization}.").format(
                name=data["username"], organization=organization
            )
        )
    member = set_organization_member(
        by=request.user,
        organization=organization,
        user=member.user,
        role=data["role"],
        opened=data["opened"],
    )
    messages.success(
        request,
        _("{user} now has the role {role} in {organization}.").format(
            user=member.user, role=member.get_role_display(), organization=organization
        ),
    )
    return member
