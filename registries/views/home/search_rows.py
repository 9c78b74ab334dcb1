"""The rows of a search: collections and versions in an organization's registries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from artifacts.querysets.collections import LATEST
from artifacts.reads.pages.names import CollectionName, ProjectName, VersionName
from artifacts.reads.pages.version_rows import Aliases, read_aliases, read_protected, read_tags
from registries.services.search import version_cells
from registry_site.accounts.alias_names import AliasNames
from registry_site.http.exports import Columns


@dataclass(frozen=True)
class FoundCollection:
    """A row of the collections that a search found."""

    name: CollectionName
    registry: str
    type_name: str
    tags: Sequence[str]
    version_count: int
    updated_at: datetime

    def get_absolute_url(self) -> str:
        return self.name.url

    @classmethod
    def of(cls, row: Any) -> Self:
        registry = ProjectName.of_names(
            row.project__entity__name,
            row.project__name,
            row.project__entity__organization__name,
        )
        type_name = row.artifact_type__name
        return cls(
            name=CollectionName.in_project(registry, type_name, row.name),
            registry=registry.registry_name,
            type_name=type_name,
            tags=sorted(name for (name,) in row.tag_names or ()),
            version_count=row.version_count,
            updated_at=row.updated_at,
        )


@dataclass(frozen=True)
class FoundVersion:
    """A row of the versions that a search found."""

    names: VersionName
    registry: str
    is_latest: bool
    aliases: Aliases
    protected: AliasNames
    tags: Sequence[str]
    added_at: datetime
    size: int
    digest: str

    def get_absolute_url(self) -> str:
        return self.names.get_absolute_url()


def collections_of(rows: Iterable[Any]) -> list[FoundCollection]:
    return [FoundCollection.of(row) for row in rows]


def versions_of(keys: Iterable[Any]) -> list[FoundVersion]:
    """Return the rows of these memberships; four statements for all."""
    rows = version_cells([key.id for key in keys])
    aliases = read_aliases(row.pk for row in rows)
    tags = read_tags(row.version_id for row in rows)
    protected = read_protected({row.collection__project_id for row in rows})
    versions = []
    for row in rows:
        registry = ProjectName.of_names(
            row.collection__project__entity__name,
            row.collection__project__name,
            row.collection__project__entity__organization__name,
        )
        type_name = row.collection__artifact_type__name
        collection = CollectionName.in_project(registry, type_name, row.collection__name)
        versions.append(
            FoundVersion(
                names=VersionName(collection, row.index),
                registry=registry.registry_name,
                is_latest=row.is_newest,
                aliases=aliases.get(row.pk, {}),
                protected=protected[row.collection__project_id],
                tags=tags.get(row.version_id, ()),
                added_at=row.created_at,
                size=row.version__size,
                digest=row.version__digest,
            )
        )
    return versions


COLLECTION_COLUMNS: Columns = {
    "collection": lambda row: row.name.name,
    "full_name": lambda row: row.name.path,
    "registry": lambda row: row.registry,
    "type": lambda row: row.type_name,
    "tags": lambda row: row.tags,
    "versions": lambda row: row.version_count,
    "updated_at": lambda row: row.updated_at,
}
VERSION_COLUMNS: Columns = {
    "version": lambda row: row.names.number,
    "full_name": lambda row: row.names.full_name,
    "registry": lambda row: row.registry,
    "collection": lambda row: row.names.collection.name,
    "aliases": lambda row: [*([LATEST] if row.is_latest else []), *sorted(row.aliases)],
    "tags": lambda row: row.tags,
    "added_at": lambda row: row.added_at,
    "size": lambda row: row.size,
    "digest": lambda row: row.digest,
}
