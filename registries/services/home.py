"""What a person's home page shows of their teams and projects, and whether anything waits there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from artifacts.models import Project
from registries.models import AccessRequest
from registry_site.accounts.models import Invitation, Team, TeamMember, User
from registry_site.accounts.permissions import Role
from registry_site.queries.prepared import prepared

PROJECTS = 60  # projects shown; a team's page has the others


@dataclass(frozen=True)
class HomeProject:
    entity: str
    name: str
    updated_at: datetime

    def get_absolute_url(self) -> str:
        return reverse("artifacts:project_detail", args=[self.entity, self.name])


@dataclass(frozen=True)
class HomePlace:
    """A team of the person or, without an organization, their own entity."""

    name: str
    organization: str
    role: Role | None
    projects: list[HomeProject]

    def get_absolute_url(self) -> str:
        return reverse("artifacts:entity_detail", args=[self.name])


def places_of(user: User) -> list[HomePlace]:
    """Return the person's teams, oldest membership first, then their own entity, with projects."""
    projects: dict[int, list[HomeProject]] = defaultdict(list)
    for entity, *project in _newest_projects(user.pk):
        projects[entity].append(HomeProject(*project))
    owners = [*_teams_of(user.pk), (user.entity_id, user.username, "")]
    return [
        HomePlace(name, organization, user.roles.entity_role(entity), projects[entity])
        for entity, name, organization in owners
    ]


@prepared
def _teams_of(user: User) -> QuerySet:
    """Return rows of (entity's key, team's name, organization's name)."""
    teams = Team.objects.filter(members__user=user).order_by("members__joined_at", "pk")
    return teams.values_list("entity_id", "entity__name", "organization__name")


@prepared
def _newest_projects(user: User) -> QuerySet:
    """Return rows of (entity's key, entity's name, project's name, when it changed)."""
    teams = TeamMember.objects.filter(user=user).values("team__entity")
    owners = User.objects.filter(pk=user).values("entity").union(teams)
    newest = Project.objects.live().filter(entity__in=owners).order_by("-updated_at", "-pk")
    return newest.values_list("entity_id", "entity__name", "name", "updated_at")[:PROJECTS]


def may_wait_for(user: User) -> tuple[bool, bool]:
    """Return whether there are invitations, and requests for access, that may concern the person.

    They are true for more than do concern the person.
    """
    [(has_invitations, has_requests)] = _waiting(user.pk)
    return has_invitations, has_requests


@prepared
def _waiting(user: User) -> QuerySet:
    mine = Q(user=OuterRef("pk")) | Q(email__lower=Lower(OuterRef("email")))
    invitations = Invitation.objects.filter(mine | Q(is_agreed=False))
    requests = AccessRequest.objects.filter(Q(user=OuterRef("pk")) | Q(state="open"))
    return User.objects.filter(pk=user).values_list(Exists(invitations), Exists(requests))
