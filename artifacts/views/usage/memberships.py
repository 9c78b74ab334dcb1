"""Where a version was used or downloaded: the collection, and the name that it had there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from artifacts.models import Membership
from artifacts.services.paths.placeholders import hidden_path
from registry_site.accounts.models import User

_JOINED = [
    "collection__artifact_type",
    "collection__project__entity__organization",
    "collection__project__entity__team__organization",
]


def with_collections(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return uses or downloads with what `place_of` needs of each."""
    same = Membership.objects.filter(version=OuterRef("version"), collection=OuterRef("collection"))
    return rows.select_related(*_JOINED).annotate(
        membership_index=Subquery(same.values("index")[:1])
    )


@dataclass(frozen=True)
class Place:
    """A collection through which a version was reached, as one person may see it.

    Of a hidden one there is only a stand-in for its path, and nothing of one that wasn't recorded.
    """

    path: str | None = None
    is_hidden: bool = False
    name: str = ""
    url: str = ""  # "" for a deleted one
    number: str | None = None  # of the version there; None after the link was removed
    reference: str | None = None  # the number or alias that was asked for; "" where none is known


def place_of(user: User, use: Any) -> Place:
    """Return the place of a RunInput or a Download, which `with_collections` read."""
    collection, index = use.collection, use.membership_index
    if collection is None:
        return Place()
    if collection.project.role_until_deletion(user) is None:
        return Place(hidden_path(collection), is_hidden=True)
    is_deleted = collection.deleted_at or collection.project.deleted_at
    return Place(
        collection.target_path,
        name=collection.name,
        url="" if is_deleted else collection.get_absolute_url(),
        number=None if index is None else f"v{index}",
        reference=use.reference,
    )
