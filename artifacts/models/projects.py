"""Projects and what governs them: access, explicit roles, accepted types, protected aliases.

A registry is a project of the org entity. These rows decide who may do what on pages and in the
API, which tells a registry by its name, `wandb-registry-{NAME}`: a constraint ties it to the kind.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from artifacts.querysets.projects import ProjectQuerySet
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import Entity, Team, User
from registry_site.accounts.names import MAX_NAME, REGISTRY_PREFIX
from registry_site.accounts.permissions import (
    ROLE_LABELS,
    ROLE_ORDER,
    Grant,
    Role,
    Source,
    highest,
)
from registry_site.accounts.roles import roles_of
from registry_site.queries.prepared import prepared

_HAS_PREFIX = Exact(Left("name", len(REGISTRY_PREFIX)), REGISTRY_PREFIX)
ROLES = [(role.value, ROLE_LABELS[role]) for role in ROLE_ORDER]


class Project(models.Model):
    """A project of an entity, with its runs and collections.

    A deleted project stays as a row, because others point into it. Nobody can open it, and its
    name is free again: its row's name gets a `/` and its key appended, and no name has a `/`.
    """

    class Kind(models.TextChoices):
        PROJECT = "project", gettext_lazy("Project")
        REGISTRY = "registry", gettext_lazy("Registry")

    class Access(models.TextChoices):
        ORGANIZATION = "organization", gettext_lazy("Organization")
        RESTRICTED = "restricted", gettext_lazy("Restricted")

    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, related_name="projects", db_index=False
    )
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PROJECT)
    description = models.TextField(null=True, blank=True)  # null: never written
    access = models.CharField(max_length=12, choices=Access, default=Access.ORGANIZATION)
    default_role = models.CharField(max_length=20, choices=ROLES, default=Role.VIEWER)
    accepts_all_types = models.BooleanField(default=True)
    keeps_linked = models.BooleanField(default=True)  # versions linked here can't be deleted
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "name"], name="project_name_unique"),
            models.CheckConstraint(
                condition=(
                    models.Q(kind="registry") & _HAS_PREFIX
                    | models.Q(kind="project") & ~models.Q(_HAS_PREFIX)
                ),
                name="project_kind_fits_name",
            ),
        ]

    def __str__(self) -> str:
        if self.is_registry:
            return _("the registry {name}").format(name=self.registry_name)
        return f"{self.entity.name}/{self.own_name}"

    def get_absolute_url(self) -> str:
        if self.is_registry:
            organization = self.entity.organization.name
            return reverse("registries:registry_detail", args=[organization, self.registry_name])
        return reverse("artifacts:project_detail", args=[self.entity.name, self.own_name])

    def ask_url(self, role: Role) -> str:
        """Return the address at which a person who sees the project asks for a role in it."""
        if not self.is_registry:
            return self.entity.ask_url(role)
        url = reverse("registries:access_request", args=[self.entity.organization.name])
        return f"{url}?{urlencode({'registry': self.registry_name, 'role': role})}"

    @property
    def trash_url(self) -> str:
        """The address of the project's trash; "" where nothing in it can be restored."""
        if self.deleted_at:
            return ""
        if self.is_registry:
            organization = self.entity.organization.name
            return reverse("registries:registry_trash", args=[organization, self.registry_name])
        return reverse("artifacts:trash_list", args=[self.entity.name, self.name])

    @property
    def own_name(self) -> str:
        """The project's name, or its name before it was deleted."""
        return self.name.partition("/")[0]

    @property
    def name_when_deleted(self) -> str:
        """The name that its row gets when it is deleted, so that its own name is free."""
        mark = f"/{self.pk}"
        return f"{self.name[: MAX_NAME - len(mark)]}{mark}"

    @property
    def is_registry(self) -> bool:
        return self.kind == self.Kind.REGISTRY

    @property
    def registry_name(self) -> str:
        """A registry's name as people see it, without the prefix."""
        return self.own_name.removeprefix(REGISTRY_PREFIX)

    def role_of(self, user: "User") -> Role | None:
        """Return the highest of: organization role, own membership, membership through a team.

        In a registry all of them end when the person leaves its organization. In a deleted
        project nobody has any.
        """
        return None if self.deleted_at else self.role_until_deletion(user)

    def role_until_deletion(self, user: "User") -> Role | None:
        """Return the role that the person has, or would have if the project were still there."""
        role = None
        for grant in self.grants(user):
            role = highest(role, grant.role)
            if role == Role.ADMIN:  # the highest: save the queries for the rest
                break
        return role

    def grants(self, user: "User") -> Iterator[Grant]:
        """Yield every grant that gives the person a role here, with its reason."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            yield Grant(Role.ADMIN, Source.SERVER_ADMIN)
        if not self.is_registry:
            if (role := own_roles.entity_role(self.entity_id)) and not own_roles.is_server_admin:
                yield Grant(role, Source.OWNER)
            return
        organization = own_roles.organization_entities.get(self.entity_id)
        if organization == Role.ADMIN:
            yield Grant(Role.ADMIN, Source.ORGANIZATION_ADMIN)
        if organization and self.access == self.Access.ORGANIZATION:
            by_default = Role(self.default_role)
            # a view-only member of the organization gets at most Viewer by default
            is_capped = organization == Role.VIEWER and by_default.rank < Role.VIEWER.rank
            role = Role.VIEWER if is_capped else by_default
            yield Grant(role, Source.DEFAULT, is_capped=is_capped)
        yield from own_roles.projects.get(self.pk, ())

    def admin_names(self) -> list[str]:
        """Return the names of up to five people who may manage this project."""
        own = self.members.filter(role=Role.ADMIN, user__isnull=False).order_by("user__username")
        names = list(own.values_list("user__username", flat=True)[:5])
        return names or self.entity.admin_names()

    @cached_property
    def accepted_type_names(self) -> list[str]:
        """The types that may be linked here, sorted; meaningless where all may be."""
        return sorted(accepted.name for accepted in self.accepted_types.all())

    @cached_property
    def protected_alias_names(self) -> AliasNames:
        """Reserved for admins: names, and patterns of names."""
        return AliasNames(name for (name,) in _protected_names(self.pk))

    @cached_property
    def pinned_alias_names(self) -> list[str]:
        """The aliases pinned above the versions of each collection without being protected."""
        return sorted(alias.name for alias in self.pinned_aliases.all())

    def accepts(self, type_name: str) -> bool:
        return self.accepts_all_types or type_name in self.accepted_type_names


class ProjectMember(models.Model):
    """An explicit role in a project, of one person or of one whole team."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="project_members"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="project_members"
    )
    role = models.CharField(max_length=20, choices=ROLES)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="project_user_unique"),
            models.UniqueConstraint(fields=["project", "team"], name="project_team_unique"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(team__isnull=True),
                name="project_member_is_user_or_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.team}: {self.role}"


class AcceptedType(models.Model):
    """A type of artifact that may be linked into a project that accepts only listed types."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="accepted_types", db_index=False
    )
    name = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="accepted_type_unique")
        ]

    def __str__(self) -> str:
        return self.name


class ProtectedAlias(models.Model):
    """An alias that only admins of the project may add, move or remove.

    A name with a `*` in it is a pattern for all aliases that match it.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="protected_aliases", db_index=False
    )
    name = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="protected_alias_unique")
        ]

    def __str__(self) -> str:
        return self.name


@prepared
def _protected_names(project: Any) -> models.QuerySet:
    return ProtectedAlias.objects.filter(project=project).values_list("name")


class PinnedAlias(models.Model):
    """An alias that the project's admins pin above the versions of each collection."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="pinned_aliases", db_index=False
    )
    name = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="pinned_alias_unique")
        ]
        verbose_name_plural = "pinned aliases"

    def __str__(self) -> str:
        return self.name


class ArtifactType(models.Model):
    """A type of artifact (model, dataset, anything): a name in a project."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="artifact_types", db_index=False
    )
    name = models.CharField(max_length=128)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="artifact_type_unique")
        ]

    def __str__(self) -> str:
        return self.name
