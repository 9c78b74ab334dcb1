"""Registries as cards: what each is for, how much it holds, and when it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.urls import reverse

from artifacts.models import Project


@dataclass(frozen=True, kw_only=True)
class RegistryCard:
    """What registries/registry/_card.html shows of a registry."""

    name: str
    url: str
    icon: str
    colour: str
    access: str
    description: str | None
    accepts_all_types: bool
    accepted_type_names: Sequence[str]
    collection_count: int
    version_total: int
    changed_at: datetime | None
    created_at: datetime

    @property
    def access_label(self) -> str:
        return str(Project.Access(self.access).label)

    @classmethod
    def of(cls, registry: Any) -> Self:
        """Return the card of a Registry of `for_card` and `with_counts`."""
        project = registry.project
        return cls(
            name=registry.name,
            url=registry.get_absolute_url(),
            icon=registry.icon,
            colour=registry.colour,
            access=project.access,
            description=project.description,
            accepts_all_types=project.accepts_all_types,
            accepted_type_names=project.accepted_type_names,
            collection_count=registry.collection_count,
            version_total=registry.version_total,
            changed_at=registry.changed_at,
            created_at=project.created_at,
        )

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Return the card of a row of `registries_of`."""
        organization = row.project__entity__organization__name
        return cls(
            name=row.name,
            url=reverse("registries:registry_detail", args=[organization, row.name]),
            icon=row.icon,
            colour=row.colour,
            access=row.project__access,
            description=row.project__description,
            accepts_all_types=row.project__accepts_all_types,
            accepted_type_names=[name for (name,) in row.types or ()],
            collection_count=row.collection_count,
            version_total=row.version_total,
            changed_at=row.changed_at,
            created_at=row.project__created_at,
        )
