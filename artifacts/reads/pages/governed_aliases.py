"""A collection's aliases that count: protected ones, pinned ones, and `production`."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery

from artifacts.models import Alias, Collection, Membership
from artifacts.querysets.collections import AliasQuerySet
from artifacts.reads.pages.version_rows import AliasEvent
from registry_site.accounts.alias_names import AliasNames
from registry_site.queries.prepared import prepared

PRODUCTION = "production"
_FEW = 100  # so many aliases are read whole, which is quicker than to compile a query for the names
_MOST_READ = 500


@dataclass(frozen=True)
class GovernedAlias:
    """An alias that counts, and the version that has it."""

    name: str
    version_id: int
    index: int  # of the version in the collection
    is_newest: bool  # whether the version is the collection's newest
    event: AliasEvent | None  # that put it there; None where none was recorded


def read_governed_aliases(collection: Collection) -> list[GovernedAlias]:
    """Return the aliases that count in the collection, by name."""
    project = collection.project
    names = [*project.protected_alias_names.all(), *project.pinned_alias_names, PRODUCTION]
    return read_aliases_called(AliasNames(names), collection)


def read_aliases_called(names: AliasNames, collection: Collection) -> list[GovernedAlias]:
    """Return the collection's aliases of these names, by name, up to a fixed number."""
    rows = _first_aliases(collection.pk)
    if len(rows) > _FEW:
        aliases = Alias.objects.filter(collection=collection)
        rows = list(_rows(aliases.meant_by(names), collection.pk)[:_MOST_READ])
    return [
        GovernedAlias(
            name, version_id, index, index == newest, AliasEvent(at, who, note) if at else None
        )
        for name, version_id, index, newest, at, who, note in rows
        if name in names
    ]


@prepared
def _first_aliases(collection: Any) -> QuerySet:
    return _rows(Alias.objects.filter(collection=collection), collection)[: _FEW + 1]


def _rows(aliases: AliasQuerySet, collection: Any) -> QuerySet:
    live = Membership.objects.live().filter(collection=collection).newest_first()
    rows = aliases.filter(membership__hidden_at__isnull=True).order_by("name")
    return rows.annotate(newest=Subquery(live.values("index")[:1])).values_list(
        "name",
        "membership__version_id",
        "membership__index",
        "newest",
        "event__at",
        "event__actor_name",
        "event__note",
    )
