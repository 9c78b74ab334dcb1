"""Code to copy: it logs a first artifact, or reads a version back by its full name."""

import json
import shlex
from urllib.parse import quote

from django.utils.translation import gettext as _

from artifacts.models import Collection, Membership
from registry_site.accounts.models import User
from registry_site.accounts.services.people import default_entity_of


def usage_blocks(
    membership: Membership, reference: str, user: User, server_url: str
) -> list[dict[str, str]]:
    """Return code that uses the version; after the first block, the others run as they stand.

    `reference` is the number or an alias of the membership. The API key is read from WANDB_API_KEY.
    """
    name = f"{membership.collection.target_path}:{reference}"
    type_name = membership.collection.artifact_type.name
    entity = default_entity_of(user).name
    here = f"export WANDB_BASE_URL={shlex.quote(server_url)}\n"
    blocks = [
        (_("First: where this server is"), "bash", here),
        (_("In a run, which the lineage then shows"), "python", _in_run(name, type_name, entity)),
        (_("Without a run"), "python", _alone(name, type_name)),
        (_("On the command line"), "bash", _command(name, type_name, membership)),
        *_curls(membership, reference, server_url),
    ]
    return [{"label": label, "language": kind, "code": code} for label, kind, code in blocks]


def quick_code(membership: Membership, reference: str) -> str:
    """Return code that gets its files, where the SDK is set up for this server."""
    collection = membership.collection
    return _alone(f"{collection.target_path}:{reference}", collection.artifact_type.name)


def short_name(membership: Membership, reference: str) -> str:
    """Return the full name without the organization, for people whose default team is in it."""
    collection = membership.collection
    return f"{collection.project.name}/{collection.name}:{reference}"


def _in_run(name: str, type_name: str, entity: str) -> str:
    return f"""\
import wandb

with wandb.init(entity={_quoted(entity)}, project="my-project") as run:
    artifact = run.use_artifact({_quoted(name)}, type={_quoted(type_name)})
    folder = artifact.download()
"""


def _alone(name: str, type_name: str) -> str:
    return f"""\
import wandb

artifact = wandb.Api().artifact({_quoted(name)}, type={_quoted(type_name)})
folder = artifact.download()
"""


def _command(name: str, type_name: str, membership: Membership) -> str:
    folder = f"./{membership.collection.name}"
    return f"""\
wandb artifact get {shlex.quote(name)} \\
  --type {shlex.quote(type_name)} --root {shlex.quote(folder)}
"""


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


def _curls(membership: Membership, reference: str, server_url: str) -> list[tuple[str, str, str]]:
    """Return commands for the first file and for all files; none where all bytes are elsewhere."""
    entry = membership.version.entries.filter(blob__isnull=False).order_by("path").first()
    if entry is None:
        return []
    collection = membership.collection
    version_url = f"{server_url}{collection.get_absolute_url()}/{quote(reference, safe='')}"
    one = _curl(entry.name, f"{version_url}/files/{quote(entry.path)}")
    every = _curl(f"{collection.name}.zip", f"{version_url}/-/files.zip")
    return [(_("One file by curl"), "bash", one), (_("All files by curl"), "bash", every)]


def _curl(target: str, url: str) -> str:
    return f"""\
curl --fail --location --user "api:$WANDB_API_KEY" \\
  --output {shlex.quote(target)} \\
  {shlex.quote(url)}
"""


def _quoted(text: str) -> str:
    """Return a Python string literal in double quotes, with every character as people read it."""
    return json.dumps(text, ensure_ascii=False)
