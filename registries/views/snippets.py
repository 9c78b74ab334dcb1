"""Code to copy, with the names filled in."""

from typing import Any

from artifacts.models import Project
from registry_site.accounts.models import Team


def link_snippet(*, project: Project, collection_name: str, type_name: str, user: Any) -> str:
    """Return the complete script that logs a file and links it to the collection."""
    owner = project.entity_id
    team = Team.objects.loggable_by(user).filter(organization__entity=owner).first()
    entity = team.entity.name if team else "YOUR_TEAM"
    target_path = f"{project.entity.name}/{project.name}/{collection_name}"
    return f"""\
import wandb

target_path = {_quoted(target_path)}

with wandb.init(entity={_quoted(entity)}, project="my-project") as run:
    artifact = wandb.Artifact(name={_quoted(f"my-{type_name}")}, type={_quoted(type_name)})
    artifact.add_file("path/to/file")
    run.link_artifact(artifact=artifact, target_path=target_path)
"""


def _quoted(text: str) -> str:
    """A Python string literal in double quotes, with every character as people read it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
