"""Named reads of projects and saved views; only this module and `role_of` decide who sees one."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from registry_site.accounts.permissions import ROLE_ACTIONS, Action, Role, highest
from registry_site.accounts.querysets import USER_FOR_API
from registry_site.accounts.roles import roles_of
from registry_site.accounts.sight import Sight, sight_of

if TYPE_CHECKING:
    from registry_site.accounts.models import User


def explicit_roles(user: "User") -> dict[int, Role]:
    """Return the highest role given to the person, or to a team of theirs, by project."""
    roles = {}
    for project, grants in roles_of(user).projects.items():
        if role := highest(*(grant.role for grant in grants)):
            roles[project] = role
    return roles


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Projects that the person may know of: whoever has any role in them."""
        return self.permitting(Action.READ, user)

    def permitting(self, action: Action, user: "User") -> Self:
        """Projects in which the person may do this; agrees with `role_of` row by row."""
        return self.live().permitting_until_deletion(action, user)

    def permitting_until_deletion(self, action: Action, user: "User") -> Self:
        """Projects of `permitting`, and deleted ones that would be among them if not deleted."""
        return self.in_sight_until_deletion(sight_of(user, action), action)

    def in_sight(self, sight: Sight) -> Self:
        """Projects of `visible_to`, for a sight or for stand-ins."""
        return self.live().in_sight_until_deletion(sight, Action.READ)

    def in_sight_until_deletion(self, sight: Sight, action: Action) -> Self:
        """Projects of `permitting_until_deletion`, for a sight or for stand-ins."""
        may = {role for role, actions in ROLE_ACTIONS.items() if action in actions}
        shared = Q(kind="registry", access="organization")
        # a view-only member of the organization has at most Viewer by default
        capped = may if Role.VIEWER in may else set()
        return self.filter(
            sight.or_everywhere(
                Q(entity__among=sight.entities)
                | Q(pk__among=sight.projects)
                | shared & Q(entity__among=sight.defaults, default_role__in=may)
                | shared & Q(entity__among=sight.capped, default_role__in=capped)
            )
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
