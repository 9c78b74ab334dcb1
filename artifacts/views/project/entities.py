"""Pages of teams and people, which share one namespace."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Project, Run
from artifacts.views.usage.code import log_code
from registry_site.accounts.models import Entity, Team, User
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.teams.member_tables import (
    InvitationTable,
    invitation_table,
    team_member_table,
)
from registry_site.errors import NotFound
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, Table, list_page, render_page

_COLUMNS: Columns = {
    "project": lambda project: project.name,
    "full_name": str,
    "description": lambda project: project.description,
    "runs": lambda project: project.run_count,
    "collections": lambda project: project.collection_count,
    "created_at": lambda project: project.created_at,
    "updated_at": lambda project: project.updated_at,
}


@dataclass(frozen=True)
class TeamPage:
    """What artifacts/project/team_detail.html shows."""

    entity: Entity
    team: Team
    members: Table
    invitations: InvitationTable
    can_manage: bool
    can_log: bool
    log_code: str  # that makes a first project
    projects: Table


@dataclass(frozen=True)
class UserPage:
    """What artifacts/project/user_detail.html shows."""

    person: User
    is_me: bool
    teams: list[Team]  # those that the viewer may see
    projects: Table


@require_safe
def entity_detail(request: HtmxRequest, entity: str) -> HttpResponse:
    owner = _entity_at(request.user, entity)
    if owner.kind == Entity.Kind.ORGANIZATION:
        return redirect(owner.organization)
    fragment = "members" if request.htmx.target == "members" else "projects"
    page: TeamPage | UserPage
    if owner.kind == Entity.Kind.TEAM:
        page, template = _team_page(request, owner), "artifacts/project/team_detail.html"
    else:
        page, template = _user_page(request, owner), "artifacts/project/user_detail.html"
    return render_page(request, template, {"page": page}, fragment=fragment)


def _entity_at(user: User, name: str) -> Entity:
    """Return the entity of a team or organization of the person, or of somebody they work with."""
    entity = Entity.objects.with_name(name).first()
    visible = entity is not None and (
        entity.role_of(user) is not None
        or (
            entity.kind == Entity.Kind.USER
            and User.objects.visible_to(user).filter(entity=entity).exists()
        )
    )
    if entity is None or not visible:
        raise NotFound(_("There is no “{name}”, or you may not see it.").format(name=name))
    return entity


def _team_page(request: HtmxRequest, entity: Entity) -> TeamPage:
    team = entity.team
    return TeamPage(
        entity=entity,
        team=team,
        members=team_member_table(request, team),
        invitations=invitation_table(request, team),
        can_manage=can(request.user, Action.MANAGE, team),
        can_log=can(request.user, Action.EDIT, team),
        log_code=log_code(team.entity.name, "my-project"),
        projects=_projects(request, entity),
    )


def _user_page(request: HtmxRequest, entity: Entity) -> UserPage:
    user = entity.user
    teams = Team.objects.visible_to(request.user).filter(members__user=user)
    return UserPage(
        person=user,
        is_me=user == request.user,
        teams=list(teams.select_related("entity", "organization").order_by("entity__name")[:100]),
        projects=_projects(request, entity),
    )


@exported
def projects_export(request: HtmxRequest, entity: str) -> Listing:
    return _listing(request.user, _entity_at(request.user, entity))


def _projects(request: HtmxRequest, entity: Entity) -> Table:
    return list_page(
        request,
        _listing(request.user, entity),
        summary=lambda n: ngettext(
            "{count} project · last changed first", "{count} projects · last changed first", n
        ),
    )


def _listing(user: User, entity: Entity) -> Listing:
    projects = Project.objects.visible_to(user).filter(entity=entity).ordinary()
    counted = projects.select_related("entity").annotate(
        run_count=_count(Run.objects.all()),
        collection_count=_count(Collection.objects.listed()),
    )
    return Listing(
        url=f"{entity.get_absolute_url()}/-/projects",
        rows=counted,
        order=("-updated_at", "-pk"),
        columns=_COLUMNS,
    )


def _count(rows: QuerySet) -> Coalesce:
    """Return how many of these rows each project has, without joining them to one another."""
    counted = rows.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(Subquery(counted.annotate(total=Count("pk")).values("total")), 0)
