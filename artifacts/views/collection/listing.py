"""The collections of a project as a list, on a page and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from artifacts.models import Collection, Membership, Project
from artifacts.querysets.collections import LATEST
from artifacts.reads.pages.names import CollectionName, VersionName
from artifacts.reads.pages.version_rows import Aliases, read_aliases
from artifacts.views.collection.version_rows import TreeVersion
from registry_site.http.exports import Columns, Listing


@dataclass(frozen=True)
class CollectionRow:
    """A collection in the table of its project."""

    key: int
    names: CollectionName
    type_name: str
    kind: str
    version_count: int
    newest: TreeVersion | None
    created_at: datetime
    updated_at: datetime

    def get_absolute_url(self) -> str:
        return self.names.url


_COLLECTION_COLUMNS: Columns = {
    "collection": lambda row: row.names.name,
    "full_name": lambda row: row.names.path,
    "type": lambda row: row.type_name,
    "kind": lambda row: row.kind,
    "versions": lambda row: row.version_count,
    "newest": lambda row: row.newest and row.newest.names.number,
    "newest_aliases": lambda row: row.newest and [LATEST, *sorted(row.newest.aliases)],
    "created_at": lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
}


def collections_listing(project: Project, type_name: str = "", url: str = "") -> Listing:
    """Return the project's collections, of one type or of all, with their newest versions.

    `url` is the page of a list that is not the project's own.
    """
    listed = Collection.objects.filter(project=project).listed()
    if type_name:
        listed = listed.filter(artifact_type__name=type_name)
    return Listing(
        url=f"{url or project.get_absolute_url()}/-/collections",
        rows=listed.with_newest().for_path(),
        order=("-updated_at", "-pk"),
        columns=_COLLECTION_COLUMNS,
        complete=with_newest_versions,
    )


def with_newest_versions(collections: list[Collection]) -> list[CollectionRow]:
    """Return rows of collections annotated with `newest_id`; runs two queries for all of them."""
    keys = [collection.newest_id for collection in collections if collection.newest_id]
    numbers = dict(Membership.objects.filter(pk__in=keys).values_list("pk", "index"))
    aliases = read_aliases(numbers) if numbers else {}
    return [_row(collection, numbers, aliases) for collection in collections]


def _row(
    collection: Collection, numbers: Mapping[int, int], aliases: Mapping[int, Aliases]
) -> CollectionRow:
    names, key, newest = CollectionName.of(collection), collection.newest_id, None
    if key and key in numbers:
        newest = TreeVersion(
            key=key,
            names=VersionName(names, numbers[key]),
            is_latest=True,
            aliases=aliases.get(key, {}),
        )
    return CollectionRow(
        key=collection.pk,
        names=names,
        type_name=collection.artifact_type.name,
        kind=collection.kind,
        version_count=collection.version_count,
        newest=newest,
        created_at=collection.created_at,
        updated_at=collection.updated_at,
    )
