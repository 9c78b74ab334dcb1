"""A person's roles in organizations, teams and projects, read once per request.

The row of a person brings them along. They answer every later question about roles, so that a list
of any length needs no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import IntegerField, OuterRef, QuerySet, Value

from registry_site.accounts.permissions import Grant, Role, Source
from registry_site.queries.json_rows import JsonRow, JsonRows
from registry_site.queries.prepared import first, prepared

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from registry_site.accounts.models import User


# kinds of rows; among entities, the role of a later kind wins
ORGANIZATION, TEAM, ADMINISTERED, PROJECT = range(4)


@dataclass
class Roles:
    """What role the person has where, by primary key; server admins are Admin everywhere."""

    is_server_admin: bool = False
    organizations: dict[int, Role] = field(default_factory=dict)
    teams: dict[int, Role] = field(default_factory=dict)  # explicit memberships, oldest first
    entities: dict[int, Role] = field(default_factory=dict)  # personal and teams' entities
    organization_entities: dict[int, Role] = field(default_factory=dict)
    team_entities: dict[int, int] = field(default_factory=dict)  # keys of entities by keys of teams
    # explicit roles by project, each with its source; none outside the person's organizations
    projects: dict[int, list[Grant]] = field(default_factory=dict)

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
    return roles_from(user, first(_role_rows(user.pk)))


def read_roles_of_many(users: Iterable[Any]) -> None:
    """Read the roles of many people at once; their role checks then run no query."""
    people = {user.pk: user for user in users}
    for pk, role_rows in _role_rows_of_many(list(people)):
        people[pk].roles = roles_from(people[pk], role_rows)


@prepared
def _role_rows(user_key: int) -> QuerySet:
    people = _model("accounts.User").filter(pk=user_key)
    return people.values_list(roles_for(OuterRef("pk")), flat=True)


@prepared
def _role_rows_of_many(user_keys: list[int]) -> QuerySet:
    people = _model("accounts.User").filter(pk__among=user_keys)
    return people.values_list("pk", roles_for(OuterRef("pk")))


def roles_from(user: "User", rows: list[Any] | None) -> Roles:
    """Return the roles that the column of `roles_for` describes."""
    own_roles = Roles(is_server_admin=user.is_admin, entities={user.entity_id: Role.ADMIN})
    for kind, _key, pk, entity, role, team in sorted(rows or (), key=itemgetter(0, 1)):
        if kind == ORGANIZATION:
            own_roles.organizations[pk] = own_roles.organization_entities[entity] = Role(role)
        elif kind == TEAM:
            own_roles.teams[pk] = own_roles.entities[entity] = Role(role)
            own_roles.team_entities[pk] = entity
        elif kind == ADMINISTERED:
            own_roles.entities[entity] = Role.ADMIN
        elif entity in own_roles.organization_entities:
            grant = Grant(Role(role), Source.TEAM if team else Source.MEMBERSHIP, team_id=team)
            own_roles.projects.setdefault(pk, []).append(grant)
    return own_roles


def roles_for(person: OuterRef) -> JsonRows:
    """Return a column with all that decides about a person's roles, for `roles_from`.

    Each of its rows is (kind, key, organization or team or project, its entity, role, team). Keys
    order the rows of a kind by when the person joined.
    """
    organizations = _model("accounts.OrganizationMember").filter(user=person)
    teams = _model("accounts.TeamMember").filter(user=person)
    administered = _model("accounts.Team").filter(
        organization__members__user=person, organization__members__role=Role.ADMIN
    )
    members = _model("artifacts.ProjectMember")
    organization = ("pk", "organization_id", "organization__entity_id", "role")
    project = ("pk", "project_id", "project__entity_id", "role", "team_id")
    return JsonRows(
        _rows(organizations, ORGANIZATION, *organization).union(
            _rows(teams, TEAM, "pk", "team_id", "team__entity_id", "role"),
            _rows(administered, ADMINISTERED, "pk", "pk", "entity_id", Value(Role.ADMIN)),
            _rows(members.filter(user=person), PROJECT, *project),
            _rows(members.filter(team__members__user=person), PROJECT, *project),
            all=True,
        )
    )


def _rows(queryset: QuerySet, kind: int, *columns: Any) -> QuerySet:
    columns = (*columns, Value(None, output_field=IntegerField()))[:5]
    row = JsonRow(Value(kind), *columns)
    return queryset.order_by().annotate(row=row).values("row")


def _model(name: str) -> Any:
    return apps.get_model(name).objects
