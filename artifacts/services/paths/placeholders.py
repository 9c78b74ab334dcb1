"""Placeholders for names that a person may not see: opaque, unique for each thing, permanent.

Clients make folders, cache keys and joins of a name, so two hidden things must never share one.
A placeholder is the row's number, enciphered and sealed with a key of this database (a synthetic
initialization vector: the seal of the number is what enciphers it). Nobody can make one up, and
nothing can be read from one; names on this server can't look like it (accounts/names.py).
It has the letters that the SDK's own checks of names, file systems and paths allow.
"""

import base64
import binascii
import hmac
from functools import cache
from typing import Any

from artifacts.models import Collection, Membership, PlaceholderKey, Project, Version
from artifacts.querysets.collections import NUMBER, CollectionQuerySet
from artifacts.querysets.versions import VersionQuerySet
from registry_site.accounts.models import Entity, User
from registry_site.accounts.names import PLACEHOLDER

_PREFIX = "hidden-"
_NUMBER, _SEAL = 8, 12  # bytes, together 32 letters of base32


def placeholder_of(kind: str, pk: int) -> str:
    """Return the placeholder of a row: an entity, project, collection, type, version or run."""
    number = pk.to_bytes(_NUMBER)
    seal = _digest(kind.encode() + b":" + number)[:_SEAL]
    sealed = seal + _masked(number, seal)
    return _PREFIX + base64.b32encode(sealed).decode().lower()


def pk_behind(kind: str, placeholder: str) -> int:
    """Return the key of the row that the placeholder stands for, 0 if it is none of this kind."""
    if not PLACEHOLDER.fullmatch(placeholder):
        return 0
    try:
        sealed = base64.b32decode(placeholder.removeprefix(_PREFIX).upper())
    except binascii.Error:
        return 0
    seal, number = sealed[:_SEAL], _masked(sealed[_SEAL:], sealed[:_SEAL])
    fits = hmac.compare_digest(seal, _digest(kind.encode() + b":" + number)[:_SEAL])
    return int.from_bytes(number) if fits else 0


def hidden_path(collection: Collection) -> str:
    """Return the placeholders for `{entity}/{project}/{collection}`, the same as in the API."""
    project = collection.project
    return hidden_names(project.entity_id, project.pk, collection.pk)


def hidden_names(entity: int, project: int, collection: int) -> str:
    """Return `hidden_path` of the collection with these keys."""
    names = ("entity", entity), ("project", project), ("collection", collection)
    return "/".join(placeholder_of(kind, pk) for kind, pk in names)


def membership_behind(
    *, by: User, entity_name: str, project_name: str, name: str
) -> Membership | None:
    """Return a membership that the person sees of the version `{collection}:v{N}` at this path."""
    collection, _colon, reference = name.partition(":")
    project = project_behind(by=by, entity_name=entity_name, name=project_name)
    sequence = project and sequence_behind(by=by, name=collection, project_pk=project.pk)
    number = NUMBER.fullmatch(reference)
    if not sequence or not number:
        return None
    memberships = Membership.objects.visible_to(by).filter(
        version__sequence=sequence, version__version_index=int(number[1])
    )
    return memberships.for_path().order_by("pk").first()


def entity_behind(*, by: User, name: str) -> Entity | None:
    """Return the entity behind a placeholder, if the person sees a version logged there."""
    pk = pk_behind("entity", name)
    if not pk or not _seen(by, sequence__project__entity=pk):
        return None
    return Entity.objects.filter(pk=pk).first()


def project_behind(*, by: User, entity_name: str, name: str) -> Project | None:
    """Return the project behind these placeholders, if the person sees a version logged there."""
    pk, entity_pk = pk_behind("project", name), pk_behind("entity", entity_name)
    if not pk or not entity_pk or not _seen(by, sequence__project=pk):
        return None
    return Project.objects.filter(pk=pk, entity=entity_pk).first()


def sequence_behind(*, by: User, name: str, project_pk: int | None = None) -> Collection | None:
    """Return the sequence behind this placeholder, if the person sees a version logged there."""
    pk = pk_behind("collection", name)
    if not pk or not _seen(by, sequence=pk):
        return None
    sequences = Collection.with_deleted.filter(pk=pk).for_api()
    if project_pk is not None:
        sequences = sequences.filter(project=project_pk)
    return sequences.first()


def sequences_behind(*, by: User, **where: Any) -> CollectionQuerySet:
    """Return the sequences that match `where` and of which the person sees a version."""
    seen = Version.objects.visible_to(by).committed()
    sequences = Collection.with_deleted.filter(pk__in=seen.values("sequence"), **where)
    return sequences.for_api().order_by("pk")


def versions_in(*, by: User, sequence_pk: int) -> VersionQuerySet:
    """Return the sequence's versions that the person sees, even if the sequence is hidden."""
    return Version.objects.visible_to(by).committed().filter(sequence=sequence_pk)


def _seen(by: User, **where: Any) -> bool:
    return Version.objects.visible_to(by).committed().filter(**where).exists()


def _masked(number: bytes, seal: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(number, _digest(b"mask:" + seal), strict=False))


def _digest(text: bytes) -> bytes:
    return hmac.digest(_key(), text, "sha256")


@cache
def _key() -> bytes:
    """Return the key, read once because it never changes, or made if the table is empty."""
    key, _created = PlaceholderKey.objects.get_or_create(pk=1)
    return bytes.fromhex(key.value)
