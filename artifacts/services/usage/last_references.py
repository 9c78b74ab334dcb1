"""The name by which an API key reached a version a moment ago.

wandb 0.31 first resolves `collection:production`. When it then uses the version, it sends only an
id and the project; when it downloads, the number. So the name is the one that the same key asked
for just before. All processes of this server share it for a minute, because any of them may get
the next request. If the key asked for two names before it used the version, the name is unknown.
After a use, the next name counts anew.
"""

import json
from dataclasses import asdict, dataclass, replace

from artifacts.models import Membership, Project
from artifacts.querysets.collections import LATEST
from artifacts.services.memory.shared import Shared
from registry_site.accounts.models import ApiKey

_SECONDS = 60


@dataclass(frozen=True)
class Reached:
    """A collection, and the alias or number by which a key asked for a version there."""

    collection_id: int | None
    reference: str
    was_used: bool = False  # a run has used it since


_SEVERAL = Reached(None, "")
_memory = Shared(_SECONDS)  # (key, version, project) -> Reached; _SEVERAL for two names


def remember_reached(
    *, api_key: ApiKey | None, membership: Membership | None, reference: str
) -> None:
    """Note that the key asked for this membership as `collection:reference` ("" is `latest`)."""
    if api_key is None or membership is None:
        return
    project = membership.collection.project_id
    now = Reached(membership.collection_id, reference or LATEST)
    key = api_key.pk, membership.version_id, project
    before = _read(key)
    is_clear = before is None or before.was_used or before == now
    _write(key, now if is_clear else _SEVERAL)


def last_reached(
    *, api_key: ApiKey | None, version_id: int, project: Project | None, is_use: bool = False
) -> Reached | None:
    """Return how the key reached the version in the project, None where that isn't known.

    With `is_use`, a run uses it now, and the next name that the key asks for is for another use.
    """
    if api_key is None or project is None:
        return None
    key = api_key.pk, version_id, project.pk
    reference = _read(key)
    if reference and is_use:
        _write(key, replace(reference, was_used=True))
    return reference if reference and reference.reference else None


def last_reference(*, api_key: ApiKey | None, membership: Membership) -> str:
    """Return the alias or number by which the key reached this membership, "" where unknown."""
    reference = last_reached(
        api_key=api_key, version_id=membership.version_id, project=membership.collection.project
    )
    is_here = reference is not None and reference.collection_id == membership.collection_id
    return reference.reference if reference and is_here else ""


def _read(key: tuple[int, int, int]) -> Reached | None:
    text = _memory.get(key)
    return Reached(**json.loads(text)) if text else None


def _write(key: tuple[int, int, int], reached: Reached) -> None:
    _memory.set(key, json.dumps(asdict(reached), ensure_ascii=False))
