"""Code to copy: it logs something first, or reads a version back by its full name."""

import base64
import shlex
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from registry_site.accounts.models import Team
from registry_site.graphql.ids import encode_id


def usage_blocks(membership: Membership, user: Any, server_url: str) -> list[dict[str, str]]:
    """Return the ways to use the version: in a run, without one, and by curl."""
    name, type_name = (
        _quoted(membership.full_name),
        _quoted(membership.collection.artifact_type.name),
    )
    team = Team.objects.loggable_by(user).first()
    entity = _quoted(team.entity.name if team else user.username)
    in_run = f"""\
import wandb

with wandb.init(entity={entity}, project="my-project") as run:
    artifact = run.use_artifact({name}, type={type_name})
    folder = artifact.download()
"""
    alone = f"""\
import wandb

artifact = wandb.Api().artifact({name}, type={type_name})
folder = artifact.download()
"""
    blocks = [
        {
            "label": _("In a run, which the lineage then shows"),
            "code": in_run,
            "language": "python",
        },
        {"label": _("Without a run"), "code": alone, "language": "python"},
    ]
    if curl := _curl(membership, server_url):
        blocks.append({"label": _("One file by curl"), "code": curl, "language": "bash"})
    return blocks


def first_version_code(collection: Collection) -> str:
    """Return a complete script that puts a first version into an empty collection."""
    entity, project = collection.project.entity.name, collection.project.name
    type_name = collection.artifact_type.name
    if not collection.is_portfolio:
        return log_code(entity, project, type_name, collection.name)
    return link_code(entity, project, type_name, collection.target_path)


def link_code(entity: str, project: str, type_name: str, target_path: str) -> str:
    """Return a complete script that logs an artifact there and links it to the target path."""
    return f"""\
import wandb

target_path = {_quoted(target_path)}

with wandb.init(entity={_quoted(entity)}, project={_quoted(project)}) as run:
    artifact = wandb.Artifact(name={_quoted(f"my-{type_name}")}, type={_quoted(type_name)})
    artifact.add_file("path/to/file")
    run.link_artifact(artifact=artifact, target_path=target_path)
"""


def log_code(entity: str, project: str, type_name: str = "model", name: str = "") -> str:
    """Return a complete script that logs a first run and artifact there."""
    name = name or f"my-{type_name}"
    return f"""\
import wandb

with wandb.init(entity={_quoted(entity)}, project={_quoted(project)}) as run:
    run.log({{"accuracy": 0.97}})
    artifact = wandb.Artifact(name={_quoted(name)}, type={_quoted(type_name)})
    artifact.add_file("path/to/file")
    run.log_artifact(artifact)
"""


def _curl(membership: Membership, server_url: str) -> str:
    """Take the first file, at the address from which the SDK itself reads single files."""
    entry = membership.version.entries.filter(blob__isnull=False).order_by("path").first()
    if entry is None:
        return ""
    collection = membership.collection
    place = [
        "artifactsV2",
        "default",
        collection.project.entity.name,
        collection.project.name,
        collection.name,
        encode_id("Artifact", membership.version_id),
        encode_id("Artifact", entry.birth_version_id or membership.version_id),
        base64.b64decode(entry.digest).hex(),
        entry.name,
    ]
    url = "/".join([server_url, *(quote(part, safe="") for part in place)])
    return f'''\
curl --fail --location --user "api:$WANDB_API_KEY" \\
  --output {shlex.quote(entry.name)} \\
  "{url}"
'''


def _quoted(text: str) -> str:
    """A Python string literal in double quotes, with every character as people read it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
