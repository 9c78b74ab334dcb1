"""Registries as the SDK reads them: projects with a visibility, accepted types and members."""

from artifacts.graphql.entities import load_storage
from artifacts.models import Project, ProjectMember
from registry_site.accounts.graphql.teams import joined_members
from registry_site.accounts.models import Team
from registry_site.graphql.binding import field, fields
from registry_site.graphql.ids import encode_id

ON_WIRE = {"organization": "PRIVATE", "restricted": "RESTRICTED"}

fields(
    "Project",
    access=lambda project: ON_WIRE[project.access],
    allowAllArtifactTypesInRegistry=lambda project: project.accepts_all_types,
)


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
    """With what wandb 0.31 asks of each team, read for all of them at once."""
    members = ProjectMember.objects.filter(project=project, team__isnull=False).order_by("pk")
    found = list(
        members.select_related("team__entity", "team__organization").prefetch_related(
            joined_members(Team, "team__members"), "team__invitations__user"
        )
    )
    load_storage(info.context, [member.team.entity_id for member in found if member.team])
    return found


fields(
    "ProjectTeamMember",
    team=lambda member: member.team.entity,
    role=lambda member: {"name": member.role},
)
