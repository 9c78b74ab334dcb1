"""Tables of who is in a team and who is invited, on the team's page and in its settings."""

from typing import Any

from django.utils.translation import ngettext

from registry_site.accounts.models import Invitation, Team, TeamMember
from registry_site.accounts.services.invitations import claimants
from registry_site.pages import HtmxRequest, Table, table_of


def team_member_table(request: HtmxRequest, team: Team) -> Table:
    """The team's people and service accounts, by name."""
    return table_of(
        request,
        TeamMember.objects.filter(team=team).select_related("user"),
        order=("user__username",),
        summary=lambda n: ngettext("{count} member · by name", "{count} members · by name", n),
        prefix="members_",
    )


def invitation_table(request: HtmxRequest, team: Team) -> dict[str, Any]:
    """Invitations that wait, each with those who have typed in its address themselves."""
    table = table_of(
        request,
        Invitation.objects.filter(team=team).select_related("invited_by"),
        order=("email",),
        summary=lambda n: ngettext(
            "{count} invitation · by address", "{count} invitations · by address", n
        ),
        prefix="invitations_",
    )
    found = claimants(table.rows) if table.rows else {}
    rows = [
        {"invitation": each, "claimants": found.get(each.email.lower(), ())}
        for each in table.rows
    ]  # fmt: skip
    return {"table": table, "rows": rows}
