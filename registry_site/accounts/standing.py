"""Where a person stands: their roles in organizations and teams, read once per request.

One query answers every later question about roles, so that a list of any length asks none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import QuerySet, Value

from registry_site.accounts.permissions import Grant, Role
from registry_site.queries.prepared import prepared

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from registry_site.accounts.models import User


ORGANIZATION, TEAM, ADMINISTERED = range(3)  # kinds of the rows that are read; later ones win


@dataclass
class Standing:
    """Roles by primary key. Server admins hold Admin wherever they look."""

    is_server_admin: bool = False
    organizations: dict[int, Role] = field(default_factory=dict)
    teams: dict[int, Role] = field(default_factory=dict)  # explicit memberships, oldest first
    entities: dict[int, Role] = field(default_factory=dict)  # personal and teams' entities
    organization_entities: dict[int, Role] = field(default_factory=dict)
    team_entities: dict[int, int] = field(default_factory=dict)  # team -> entity
    # explicit roles by project, each with where it comes from; read by whoever owns projects
    projects: dict[int, list[Grant]] | None = None

    @property
    def administers_organizations(self) -> bool:
        return Role.ADMIN in self.organizations.values()

    def entity_role(self, entity_id: int) -> Role | None:
        if self.is_server_admin:
            return Role.ADMIN
        return self.entities.get(entity_id) or self.organization_entities.get(entity_id)

    def organization_role(self, organization_id: int) -> Role | None:
        if self.is_server_admin:
            return Role.ADMIN
        return self.organizations.get(organization_id)


def standing_of(user: "User | AnonymousUser") -> Standing:
    """Return where a person stands; a visitor without an account stands nowhere."""
    return getattr(user, "standing", None) or Standing()


def read_standing(user: "User") -> Standing:
    """Read the roles of a person with an account."""
    return _standing(user, _roles(user.pk))


def read_standings(users: Iterable[Any]) -> None:
    """Read the roles of many people at once: their role checks then need no query."""
    users = list(users)
    rows: dict[int, list[Any]] = {user.pk: [] for user in users}
    for person, *row in _roles_of_many(list(rows)):
        rows[person].append(row)
    for user in users:
        user.standing = _standing(user, rows[user.pk])


def _standing(user: "User", rows: Iterable[Any]) -> Standing:
    standing = Standing(is_server_admin=user.is_admin, entities={user.entity_id: Role.ADMIN})
    for kind, _joined, pk, entity, role in sorted(rows):
        if kind == ORGANIZATION:
            standing.organizations[pk] = standing.organization_entities[entity] = Role(role)
        elif kind == TEAM:
            standing.teams[pk] = standing.entities[entity] = Role(role)
            standing.team_entities[pk] = entity
        else:
            standing.entities[entity] = Role.ADMIN
    return standing


def _model(name: str) -> Any:
    return apps.get_model("accounts", name).objects


_ORGANIZATION_ROW = (
    Value(ORGANIZATION),
    "pk",
    "organization_id",
    "organization__entity_id",
    "role",
)
_TEAM_ROW = (Value(TEAM), "pk", "team_id", "team__entity_id", "role")
_ADMINISTERED_ROW = (
    Value(ADMINISTERED),
    "organization_id",
    "pk",
    "entity_id",
    Value(Role.ADMIN),
)


@prepared
def _roles(user: "User | AnonymousUser") -> QuerySet:
    """Rows of what it is, by what it is ordered, its key, its entity and the role there."""
    administered = _model("Team").filter(
        organization__members__user=user, organization__members__role=Role.ADMIN
    )
    return (
        _model("OrganizationMember")
        .filter(user=user)
        .values_list(*_ORGANIZATION_ROW)
        .union(
            _model("TeamMember").filter(user=user).values_list(*_TEAM_ROW),
            administered.values_list(*_ADMINISTERED_ROW),
            all=True,
        )
    )


def _roles_of_many(users: list[int]) -> QuerySet:
    """The same rows of many people, each behind the person's key."""
    administered = _model("Team").filter(
        organization__members__user__in=users, organization__members__role=Role.ADMIN
    )
    return (
        _model("OrganizationMember")
        .filter(user__in=users)
        .values_list("user_id", *_ORGANIZATION_ROW)
        .union(
            _model("TeamMember").filter(user__in=users).values_list("user_id", *_TEAM_ROW),
            administered.values_list("organization__members__user_id", *_ADMINISTERED_ROW),
            all=True,
        )
    )
