"""Who can get into a registry, with which role, and where it comes from.

Nothing is decided here: `Project.grants` says why somebody has a role, for one and for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from artifacts.models import Project, ProjectMember
from registries.models import Registry
from registry_site.accounts.models import OrganizationMember, TeamMember, User
from registry_site.accounts.permissions import Grant, Role, Source


@dataclass(frozen=True)
class Access:
    """One person's role in a registry: the grant that decides, and the others behind it."""

    user: User
    role: Role | None
    source: str
    others: list[str]
    is_colleague: bool  # belongs to the organization; others are server admins


def people_inside(registry: Registry) -> QuerySet[User]:
    """Return everybody with an open account and a role here; `grants` agrees on each of them."""
    members = OrganizationMember.objects.filter(organization=registry.organization)
    inside = User.objects.filter(is_active=True)
    if registry.project.access == Project.Access.ORGANIZATION:
        return inside.filter(Q(is_admin=True) | Q(pk__in=members.values("user")))
    members_here = ProjectMember.objects.filter(project=registry.project)
    through = TeamMember.objects.filter(
        team__in=members_here.filter(team__isnull=False).values("team")
    )
    own = Q(pk__in=members_here.filter(user__isnull=False).values("user"))
    own |= Q(pk__in=through.values("user"))
    admins = Q(pk__in=members.filter(role=Role.ADMIN).values("user"))
    return inside.filter(Q(is_admin=True) | admins | own & Q(pk__in=members.values("user")))


def access_of(registry: Registry, users: Iterable[User]) -> list[Access]:
    """Return each person's role and where it comes from.

    For many people, call `read_roles_of_many` first.
    """
    teams = team_names(registry)
    entity = registry.project.entity_id
    rows = []
    for user in users:
        words = grant_words(registry, user, teams)
        role = registry.project.role_of(user)
        rows.append(
            Access(
                user=user,
                role=role,
                source=words[0] if words else "",
                others=words[1:],
                is_colleague=entity in user.roles.organization_entities,
            )
        )
    return rows


def grant_words(registry: Registry, user: User, teams: dict[int, str]) -> list[str]:
    """Return where the person's role comes from, the highest first, the others with their role."""
    grants = sorted(registry.project.grants(user), key=lambda grant: grant.role.rank)
    words = [source_words(registry, grant, teams) for grant in grants]
    return words[:1] + [
        _("{role}: {source}").format(role=grant.role.label, source=text)
        for grant, text in zip(grants[1:], words[1:], strict=True)
    ]


def team_names(registry: Registry) -> dict[int, str]:
    """Return the names of the teams that have a role in the registry, by key."""
    teams = ProjectMember.objects.filter(project=registry.project, team__isnull=False)
    return dict(teams.values_list("team_id", "team__entity__name"))


def source_words(registry: Registry, grant: Grant, teams: dict[int, str]) -> str:
    """Say where a role comes from."""
    if grant.source == Source.SERVER_ADMIN:
        return _("admin of this server")
    if grant.source == Source.ORGANIZATION_ADMIN:
        return _("admin of {organization}").format(organization=registry.organization)
    if grant.source == Source.MEMBERSHIP:
        return _("own membership")
    if grant.source == Source.TEAM:
        return _("team {team}").format(team=teams.get(grant.team_id or 0, "–"))
    if grant.is_capped:
        return _("default role, at most Viewer for view-only members of {organization}").format(
            organization=registry.organization
        )
    return _("default role for everybody in {organization}").format(
        organization=registry.organization
    )
