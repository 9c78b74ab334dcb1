"""What a search finds in an organization's registries, and the first rows of each kind.

The first rows come with prepared statements; a page of one kind, or a file, reads on from them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet

from artifacts.models import Collection, CollectionTag, Membership
from artifacts.querysets.collections import NUMBER, MembershipQuerySet
from registries.models import Registry
from registry_site.accounts.sight import Sight
from registry_site.queries.json_rows import json_rows_of
from registry_site.queries.prepared import prepared

FEW = 10  # rows of each kind on the page with all kinds

_COLLECTION = [
    "id",
    "name",
    "project__name",
    "project__entity__name",
    "project__entity__organization__name",
    "artifact_type__name",
    "tag_names",
    "version_count",
    "updated_at",
]
_VERSION = [
    "pk",
    "version_id",
    "index",
    "is_newest",
    "collection__name",
    "collection__artifact_type__name",
    "collection__project_id",
    "collection__project__name",
    "collection__project__entity__name",
    "collection__project__entity__organization__name",
    "created_at",
    "version__size",
    "version__digest",
]


class Search(NamedTuple):
    """Where somebody looks for a text. In a prepared read each field is a stand-in."""

    organization: Any  # its key
    text: Any


class Kind(NamedTuple):
    """A kind of thing: all that fits a search, its order, and the first rows of it."""

    rows: Callable[[Sight, Search], QuerySet]
    order: str
    first: Callable[[Sight, Search], list[Any]]  # FEW, and one more if there are more


def version_cells(keys: list[int]) -> list[Any]:
    """Return rows with what a table shows of these memberships, newest first.

    They are read apart: with them the database would sort all that the search found.
    """
    return _cells_of_versions(keys) if keys else []


def _registries(sight: Sight, search: Search) -> QuerySet:
    registries = Registry.objects.in_sight(sight).filter(organization=search.organization)
    return registries.filter(name__icontains=search.text).for_cards()


def _collections(sight: Sight, search: Search) -> QuerySet:
    collections = Collection.objects.in_sight(sight).matching(search.text)
    tags = CollectionTag.objects.filter(collection=OuterRef("pk"))
    collections = collections.annotate(tag_names=json_rows_of(tags, "name"))
    collections = collections.filter(project__registry__organization=search.organization)
    return collections.values_list(*_COLLECTION, named=True)


def _memberships(sight: Sight, search: Search) -> MembershipQuerySet:
    memberships = Membership.objects.in_sight(sight)
    return memberships.filter(collection__project__registry__organization=search.organization)


def _versions(sight: Sight, search: Search) -> QuerySet:
    return _memberships(sight, search).matching(search.text).values_list("id", named=True)


@prepared
def _first_registries(sight: Sight, search: Search) -> QuerySet:
    return _registries(sight, search).order_by("id")[: FEW + 1]


@prepared
def _first_collections(sight: Sight, search: Search) -> QuerySet:
    return _collections(sight, search).order_by("-id")[: FEW + 1]


@prepared
def _first_named_versions(sight: Sight, search: Search) -> QuerySet:
    rows = _memberships(sight, search).named_like(search.text).order_by("-id")
    return rows.values_list("id", named=True)[: FEW + 1]


def _first_versions(sight: Sight, search: Search) -> list[Any]:
    if NUMBER.fullmatch(search.text):
        return list(_versions(sight, search).order_by("-id")[: FEW + 1])
    return _first_named_versions(sight, search)


@prepared
def _cells_of_versions(keys: Any) -> QuerySet:
    rows = Membership.objects.filter(pk__among=keys).marking_newest().order_by("-pk")
    return rows.values_list(*_VERSION, named=True)


REGISTRIES = Kind(_registries, "id", _first_registries)
COLLECTIONS = Kind(_collections, "-id", _first_collections)
VERSIONS = Kind(_versions, "-id", _first_versions)
