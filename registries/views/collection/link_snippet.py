"""Code to copy, with the names filled in."""

from artifacts.models import Project
from artifacts.views.usage.code import link_code
from registry_site.accounts.models import Team, User


def link_snippet(*, project: Project, collection_name: str, type_name: str, user: User) -> str:
    """Return the script that links to the collection from a team of the person's."""
    owner = project.entity_id
    team = Team.objects.loggable_by(user).filter(organization__entity=owner).first()
    entity = team.entity.name if team else "YOUR_TEAM"
    target_path = f"{project.entity.name}/{project.name}/{collection_name}"
    return link_code(entity, "my-project", type_name, target_path)
