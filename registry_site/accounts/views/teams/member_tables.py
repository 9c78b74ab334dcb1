"""Tables of a team's members and invitations, on the team's page and in its settings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from registry_site.accounts.models import Invitation, Team, TeamMember, User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.services.invitations import claimants
from registry_site.accounts.services.members import team_named
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, list_page, table_of

MEMBER_COLUMNS = {  # for members of a team and of an organization
    "username": lambda member: member.user.username,
    "name": lambda member: member.user.name,
    "is_service": lambda member: member.user.is_service,
    "role": lambda member: member.role,
    "joined_at": lambda member: member.joined_at,
}


@dataclass(frozen=True)
class InvitationRow:
    """An invitation, and the people who typed in its address themselves."""

    invitation: Invitation
    claimants: Collection[User]


@dataclass(frozen=True)
class InvitationTable:
    """What accounts/teams/_invitations.html shows."""

    table: Table
    rows: Sequence[InvitationRow]  # those of the table
    can_allow: bool


def team_member_table(request: HtmxRequest, team: Team) -> Table:
    """Return the team's people and service accounts, by name."""
    return list_page(
        request,
        _listing(team),
        summary=lambda n: ngettext("{count} member · by name", "{count} members · by name", n),
        prefix="members_",
    )


@exported
def members_export(request: HtmxRequest, entity: str) -> Listing:
    return _listing(team_named(entity, request.user))


def _listing(team: Team) -> Listing:
    return Listing(
        url=f"{team.entity.get_absolute_url()}/-/members",
        rows=TeamMember.objects.filter(team=team).select_related("user"),
        order=("user__username",),
        columns=MEMBER_COLUMNS,
        has_pages=False,
    )


def invitation_table(request: HtmxRequest, team: Team) -> InvitationTable:
    """Return waiting invitations, each with the people who typed in its address themselves."""
    # no files: it has e-mail addresses of people without an account
    table = table_of(
        request,
        Invitation.objects.filter(team=team).select_related("invited_by", "user"),
        order=("-pk",),
        summary=lambda n: ngettext(
            "{count} invitation · newest first", "{count} invitations · newest first", n
        ),
        prefix="invitations_",
    )
    of_email = claimants(table.rows) if table.rows else {}
    rows = [InvitationRow(each, of_email.get(each.email.lower(), ())) for each in table.rows]
    can_allow = can(request.user, Action.MANAGE, team.organization)
    return InvitationTable(table, rows, can_allow)
