"""Registries as cards: what each is for, how much it holds, and when it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.urls import reverse

from artifacts.models import Project
from registry_site.http.exports import Columns
from registry_site.markup.shown import Shown


@dataclass(frozen=True, kw_only=True)
class RegistryCard(Shown):
    """What registries/registry/_card.html shows of a registry, or a file says more."""

    name: str
    full_name: str
    organization: str
    icon: str
    colour: str
    is_core: bool
    owner: str | None
    access: str
    default_role: str
    description: str | None
    accepts_all_types: bool
    accepted_type_names: Sequence[str]
    collection_count: int
    version_total: int
    changed_at: datetime | None
    created_at: datetime

    def get_absolute_url(self) -> str:
        return reverse("registries:registry_detail", args=[self.organization, self.name])

    @property
    def access_label(self) -> str:
        return str(Project.Access(self.access).label)

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the card of a row of `for_cards`."""
        return cls(
            name=row.name,
            full_name=f"{row.organization__entity__name}/{row.project__name}",
            organization=row.organization__name,
            icon=row.icon,
            colour=row.colour,
            is_core=row.is_core,
            owner=row.owner__username,
            access=row.project__access,
            default_role=row.project__default_role,
            description=row.project__description,
            accepts_all_types=row.project__accepts_all_types,
            accepted_type_names=sorted(name for (name,) in row.types or ()),
            collection_count=row.collection_count,
            version_total=row.version_total,
            changed_at=row.changed_at,
            created_at=row.project__created_at,
        )


def cards_of(rows: Iterable[Any]) -> list[RegistryCard]:
    return [RegistryCard.of(row) for row in rows]


REGISTRY_COLUMNS: Columns = {
    "registry": lambda card: card.name,
    "full_name": lambda card: card.full_name,
    "is_core": lambda card: card.is_core,
    "visibility": lambda card: card.access,
    "default_role": lambda card: card.default_role,
    "owner": lambda card: card.owner,
    "types": lambda card: None if card.accepts_all_types else card.accepted_type_names,
    "collections": lambda card: card.collection_count,
    "versions": lambda card: card.version_total,
    "created_at": lambda card: card.created_at,
    "changed_at": lambda card: card.changed_at,
    "description": lambda card: card.description,
}
