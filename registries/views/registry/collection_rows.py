"""Rows of a registry's collections: names, not models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from artifacts.querysets.collections import LATEST
from artifacts.reads.pages.names import CollectionName, ProjectName, VersionName
from artifacts.reads.pages.version_rows import Aliases, read_aliases
from registries.models import Registry
from registries.services.collection_rows import read_collection_tags, read_numbers
from registry_site.http.exports import Columns
from registry_site.markup.menus import MenuItem


@dataclass(frozen=True)
class NewestVersion:
    """The newest version of a collection, which `latest` names."""

    names: VersionName
    aliases: Aliases
    is_latest: bool = True


@dataclass(frozen=True)
class CollectionRow:
    """A collection in the table of its registry."""

    pk: int
    name: CollectionName
    type_name: str
    tags: Sequence[str]
    version_count: int
    newest: NewestVersion | None
    created_at: datetime
    updated_at: datetime
    updated_by: str | None
    description: str | None
    menu: Sequence[MenuItem] = ()  # on the page

    @property
    def menu_id(self) -> str:
        return f"collection-{self.pk}-menu"

    def get_absolute_url(self) -> str:
        return self.name.url


def collection_rows(registry: Registry, cells: Sequence[Any]) -> list[CollectionRow]:
    """Return the rows of these collections of the registry; three statements for all."""
    project = registry.project
    place = ProjectName.of_names(project.entity.name, project.name, registry.organization.name)
    tags = read_collection_tags(cell.id for cell in cells) if cells else {}
    names = {
        cell.id: CollectionName.in_project(place, cell.artifact_type__name, cell.name)
        for cell in cells
    }
    newest = _newest({cell.newest_id: names[cell.id] for cell in cells if cell.newest_id})
    return [
        CollectionRow(
            pk=cell.id,
            name=names[cell.id],
            type_name=cell.artifact_type__name,
            tags=tags.get(cell.id, ()),
            version_count=cell.version_count,
            newest=newest.get(cell.newest_id),
            created_at=cell.created_at,
            updated_at=cell.updated_at,
            updated_by=cell.updated_by__username,
            description=cell.description,
        )
        for cell in cells
    ]


def _newest(collections: Mapping[int, CollectionName]) -> dict[int, NewestVersion]:
    """Return the newest versions of collections, by the keys of their memberships."""
    if not collections:
        return {}
    numbers, aliases = read_numbers(collections), read_aliases(collections)
    return {
        pk: NewestVersion(VersionName(name, numbers[pk]), aliases.get(pk, {}))
        for pk, name in collections.items()
        if pk in numbers  # unlinked since
    }


COLLECTION_COLUMNS: Columns = {
    "collection": lambda row: row.name.name,
    "full_name": lambda row: row.name.path,
    "type": lambda row: row.type_name,
    "tags": lambda row: row.tags,
    "versions": lambda row: row.version_count,
    "newest": lambda row: row.newest and row.newest.names.number,
    "newest_aliases": lambda row: row.newest and [LATEST, *sorted(row.newest.aliases)],
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
    "updated_by": lambda row: row.updated_by,
    "description": lambda row: row.description,
}
