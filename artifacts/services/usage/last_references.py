"""By which name an API key reached a version a moment ago.

wandb 0.31 resolves `collection:production` first; when it then uses the version it sends no more
than an id and the project, and when it downloads, the number. What the same key asked for just
before is what that name was. It is remembered for a minute by the processes of this server, of
which any may get the next request. Where two names were asked for before the version was used,
nothing is known, and nothing is said; what is asked for afterwards begins anew.
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
    """A collection, and the alias or number by which a version was asked for there."""

    collection_id: int | None
    reference: str
    was_used: bool = False  # by a run, after it was asked for


_SEVERAL = Reached(None, "")
_memory = Shared(_SECONDS)  # (key, version, project) -> what was asked for, _SEVERAL for two names


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

    `is_use`: a run uses it now; the next name that the key asks for belongs to another use.
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
