"""What the home page shows: teams, projects, registries, and whether anything waits there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from artifacts.models import Membership, Project
from registries.models import AccessRequest, Registry
from registry_site.accounts.models import Invitation, Team, TeamMember, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.sight import Sight, sight_of
from registry_site.queries.prepared import prepared

PROJECTS = 60  # projects shown; a team's page has the others
REGISTRIES = 6
_LAST_USED = 2 * REGISTRIES  # registries that are read, of which the first are shown
_LINKS = 500  # the person's newest memberships, in which registries are looked for


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


def registries_of(user: User) -> list[Any]:
    """Return rows of the registries to which the person linked last, then of others by name."""
    links = _projects_of_last_links(user.pk)
    linked_to = dict.fromkeys(pk for pk, kind in links if kind == Project.Kind.REGISTRY)
    used = list(linked_to)[:_LAST_USED]  # not all of them may be seen any more
    rows = {row.project_id: row for row in _registries_to_show(sight_of(user), used)}
    last = [rows.pop(project) for project in used if project in rows]
    return [*last, *rows.values()][:REGISTRIES]


@prepared
def _projects_of_last_links(user: User) -> QuerySet:
    """Return key and kind of the project of each of the person's newest memberships.

    To look at all of them would take long where there are many, and none in a registry.
    """
    newest = Membership.objects.filter(created_by=user).order_by("-pk")
    return newest.values_list("collection__project", "collection__project__kind")[:_LINKS]


@prepared
def _registries_to_show(sight: Sight, projects: Any) -> QuerySet:
    """Return the registries of these projects and the first ones of all, by name."""
    seen = Registry.objects.in_sight(sight)
    of_projects = seen.filter(project__among=projects).values("pk")
    first = seen.order_by("name").values("pk")[:_LAST_USED]
    rows = Registry.objects.filter(Q(pk__in=of_projects) | Q(pk__in=first))
    return rows.order_by("name").for_cards()


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
