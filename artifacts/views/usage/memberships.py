"""The membership and the name through which a version was used or downloaded."""

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
    """Return uses or downloads with what `mark_collections` needs of each."""
    same = Membership.objects.filter(version=OuterRef("version"), collection=OuterRef("collection"))
    return rows.select_related(*_JOINED).annotate(
        membership_index=Subquery(same.values("index")[:1])
    )


def mark_collections(user: User, rows: list[Any]) -> None:
    """Set on each row whether its collection may be shown or was deleted, and the number there.

    A removed link has no number any more.
    """
    for row in rows:
        membership = row.collection
        row.may_see_collection = bool(
            membership and membership.project.role_until_deletion(user) is not None
        )
        row.collection_is_deleted = bool(
            membership and (membership.deleted_at or membership.project.deleted_at)
        )
        row.number = None if row.membership_index is None else f"v{row.membership_index}"


def collection_path(row: Any) -> str | None:
    """Return the path through which it was reached, with a stand-in for a hidden collection."""
    if row.collection is None:
        return None
    return str(
        row.collection.target_path if row.may_see_collection else hidden_path(row.collection)
    )
