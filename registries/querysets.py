"""Named reads of registries."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from artifacts.models import AcceptedType, Collection, Project
from artifacts.querysets.projects import explicit_roles
from registry_site.accounts.models import OrganizationMember, TeamMember
from registry_site.accounts.permissions import ROLE_ACTIONS, Action
from registry_site.accounts.roles import roles_of
from registry_site.accounts.sight import Sight
from registry_site.queries.json_rows import json_rows_of

if TYPE_CHECKING:
    from registry_site.accounts.models import User


_CARD = [
    "id",
    "name",
    "icon",
    "colour",
    "is_core",
    "owner__username",
    "organization__name",
    "organization__entity__name",
    "project_id",
    "project__name",
    "project__access",
    "project__default_role",
    "project__description",
    "project__accepts_all_types",
    "project__created_at",
    "types",
    "collection_count",
    "version_total",
    "changed_at",
]


class RegistryQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Return registries that the person may know of."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def in_sight(self, sight: Sight) -> Self:
        """Return registries of `visible_to`, for a sight or for stand-ins."""
        return self.filter(project__in=Project.objects.in_sight(sight))

    def at(self, organization_name: Any, name: Any) -> Self:
        """Return the registry of this name in the organization of this display or entity name.

        Both are texts, or expressions.
        """
        lower = _lower(organization_name)
        return self.filter(
            Q(organization__name__lower=lower) | Q(organization__entity__name__lower=lower),
            name__lower=_lower(name),
        ).for_path()

    def for_path(self) -> Self:
        return self.select_related("organization__entity", "owner", "project__entity__organization")

    def for_cards(self) -> QuerySet:
        """Return narrow rows with what a card shows, or a file of registries says more."""
        types = AcceptedType.objects.filter(project=OuterRef("project")).order_by("name")
        rows = self.with_counts().annotate(types=json_rows_of(types, "name"))
        return rows.values_list(*_CARD, named=True)

    def with_counts(self) -> Self:
        """Annotate the numbers of collections and versions and when the newest change was.

        Each is a subquery: joined with its collections, a registry's whole row would be sorted once
        for each of them.
        """
        collections = Collection.with_deleted.filter(project=OuterRef("project"))
        newest_first = collections.order_by("-updated_at", "-pk")
        of_project = collections.order_by().values("project")
        live = of_project.filter(deleted_at=None).annotate(number=Count("pk"))
        versions = of_project.annotate(total=Sum("version_count"))
        return self.annotate(
            collection_count=Coalesce(Subquery(live.values("number")), 0),
            version_total=Coalesce(Subquery(versions.values("total")), 0),
            changed_at=Subquery(newest_first.values("updated_at")[:1]),
        )


def _lower(text: Any) -> Lower:
    """Return the text in lower case as the database defines it."""
    return Lower(text if isinstance(text, models.Expression) else models.Value(text))


class AccessRequestQuerySet(models.QuerySet):
    def waiting_for(self, user: "User") -> Self:
        """Return requests that this person may answer: for registries and teams they manage.

        An admin of the server finds all requests on the pages of the registries and teams.
        """
        own_roles = roles_of(user)
        roles = own_roles.organization_entities.items()
        owners = [pk for pk, role in roles if Action.MANAGE in ROLE_ACTIONS[role]]
        explicit = explicit_roles(user).items()
        projects = [pk for pk, role in explicit if Action.MANAGE in ROLE_ACTIONS[role]]
        entities = own_roles.entities.items()
        teams = [pk for pk, role in entities if Action.MANAGE in ROLE_ACTIONS[role]]
        registries = Q(project__entity__in=owners) | Q(project__in=projects)
        return self.open().filter(registries | Q(team__entity__in=teams))

    def open(self) -> Self:
        """Return requests without an answer whose registry or team, and whose person, still exist.

        A person who was removed from the organization, or from the team of the request, no longer
        asks.
        """
        person = Q(user=OuterRef("user"), user__is_active=True)
        of_organization = OrganizationMember.objects.filter(
            person, organization=OuterRef("organization")
        )
        of_team = TeamMember.objects.filter(person, team=OuterRef("team"))
        return self.filter(
            Exists(of_organization),
            Q(team__isnull=True) | Exists(of_team),
            state="open",
            project__deleted_at__isnull=True,
        )

    def waiting_of(self, user: "User") -> Self:
        """Return requests of the person that they see as waiting."""
        return self.filter(Q(state="open") | Q(state="declined", is_blind=True), user=user)

    def for_page(self) -> Self:
        """Return the rows with what a page says about each."""
        return self.select_related(
            "user",
            "organization__entity",
            "project__entity__organization",
            "team__entity",
            "team__organization",
            "answered_by",
        )
