"""Former names of a registry: until when it had them, and who still uses them."""

from dataclasses import dataclass
from datetime import datetime

from artifacts.models import ProjectPath
from artifacts.services.paths.former_uses import FormerUses, former_uses_of
from registries.models import Registry
from registry_site.accounts.models import Event, Kind, User, Verb
from registry_site.accounts.names import REGISTRY_PREFIX
from registry_site.accounts.permissions import Action, check

_RENAMES_READ = 200


@dataclass(frozen=True)
class FormerName:
    """A name that leads to the registry until a new registry takes it."""

    name: str  # without the prefix
    until: datetime | None  # None if the history has no date
    actor_name: str
    uses: FormerUses


def read_former_names(
    *, by: User, registry: Registry, paths: list[ProjectPath]
) -> list[FormerName]:
    """Return what to say of each of these former paths, in their order; runs four queries."""
    check(by, Action.READ, registry.project)
    events = Event.objects.filter(kind=Kind.REGISTRY, subject_id=registry.pk, verb=Verb.RENAME)
    renames: dict[str, Event] = {}
    for rename in events.order_by("-pk")[:_RENAMES_READ]:
        renames.setdefault((rename.before or {}).get("name", ""), rename)
    uses = former_uses_of(by=by, project=registry.project, names=[each.name for each in paths])
    former_names = []
    for path in paths:
        name = path.name.removeprefix(REGISTRY_PREFIX)
        event = renames.get(name)
        former_names.append(
            FormerName(
                name=name,
                until=event.at if event else None,
                actor_name=event.actor_name if event else "",
                uses=uses[path.name.lower()],
            )
        )
    return former_names
