"""The membership and the name through which a version was used or downloaded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from artifacts.models import Membership
from artifacts.services.paths.placeholders import hidden_path
from artifacts.services.paths.pointers import Deletion
from registry_site.accounts.models import User

_JOINED = [
    "collection__artifact_type",
    "collection__project__entity__organization",
    "collection__project__entity__team__organization",
]


def with_collections(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return uses or downloads with what `rows_of_uses` needs of each."""
    same = Membership.objects.filter(version=OuterRef("version"), collection=OuterRef("collection"))
    return rows.select_related(*_JOINED).annotate(
        membership_index=Subquery(same.values("index")[:1])
    )


@dataclass(frozen=True)
class UseRow:
    """A use or download of a version, with the collection through which it was reached."""

    use: Any  # a RunInput or Download of `with_collections`
    may_see_collection: bool
    is_collection_deleted: bool
    number: str | None  # of the version there; None after the link was removed
    deletion: Deletion | None = None  # of the run


def rows_of_uses(user: User, uses: Iterable[Any]) -> list[UseRow]:
    """Return the uses or downloads with what the person may see of their collections."""
    return [_row(user, use) for use in uses]


def _row(user: User, use: Any) -> UseRow:
    collection, index = use.collection, use.membership_index
    is_deleted = collection and (collection.deleted_at or collection.project.deleted_at)
    return UseRow(
        use=use,
        may_see_collection=bool(
            collection and collection.project.role_until_deletion(user) is not None
        ),
        is_collection_deleted=bool(is_deleted),
        number=None if index is None else f"v{index}",
    )


def collection_path(row: UseRow) -> str | None:
    """Return the path through which it was reached, with a stand-in for a hidden collection."""
    collection = row.use.collection
    if collection is None:
        return None
    return str(collection.target_path if row.may_see_collection else hidden_path(collection))
