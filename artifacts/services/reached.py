"""By which name an API key reached a version a moment ago.

wandb 0.31 resolves `collection:production` first; when it then uses the version it sends no more
than an id and the project, and when it downloads, the number. What the same key asked for just
before is what that name was. It is remembered for a minute in the process that answered (the SDK
keeps its connection, and so its process); where that is not enough, or two names were asked for,
nothing is known, and nothing is said.
"""

from dataclasses import dataclass

from artifacts.models import Membership, Project
from artifacts.querysets.collections import LATEST
from artifacts.services.recent import Recent
from registry_site.accounts.models import ApiKey

_SECONDS = 60


@dataclass(frozen=True)
class Reached:
    """A collection, and the alias or number by which a version was asked for there."""

    collection_id: int | None
    reference: str


_asked = Recent(_SECONDS)  # (key, version, project) -> what was asked for, and None for two names


def remember_reached(
    *, api_key: ApiKey | None, membership: Membership | None, reference: str
) -> None:
    """Note that the key asked for `collection:reference`, which is this place ("" is `latest`)."""
    if api_key is None or membership is None:
        return
    project = membership.collection.project_id
    now = Reached(membership.collection_id, reference or LATEST)
    place = api_key.pk, membership.version_id, project
    before = _asked.get(place)
    _asked.set(place, now if before in (None, now) else _SEVERAL)


def last_reached(
    *, api_key: ApiKey | None, version_id: int, project: Project | None
) -> Reached | None:
    """Return how the key reached the version in the project, None where that isn't known."""
    if api_key is None or project is None:
        return None
    found = _asked.get((api_key.pk, version_id, project.pk))
    return None if found is _SEVERAL else found


def last_reference(*, api_key: ApiKey | None, membership: Membership) -> str:
    """Return the alias or number by which the key reached this place, "" where unknown."""
    found = last_reached(
        api_key=api_key, version_id=membership.version_id, project=membership.collection.project
    )
    is_here = found is not None and found.collection_id == membership.collection_id
    return found.reference if found and is_here else ""


_SEVERAL = Reached(None, "")
