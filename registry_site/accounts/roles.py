"""A person's roles in organizations and teams, read once per request.

One query answers every later question about roles, so that a list of any length needs no more.
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


ORGANIZATION, TEAM, ADMINISTERED = range(3)  # kinds of rows; the role of a later kind wins


@dataclass
class Roles:
    """What role the person has where, by primary key; server admins are Admin everywhere."""

    is_server_admin: bool = False
    organizations: dict[int, Role] = field(default_factory=dict)
    teams: dict[int, Role] = field(default_factory=dict)  # explicit memberships, oldest first
    entities: dict[int, Role] = field(default_factory=dict)  # personal and teams' entities
    organization_entities: dict[int, Role] = field(default_factory=dict)
    team_entities: dict[int, int] = field(default_factory=dict)  # keys of entities by keys of teams
    # explicit roles by project, each with its source; filled by the app that owns projects
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


def roles_of(user: "User | AnonymousUser") -> Roles:
    """Return a person's roles; a visitor without an account gets an empty one."""
    return getattr(user, "roles", None) or Roles()


def read_roles_of(user: "User") -> Roles:
    """Read the roles of a person with an account."""
    return _roles_from(user, _roles(user.pk))


def read_roles_of_many(users: Iterable[Any]) -> None:
    """Read the roles of many people at once; their role checks then run no query."""
    users = list(users)
    rows: dict[int, list[Any]] = {user.pk: [] for user in users}
    for person, *row in _roles_of_many(list(rows)):
        rows[person].append(row)
    for user in users:
        user.roles = _roles_from(user, rows[user.pk])


def _roles_from(user: "User", rows: Iterable[Any]) -> Roles:
    own_roles = Roles(is_server_admin=user.is_admin, entities={user.entity_id: Role.ADMIN})
    for kind, _joined, pk, entity, role in sorted(rows):
        if kind == ORGANIZATION:
            own_roles.organizations[pk] = own_roles.organization_entities[entity] = Role(role)
        elif kind == TEAM:
            own_roles.teams[pk] = own_roles.entities[entity] = Role(role)
            own_roles.team_entities[pk] = entity
        else:
            own_roles.entities[entity] = Role.ADMIN
    return own_roles


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
    """Return rows of (kind, when they joined, key, entity, role).

    The columns are `_ORGANIZATION_ROW` and its like; the second one orders rows of a kind.
    """
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
    """Return the same rows of many people, with the person's key in front of each."""
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
