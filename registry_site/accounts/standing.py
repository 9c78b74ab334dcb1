"""Where a person stands: their roles in organizations and teams, read once per request.

Three queries answer every later question about roles, so that a list of any length asks none.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry_site.accounts.permissions import Role

if TYPE_CHECKING:
    from registry_site.accounts.models import User


@dataclass
class Standing:
    """Roles by primary key. Server admins hold Admin wherever they look."""

    is_server_admin: bool = False
    organizations: dict[int, Role] = field(default_factory=dict)
    teams: dict[int, Role] = field(default_factory=dict)  # explicit memberships, oldest first
    entities: dict[int, Role] = field(default_factory=dict)  # personal and teams' entities
    organization_entities: dict[int, Role] = field(default_factory=dict)
    team_entities: dict[int, int] = field(default_factory=dict)  # team -> entity
    projects: dict[int, Role] | None = None  # explicit roles; read by whoever owns projects

    def entity_role(self, entity_id: int) -> Role | None:
        if self.is_server_admin:
            return Role.ADMIN
        return self.entities.get(entity_id) or self.organization_entities.get(entity_id)

    def organization_role(self, organization_id: int) -> Role | None:
        if self.is_server_admin:
            return Role.ADMIN
        return self.organizations.get(organization_id)


def read_standing(user: "User") -> Standing:
    """Read the person's roles; whoever has no account stands nowhere."""
    from registry_site.accounts.models import OrganizationMember, Team, TeamMember

    if not user.is_authenticated:
        return Standing()
    standing = Standing(is_server_admin=user.is_admin, entities={user.entity_id: Role.ADMIN})
    owned = []
    for organization, entity, role in OrganizationMember.objects.filter(user=user).values_list(
        "organization_id", "organization__entity_id", "role"
    ):
        standing.organizations[organization] = Role(role)
        standing.organization_entities[entity] = Role(role)
        if role == Role.ADMIN:
            owned.append(organization)
    for team, entity, role in (
        TeamMember.objects.filter(user=user)
        .order_by("joined_at", "pk")
        .values_list("team_id", "team__entity_id", "role")
    ):
        standing.teams[team] = standing.entities[entity] = Role(role)
        standing.team_entities[team] = entity
    if owned:
        for entity in Team.objects.filter(organization__in=owned).values_list(
            "entity_id", flat=True
        ):
            standing.entities[entity] = Role.ADMIN
    return standing
