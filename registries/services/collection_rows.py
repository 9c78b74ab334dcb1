"""The collections of a registry, with only the columns that its table or its file shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from artifacts.models import Collection, CollectionTag, Membership
from artifacts.querysets.collections import CollectionQuerySet
from registry_site.queries.keyset import PAGE_SIZE
from registry_site.queries.prepared import prepared

_COLUMNS = [
    "id",
    "name",
    "artifact_type__name",
    "description",
    "version_count",
    "newest_id",
    "created_at",
    "updated_at",
    "updated_by__username",
]


def collection_cells(collections: CollectionQuerySet) -> QuerySet:
    """Return rows with what a table shows of these collections.

    `newest_id` is the key of the newest live membership.
    """
    return collections.with_newest().values_list(*_COLUMNS, named=True)


def read_collection_tags(collections: Iterable[int]) -> Mapping[int, list[str]]:
    """Return the tags of these collections in order, by the keys of those that have any."""
    tags: dict[int, list[str]] = defaultdict(list)
    for collection, name in sorted(_tags_of_collections(list(collections))):
        tags[collection].append(name)
    return tags


def read_numbers(memberships: Iterable[int]) -> Mapping[int, int]:
    """Return the number of each of these memberships in its collection."""
    return dict(_numbers_of_memberships(list(memberships)))


@prepared
def last_changed_cells(project: Any) -> QuerySet:
    """Return the rows of the project's collections that changed last: one more than a page has."""
    collections = Collection.objects.filter(project=project)
    return collection_cells(collections).order_by("-updated_at", "-id")[: PAGE_SIZE + 1]


@prepared
def _tags_of_collections(collections: Any) -> QuerySet:
    rows = CollectionTag.objects.filter(collection__among=collections)
    return rows.values_list("collection_id", "name")


@prepared
def _numbers_of_memberships(memberships: Any) -> QuerySet:
    return Membership.objects.filter(pk__among=memberships).values_list("pk", "index")
