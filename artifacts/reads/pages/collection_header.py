"""What the page of a collection says above its versions: facts of it, and what is released."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from artifacts.models import (
    Alias,
    Collection,
    CollectionTag,
    Membership,
    PinnedAlias,
    ProtectedAlias,
)
from artifacts.reads.pages.version_rows import AliasEvent
from registry_site.accounts.alias_names import AliasNames
from registry_site.queries.json_rows import json_rows_of
from registry_site.queries.prepared import prepared

PRODUCTION = "production"
_MOST_READ = 500


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


@dataclass(frozen=True)
class GovernedAlias:
    """An alias that is protected, pinned or called `production`, and the version that has it."""

    name: str
    version_id: int
    index: int  # of the version in the collection
    is_newest: bool  # whether the version is the collection's newest
    event: AliasEvent | None  # that put it there; None where none was recorded


def read_governed_aliases(collection: Collection) -> list[GovernedAlias]:
    """Return these aliases of the collection by name, up to a fixed number, in one query."""
    project = collection.project
    names = AliasNames(
        [*project.protected_alias_names.all(), *project.pinned_alias_names, PRODUCTION]
    )
    live = Membership.objects.live().filter(collection=collection).newest_first()
    rows = (
        Alias.objects.filter(collection=collection)
        .meant_by(names)
        .order_by("name")
        .annotate(newest=Subquery(live.values("index")[:1]))
        .values_list(
            "name",
            "membership__version_id",
            "membership__index",
            "newest",
            "event__at",
            "event__actor_name",
            "event__note",
        )
    )
    return [
        GovernedAlias(
            name, version_id, index, index == newest, AliasEvent(at, who, note) if at else None
        )
        for name, version_id, index, newest, at, who, note in rows[:_MOST_READ]
        if name in names
    ]
