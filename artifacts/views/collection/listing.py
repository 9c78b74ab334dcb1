"""The collections of a project as a list, on a page and as a file."""

from dataclasses import dataclass

from artifacts.models import Collection, Membership, Project
from artifacts.querysets.collections import aliases_with_events
from artifacts.views.usage.names import aliases_of
from registry_site.http.exports import Columns, Listing


@dataclass(frozen=True)
class CollectionRow:
    """A collection in the table of its project."""

    collection: Collection
    newest: Membership | None

    def get_absolute_url(self) -> str:
        return self.collection.get_absolute_url()


_COLLECTION_COLUMNS: Columns = {
    "collection": lambda row: row.collection.name,
    "full_name": lambda row: row.collection.target_path,
    "type": lambda row: row.collection.artifact_type.name,
    "kind": lambda row: row.collection.kind,
    "versions": lambda row: row.collection.version_count,
    "newest": lambda row: row.newest and row.newest.number,
    "newest_aliases": lambda row: row.newest and aliases_of(row.newest, is_latest=True),
    "created_at": lambda row: row.collection.created_at,
    "updated_at": lambda row: row.collection.updated_at,
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
    ids = [collection.newest_id for collection in collections if collection.newest_id]
    memberships = Membership.objects.for_path().prefetch_related(aliases_with_events()).in_bulk(ids)
    return [CollectionRow(each, memberships.get(each.newest_id)) for each in collections]
