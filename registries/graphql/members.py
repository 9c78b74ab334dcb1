"""Members of a registry and their roles, as the SDK reads and changes them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.graphql.projects.entities import load_storage
from artifacts.models import Project, ProjectMember
from registries.graphql.lookups import need_registry
from registries.services.members.members import add_members, remove_members, set_member_role
from registry_site.accounts.graphql.teams import joined_members
from registry_site.accounts.models import Team, User
from registry_site.errors import Invalid
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import decode_id, encode_id


@field("Project", "members")
def project_members(project: Project, info):
    members = ProjectMember.objects.filter(project=project, user__isnull=False)
    return list(members.select_related("user").order_by("pk"))


# The id is the person's: wandb 0.31 sends it back to change or remove the member.
fields(
    "ProjectMember",
    id=lambda member: encode_id("User", member.user_id),
    name=lambda member: member.user.name or member.user.username,
    username=lambda member: member.user.username,
    email=lambda member: member.user.email,
    role=lambda member: {"name": member.role},
)


@field("Project", "teamMembers")
def project_team_members(project: Project, info):
    """Resolve the teams, with what wandb 0.31 asks of each read for all of them at once."""
    members = list(_team_members(project))
    load_storage(info.context, [member.team.entity_id for member in members if member.team])
    return members


def _team_members(project: Project) -> QuerySet[ProjectMember]:
    members = ProjectMember.objects.filter(project=project, team__isnull=False).order_by("pk")
    return members.select_related("team__entity", "team__organization").prefetch_related(
        joined_members(Team, "team__members"), "team__invitations__user"
    )


fields(
    "ProjectTeamMember",
    team=lambda member: member.team.entity,
    role=lambda member: {"name": member.role},
)


MAX_MEMBERS = 1000  # people, and as many teams, in one request


@field("Mutation", "createProjectMembers")
def create_project_members(root, info, input):
    """Add people as viewers; wandb 0.31 sets another role with a request of its own."""
    user = info.context.user
    add_members(by=user, registry=need_registry(user, input["projectId"]), **_members(input))
    return {"success": True}


@field("Mutation", "deleteProjectMembers")
def delete_project_members(root, info, input):
    user = info.context.user
    remove_members(by=user, registry=need_registry(user, input["projectId"]), **_members(input))
    return {"success": True}


@field("Mutation", "updateProjectMember")
def update_project_member(root, info, input):
    user = info.context.user
    set_member_role(
        by=user,
        registry=need_registry(user, input["projectId"]),
        member=_users([input["userId"]])[0],
        role=input["userProjectRole"],
    )
    return {"success": True}


@field("Mutation", "updateProjectTeamMember")
def update_project_team_member(root, info, input):
    user = info.context.user
    set_member_role(
        by=user,
        registry=need_registry(user, input["projectId"]),
        member=_teams([input["teamId"]])[0],
        role=input["teamProjectRole"],
    )
    return {"success": True}


def _members(input: dict[str, Any]) -> dict[str, Any]:
    return {
        "users": _users(input.get("userIds") or []),
        "teams": _teams(input.get("teamIds") or []),
    }


def _users(ids: list[str]) -> list[User | None]:
    """Return people by their ids; None for an id that is nobody's."""
    pks = _decode(ids, "User")
    people = User.objects.in_bulk(pks)
    return [people.get(pk) for pk in pks]


def _teams(ids: list[str]) -> list[Team | None]:
    """Return teams by their entities' ids, which is what the SDK knows them by."""
    pks = _decode(ids, "Entity")
    teams = Team.objects.filter(entity__in=pks).select_related("entity")
    of_entity = {team.entity_id: team for team in teams}
    return [of_entity.get(pk) for pk in pks]


def _decode(ids: list[str], type_name: str) -> list[int]:
    if len(ids) > MAX_MEMBERS:
        raise Invalid(_("Give at most {limit} members at a time.").format(limit=MAX_MEMBERS))
    return [decode_id(text, type_name) for text in ids]
