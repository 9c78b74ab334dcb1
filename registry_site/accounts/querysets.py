"""Named reads of people and names."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from registry_site.accounts.permissions import ROLE_ACTIONS, Action, Role
from registry_site.accounts.roles import roles_of
from registry_site.accounts.sight import Sight, sight_of

if TYPE_CHECKING:
    from registry_site.accounts.models import User


models.CharField.register_lookup(Lower)  # `name__lower`, which the unique indexes on names serve

USER_FOR_API = ("api_keys", "service_of", "team_members__team__entity",
                "team_members__team__organization")  # fmt: skip


class EntityQuerySet(models.QuerySet):
    def with_name(self, name: str) -> Self:
        """Return the entity of this name, whatever its case, joined with its owner."""
        return self.filter(name__lower=name.lower()).select_related(
            "user", "team__organization__entity", "organization"
        )

    def visible_to(self, user: "User") -> Self:
        """Return entities whose page the person may open: own, teams', organizations'."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            return self
        return self.filter(pk__in=[*own_roles.entities, *own_roles.organization_entities])


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Return people who share an organization with the person, and the person."""
        return self.in_sight(sight_of(user))

    def in_sight(self, sight: Sight) -> Self:
        """Return people of `visible_to`, for a sight or for stand-ins."""
        members = apps.get_model("accounts", "OrganizationMember").objects
        together = members.filter(organization__among=sight.organizations).values("user")
        return self.filter(sight.or_everywhere(Q(pk=sight.person) | Q(pk__in=together)))

    def matching(self, text: str) -> Self:
        """Return people whose username or e-mail address begins with the text, whatever its case.

        Annotates `distance`: 0 where it is the username, 1 where it is the address, else 2.
        """
        text = text.strip()
        beginning = Q(username__istartswith=text) | Q(email__istartswith=text)
        exact = models.Case(
            models.When(username__iexact=text, then=0),
            models.When(~Q(email=""), email__iexact=text, then=1),
            default=2,
        )
        return self.filter(beginning).annotate(distance=exact)

    def for_api(self) -> Self:
        """Return the rows with what the SDK reads of each person."""
        return self.select_related("entity").prefetch_related(*USER_FOR_API)

    def with_collections(self) -> Self:
        """Return the rows with the organizations and teams of each person."""
        return self.prefetch_related(
            "organization_members__organization", "team_members__team__entity"
        )


class OrganizationQuerySet(models.QuerySet):
    def with_name(self, name: Any) -> Self:
        """Return the organization of this display name or of this entity's name.

        It is a text, or an expression.
        """
        # lower case as the database defines it, on both sides
        lower = Lower(name if isinstance(name, models.Expression) else models.Value(name))
        return self.filter(Q(name__lower=lower) | Q(entity__name__lower=lower)).select_related(
            "entity"
        )

    def visible_to(self, user: "User") -> Self:
        """Return organizations that the person is in."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            return self
        return self.filter(pk__in=list(own_roles.organizations))

    def home_to(self, user: "User") -> Self:
        """Return organizations to which the person belongs and where they are no guest.

        Organizations that a server admin may merely see are none of them.
        """
        return self.filter(members__user=user, members__is_guest=False)

    def permitting(self, action: Action, user: "User") -> Self:
        """Return organizations in which the person may do this."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            return self
        may = [pk for pk, role in own_roles.organizations.items() if action in ROLE_ACTIONS[role]]
        return self.filter(pk__in=may)

    def with_counts(self) -> Self:
        """Annotate the numbers of people and of teams."""
        return self.annotate(
            member_count=models.Count("members", distinct=True),
            team_count=models.Count("teams", distinct=True),
        )


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Return the person's teams, and all teams of organizations that they administer."""
        own_roles = roles_of(user)
        if own_roles.is_server_admin:
            return self
        return self.filter(entity__in=list(own_roles.entities))

    def loggable_by(self, user: "User") -> Self:
        """Return teams that the person may log to and link from, the one joined first in front.

        Teams of organizations where the person is a guest come last.
        """
        own_roles = roles_of(user)
        may = [pk for pk, role in own_roles.entities.items() if role in (Role.ADMIN, Role.MEMBER)]
        teams = self if own_roles.is_server_admin else self.filter(entity__in=may)
        joined = models.Min("members__joined_at", filter=Q(members__user=user))
        guests = apps.get_model("accounts", "OrganizationMember").objects.filter(is_guest=True)
        here = guests.filter(organization=models.OuterRef("organization"), user=user)
        return (
            teams.annotate(joined=joined, as_guest=models.Exists(here))
            .order_by("as_guest", models.F("joined").asc(nulls_last=True), "pk")
            .select_related("entity")
        )


class InvitationQuerySet(models.QuerySet):
    def to_person(self, user: "User") -> Self:
        """Return invitations of the account, and of the address that a server admin gave it."""
        mine = Q(user=user)
        if user.email and user.email_is_confirmed:
            mine |= Q(email__lower=Lower(models.Value(user.email)))
        return self.filter(mine)

    def of_address_or_account(self, user: "User") -> Self:
        """Return invitations of the account, and of its e-mail address, proved or not."""
        mine = Q(user=user)
        if user.email:
            mine |= Q(email__lower=Lower(models.Value(user.email)))
        return self.filter(mine)

    def answerable_by(self, user: "User") -> Self:
        """Return invitations that the person may accept or decline: the organization has agreed."""
        return self.to_person(user).filter(is_agreed=True)

    def awaiting_agreement_of(self, user: "User") -> Self:
        """Return invitations that this admin of the organization has to agree to."""
        admin = [
            pk for pk, role in roles_of(user).organizations.items() if role == Role.ADMIN
        ]  # server admins see all invitations on the organizations' pages
        return self.filter(is_agreed=False, team__organization__in=admin)

    def for_page(self) -> Self:
        """Return the rows with what a page says about each."""
        return self.select_related("team__entity", "team__organization", "user", "invited_by")
