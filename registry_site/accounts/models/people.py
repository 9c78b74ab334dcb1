"""People and the one namespace of names: entities, users, organizations, teams, invitations."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from registry_site.accounts.permissions import Role
from registry_site.accounts.querysets import (
    EntityQuerySet,
    InvitationQuerySet,
    OrganizationQuerySet,
    TeamQuerySet,
    UserQuerySet,
)
from registry_site.accounts.roles import Roles, read_roles_of, roles_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# roles of organizations and teams; registries add Restricted Viewer
MEMBER_ROLES = [
    (Role.ADMIN.value, _("Admin")),
    (Role.MEMBER.value, _("Member")),
    (Role.VIEWER.value, _("View-only")),
]
THEMES = [("", _("System")), ("light", _("Light")), ("dark", _("Dark"))]


class Entity(models.Model):
    """A name in the single namespace of users, teams and organizations: a path's first part."""

    class Kind(models.TextChoices):
        USER = "user", _("user")
        TEAM = "team", _("team")
        ORGANIZATION = "organization", _("organization")

    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind)
    # seconds for which versions logged here without a TTL of their own are kept; null: always
    default_ttl_seconds = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="entity_name_unique")]
        verbose_name_plural = "entities"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("artifacts:entity_detail", args=[self.name])

    def role_of(self, user: "User | AnonymousUser") -> Role | None:
        return roles_of(user).entity_role(self.pk)

    def admin_names(self) -> list[str]:
        if self.kind == self.Kind.TEAM:
            return self.team.admin_names()
        if self.kind == self.Kind.ORGANIZATION:
            return self.organization.admin_names()
        return [self.name]

    def ask_url(self, role: Role) -> str:
        """Return the address of the form that asks for a role in the team; "" for all others."""
        if self.kind != self.Kind.TEAM:
            return ""
        return f"{reverse('registries:team_access_request', args=[self.name])}?role={role}"

    @property
    def owner(self) -> "Organization | None":
        """The organization that a team or an org entity belongs to; None for a person."""
        if self.kind == self.Kind.TEAM:
            return self.team.organization
        return self.organization if self.kind == self.Kind.ORGANIZATION else None


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person, or a service account. The username is the name of the personal entity."""

    entity = models.OneToOneField(Entity, on_delete=models.PROTECT, related_name="user")
    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    # whether a server admin gave the address: one that people type in proves nothing
    email_is_confirmed = models.BooleanField(default=False)
    name = models.CharField(max_length=128, blank=True)
    # the team of a service account; null for a person
    service_of = models.ForeignKey(
        "Team", null=True, blank=True, on_delete=models.PROTECT, related_name="service_accounts"
    )
    is_admin = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    default_entity = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(max_length=8, blank=True, choices=settings.LANGUAGES)
    theme = models.CharField(
        max_length=8,
        blank=True,
        choices=THEMES,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        indexes = [models.Index(Lower("email"), name="user_email")]

    def __str__(self) -> str:
        return self.username

    def get_absolute_url(self) -> str:
        return reverse("artifacts:entity_detail", args=[self.username])

    @property
    def is_service(self) -> bool:
        """Whether this is a service account: it logs for its team, and nobody logs in as it."""
        return self.service_of_id is not None

    @cached_property
    def roles(self) -> Roles:
        """Roles in organizations and teams, as they were when first read."""
        return read_roles_of(self)


class Organization(models.Model):
    """The company, which owns teams and registries. Its entity is its name in paths."""

    entity = models.OneToOneField(Entity, on_delete=models.PROTECT, related_name="organization")
    name = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="organization_name_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registries:organization_home", args=[self.name])

    def role_of(self, user: "User | AnonymousUser") -> Role | None:
        return roles_of(user).organization_role(self.pk)

    def admin_names(self) -> list[str]:
        return _admin_names(self.members)


class Team(models.Model):
    """A group of users inside one organization; its name is its entity."""

    entity = models.OneToOneField(Entity, on_delete=models.PROTECT, related_name="team")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="teams")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.entity.name

    def role_of(self, user: "User | AnonymousUser") -> Role | None:
        return roles_of(user).entity_role(self.entity_id)

    def ask_url(self, role: Role) -> str:
        return self.entity.ask_url(role)

    def admin_names(self) -> list[str]:
        return _admin_names(self.members) or self.organization.admin_names()


class OrganizationMember(models.Model):
    """A person's role in an organization.

    A guest belonged to another organization when they joined. A guest joins a team only by
    accepting an invitation, and a guest's scripts log to it only if the guest chooses it as the
    default entity.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="organization_members")
    role = models.CharField(max_length=20, choices=MEMBER_ROLES)
    is_guest = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="organization_member_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}: {self.role}"


class TeamMember(models.Model):
    """A person's role in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_members")
    role = models.CharField(max_length=20, choices=MEMBER_ROLES)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_unique")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"


class Invitation(models.Model):
    """A pending membership in a team.

    It waits for the organization's agreement, then for the person. The person is an account, or
    whoever has the e-mail address from an admin of the server.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=MEMBER_ROLES)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # whether an admin of the organization lets the person in; until then the person isn't asked
    is_agreed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "team", Lower("email"), name="invitation_unique", condition=~models.Q(email="")
            ),
            models.UniqueConstraint(
                fields=["team", "user"],
                name="invitation_person_unique",
                condition=models.Q(user__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, email="")
                | models.Q(user__isnull=True) & ~models.Q(email=""),
                name="invitation_of_somebody",
            ),
        ]
        indexes = [models.Index(Lower("email"), name="invitation_email")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.who} to {self.team}: {self.role}"

    @property
    def who(self) -> str:
        """The username or the e-mail address, whichever the inviter gave."""
        return self.user.username if self.user else self.email


def _admin_names(members: Any) -> list[str]:
    return list(
        members.filter(role=Role.ADMIN)
        .order_by("user__username")
        .values_list("user__username", flat=True)[:5]
    )
