"""The teams of an organization, for everybody in it; only members may open a team's page."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from registries.views.paths import in_organization
from registry_site.accounts.models import Organization, Team, User
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest

_COLUMNS = {
    "team": lambda team: str(team),
    "people": lambda team: team.people,
    "service_accounts": lambda team: team.services,
    "created_at": lambda team: team.created_at,
}


@exported
@in_organization
def organization_teams_export(request: HtmxRequest, organization: Organization) -> Listing:
    return team_listing(organization)


def team_listing(organization: Organization) -> Listing:
    is_service = Q(members__user__service_of__isnull=False)
    return Listing(
        url=f"{reverse('registries:organization_people', args=[organization.name])}/-/teams",
        rows=Team.objects.filter(organization=organization)
        .select_related("entity")
        .annotate(
            people=Count("members", filter=~is_service, distinct=True),
            services=Count("members", filter=is_service, distinct=True),
        ),
        order=("entity__name",),
        columns=_COLUMNS,
        has_pages=False,
    )


@dataclass(frozen=True)
class TeamRow:
    """A team, and the person's role in it, "" for those who may not open its page."""

    team: Team
    role: str


def team_rows(user: User, teams: list[Team]) -> list[TeamRow]:
    roles = [team.role_of(user) for team in teams]
    return [
        TeamRow(team, role.label if role else "") for team, role in zip(teams, roles, strict=True)
    ]
