"""Named reads of projects and saved views; only this module and `role_of` decide who sees one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from registry_site.accounts.permissions import ROLE_ACTIONS, Action, Grant, Role, Source, highest
from registry_site.accounts.querysets import USER_FOR_API
from registry_site.accounts.roles import roles_of
from registry_site.queries.prepared import prepared

if TYPE_CHECKING:
    from registry_site.accounts.models import User


def explicit_roles(user: "User") -> dict[int, Role]:
    """Return the highest role given to the person, or to a team of theirs, by project."""
    roles = {}
    for project, grants in explicit_grants(user).items():
        if role := highest(*(grant.role for grant in grants)):
            roles[project] = role
    return roles


def explicit_grants(user: "User") -> dict[int, list[Grant]]:
    """All roles given to the person, or to teams of theirs, by project; read once per request.

    In a registry they count only while the person is in its organization.
    """
    own_roles = roles_of(user)
    if own_roles.projects is None:
        _keep_grants(user, _explicit_grants(user.pk) if user.pk else ())
    return own_roles.projects or {}


def read_explicit_grants(users: Iterable[Any]) -> None:
    """Read the grants of many people at once, so that their role checks need no query."""
    users = list(users)
    rows: dict[int, list[Any]] = {user.pk: [] for user in users}
    members = apps.get_model("artifacts", "ProjectMember").objects
    direct = members.filter(user__in=users).values_list("user_id", *_GRANT)
    through = members.filter(team__members__user__in=users)
    for person, *row in direct.union(through.values_list("team__members__user_id", *_GRANT)):
        rows[person].append(row)
    for user in users:
        _keep_grants(user, rows[user.pk])


_GRANT = ("project_id", "project__entity_id", "role", "team_id")


def _keep_grants(user: "User", rows: Iterable[Any]) -> None:
    own_roles = roles_of(user)
    own_roles.projects = {}
    for project, entity, role, team in rows:
        if entity in own_roles.organization_entities:
            source = Source.TEAM if team else Source.MEMBERSHIP
            grant = Grant(Role(role), source, team_id=team)
            own_roles.projects.setdefault(project, []).append(grant)


@prepared
def _explicit_grants(user: "User") -> models.QuerySet:
    members = apps.get_model("artifacts", "ProjectMember").objects
    teams = apps.get_model("accounts", "TeamMember").objects.filter(user=user).values("team")
    rows = members.filter(Q(user=user) | Q(team__in=teams))
    return rows.values_list(*_GRANT)


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Projects that the person may know of: whoever has any role in them."""
        return self.permitting(Action.READ, user)

    def permitting(self, action: Action, user: "User") -> Self:
        """Projects in which the person may do this; agrees with `role_of` row by row."""
        return self.live().permitting_until_deletion(action, user)

    def permitting_until_deletion(self, action: Action, user: "User") -> Self:
        """Projects of `permitting`, and deleted ones that would be among them if not deleted."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            return self.all()
        may = {role for role, actions in ROLE_ACTIONS.items() if action in actions}
        own = [pk for pk, role in own_roles.entities.items() if role in may]
        explicit = [pk for pk, role in explicit_roles(user).items() if role in may]
        in_organizations = own_roles.organization_entities.items()
        administered = [pk for pk, role in in_organizations if role == Role.ADMIN]
        reading = [pk for pk, role in in_organizations if role == Role.VIEWER]
        full = [pk for pk, role in in_organizations if role == Role.MEMBER]
        shared = Q(kind="registry", access="organization")
        # a view-only member of the organization has at most Viewer by default
        capped = may if Role.VIEWER in may else set()
        return self.filter(
            Q(entity__in=own + administered)
            | Q(pk__in=explicit)
            | shared & Q(entity__in=full, default_role__in=may)
            | shared & Q(entity__in=reading, default_role__in=capped)
        )

    def live(self) -> Self:
        """Projects that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def registries(self) -> Self:
        """Projects that are registries."""
        return self.filter(kind="registry")

    def ordinary(self) -> Self:
        """Projects that are not registries."""
        return self.filter(kind="project")

    def at(self, entity_name: str, name: str) -> Self:
        """The project of this path, joined with what its role and address need."""
        return self.filter(entity__name__lower=entity_name.lower(), name=name).for_role()

    def for_list(self) -> Self:
        """Projects with what the SDK lists of each: its types, and who made it."""
        maker = [f"created_by__{path}" for path in USER_FOR_API]
        return (
            self.for_role()
            .select_related("created_by__entity")
            .prefetch_related("artifact_types", "accepted_types", *maker)
        )

    def for_role(self) -> Self:
        """Projects joined with entity and owner, which roles, names and addresses need."""
        return self.select_related("entity__organization", "entity__team__organization")


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The person's own views and shared ones, in projects that the person may see.

        Views of collections in the trash are left out.
        """
        projects = apps.get_model("artifacts", "Project").objects.visible_to(user)
        mine_or_shared = Q(owner=user.pk) | Q(is_shared=True)
        return self.filter(
            mine_or_shared, project__in=projects, collection__deleted_at__isnull=True
        )

    def of_table(self, project: Any, table: str, collection: Any = None) -> Self:
        """The views of one table, by name."""
        rows = self.filter(project=project, table=table, collection=collection)
        return rows.select_related("owner").order_by("name", "pk")

    def for_path(self) -> Self:
        """Views joined with what addresses and rights need."""
        return self.select_related(
            "owner",
            "collection__artifact_type",
            "project__entity__organization",
            "project__entity__team__organization",
        )
