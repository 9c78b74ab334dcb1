"""The collections of a project as a list, on a page and as a file."""

from typing import Any

from artifacts.models import Collection, Membership, Project
from artifacts.querysets.collections import aliases_with_events
from artifacts.views.usage.names import aliases_of
from registry_site.http.exports import Listing

_COLLECTION_COLUMNS = {
    "collection": lambda row: row.name,
    "full_name": lambda row: row.target_path,
    "type": lambda row: row.artifact_type.name,
    "kind": lambda row: row.kind,
    "versions": lambda row: row.version_count,
    "newest": lambda row: row.newest and row.newest.number,
    "newest_aliases": lambda row: row.newest and aliases_of(row.newest, is_latest=True),
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


def with_newest_versions(collections: list[Any]) -> list[Any]:
    """Set `newest` of each collection annotated with `newest_id`, for all in two queries."""
    ids = [collection.newest_id for collection in collections if collection.newest_id]
    memberships = Membership.objects.for_path().prefetch_related(aliases_with_events()).in_bulk(ids)
    for collection in collections:
        collection.newest = memberships.get(collection.newest_id)
    return collections
