"""Makers of rows. What an operation makes in earnest is made through the operation."""

import base64
import hashlib
import itertools
import json

from django.db import connection

from artifacts import models
from artifacts.services.files.blobs import save_bytes
from artifacts.services.runs.streams import Chunk, add_lines
from registry_site.accounts.models import Event, Organization, Team, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services import people
from registry_site.accounts.services.members import set_organization_member, set_team_member
from tests.helpers.rows import find, insert

_numbers = itertools.count(1)
TAKE_A_NUMBER = f"""
    UPDATE "{models.Collection._meta.db_table}"
    SET next_index = next_index + 1, version_count = version_count + 1
    WHERE id = %s RETURNING next_index, version_count"""


def make_user(username, **fields):
    return people.create_user(by=None, username=username, **fields)


def make_organization(name="Acme", **members):
    """`make_organization("Acme", alice="admin")`; without registries."""
    organization = people.create_organization(by=None, name=name)
    for username, role in members.items():
        user = User.objects.get(username=username)
        set_organization_member(by=None, organization=organization, user=user, role=role)
    return organization


def make_team(name, organization, **members):
    team = people.create_team(by=None, organization=organization, name=name)
    for username, role in members.items():
        user = User.objects.get(username=username)
        set_team_member(by=None, team=team, user=user, role=role)
    return team


def make_project(owner, name="iris", **fields):
    """A project of a team or of a user."""
    return insert(models.Project, entity=owner.entity, name=name, **fields)


def make_registry_project(organization, name="model", *, types=(), protected=(), **fields):
    """The project of a registry, without its row in `registries`."""
    fields = {"default_role": Role.MEMBER, "accepts_all_types": not types} | fields
    project = insert(
        models.Project,
        entity=organization.entity,
        name=f"wandb-registry-{name}",
        kind="registry",
        **fields,
    )
    for type_name in types:
        insert(models.AcceptedType, project=project, name=type_name)
    for alias in protected:
        insert(models.ProtectedAlias, project=project, name=alias)
    return project


def make_collection(project, name="iris-model", type_name="model", kind=None, **fields):
    artifact_type = find(models.ArtifactType, project_id=project.pk, name=type_name)
    artifact_type = artifact_type or insert(models.ArtifactType, project=project, name=type_name)
    kind = kind or ("portfolio" if project.is_registry else "sequence")
    return insert(
        models.Collection,
        project=project,
        artifact_type=artifact_type,
        name=name,
        kind=kind,
        **fields,
    )


def make_blob(content=b"hello"):
    """Bytes that really are in the store."""
    return save_bytes(content)


def make_version(sequence, *, files=None, by=None, aliases=(), **fields):
    """A committed version with its source membership; `files` maps paths to bytes."""
    index = sequence.next_index
    files = {"weights.txt": f"{sequence.pk}/{index}".encode()} if files is None else files
    digest = hashlib.md5(
        repr((sequence.pk, index, sorted(files))).encode(), usedforsecurity=False
    ).hexdigest()
    version = insert(
        models.Version,
        sequence=sequence,
        state="COMMITTED",
        version_index=index,
        created_by=by,
        size=sum(len(content) for content in files.values()),
        file_count=len(files),
        **({"digest": digest} | fields),
    )
    for path, content in files.items():
        insert(
            models.ManifestEntry,
            version=version,
            path=path,
            size=len(content),
            digest=base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
            birth_version_id=version.pk,
            blob=make_blob(content),
        )
    make_membership(sequence, version, by=by, aliases=aliases)
    return version


def make_membership(collection, version, *, by=None, aliases=()):
    """A place in a collection, numbered as the operation numbers it."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_A_NUMBER, [collection.pk])
        collection.next_index, collection.version_count = cursor.fetchone()
    index = collection.next_index - 1
    membership = insert(
        models.Membership, collection=collection, version=version, index=index, created_by=by
    )
    for name in aliases:
        insert(models.Alias, collection=collection, membership=membership, name=name)
    return membership


def make_run(project, user=None, **fields):
    number = next(_numbers)
    fields = {"name": f"run{number:05d}", "display_name": f"brave-river-{number}"} | fields
    return insert(models.Run, project=project, user=user, **fields)


def make_lines(run, stream, *texts, offset=0):
    """Lines of a stream, kept as if the run had sent them; objects are written as JSON."""
    texts = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    user = run.user or User.objects.filter(is_admin=True).first()
    kept = add_lines(by=user, run=run, chunk=Chunk(lines={stream: (offset, texts)}))
    kept.project = run.project
    return kept


def restricted_viewer(registry, user):
    """Somebody of the organization who may only look at the registry, as a new request has them."""
    set_organization_member(by=None, organization=registry.organization, user=user, role="member")
    registry.project.access = "restricted"
    registry.project.save(update_fields=["access"])
    registry.project.members.create(user=user, role=Role.RESTRICTED_VIEWER)
    return fresh(user)


def fresh(user):
    """The same person as a new request would find them, with no roles remembered."""
    return User.objects.get(pk=user.pk)


__all__ = [name for name in dir() if name.startswith("make_")] + [
    "Organization",
    "Team",
    "fresh",
    "restricted_viewer",
]


def make_event_of_later_code(*, by=None, **fields):
    """An event with any words, as a later release may have written before a way back."""
    return Event.objects.create(actor=by, actor_name=by.username if by else "", **fields)
