"""What the page of a collection says above its versions."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from artifacts.models import Collection, CollectionTag, Membership, PinnedAlias, ProtectedAlias
from registry_site.accounts.alias_names import AliasNames
from registry_site.queries.json_rows import json_rows_of
from registry_site.queries.prepared import prepared


@dataclass(frozen=True)
class CollectionFacts:
    """A collection's tags, by name, and the number of its versions that were deleted."""

    tags: list[str]
    deleted_count: int


def read_collection_facts(collection: Collection) -> CollectionFacts:
    """Return the facts in one query; the project's protected and pinned aliases are read along."""
    ((tags, protected, pinned, deleted_count),) = _collection_facts(collection.pk)
    project = collection.project
    project.protected_alias_names = AliasNames(_names(protected))
    project.pinned_alias_names = sorted(_names(pinned))
    return CollectionFacts(_names(tags), deleted_count or 0)


def _names(rows: list[list[str]] | None) -> list[str]:
    return [name for (name,) in rows or ()]


@prepared
def _collection_facts(collection: Any) -> QuerySet:
    tags = CollectionTag.objects.filter(collection=OuterRef("pk"))
    of_project = {"project": OuterRef("project")}
    hidden = Membership.objects.filter(collection=OuterRef("pk"), hidden_at__isnull=False)
    count = hidden.order_by().values("collection").annotate(n=Count("pk")).values("n")
    return Collection.with_deleted.filter(pk=collection).values_list(
        json_rows_of(tags.order_by("name"), "name"),
        json_rows_of(ProtectedAlias.objects.filter(**of_project).order_by("pk"), "name"),
        json_rows_of(PinnedAlias.objects.filter(**of_project).order_by("pk"), "name"),
        Subquery(count),
    )
