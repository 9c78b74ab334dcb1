"""Fields by which lists of collections and versions are filtered and ordered in wandb 0.31.

Some fields have two names: its basic search of registries names them differently from its advanced
one, and releases up to 0.29 know only the basic one.
"""

from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import Exact

from artifacts.models import Alias, CollectionTag, VersionTag
from artifacts.querysets.collections import LATEST, NUMBER, newest_index
from registry_site.filters import (
    Column,
    Json,
    Names,
    Number,
    Text,
    Time,
    VersionNumber,
    joined,
    passes,
)

IS_NEWEST = Q(Exact(F("index"), newest_index()))


class Aliases(Names):
    """Aliases of a membership, with those that follow from its number: `latest` and `v3`."""

    def matching(self, lookup: str, value: Any) -> Q:
        tests = [super().matching(lookup, value)]
        if passes(LATEST, lookup, value):
            tests.append(IS_NEWEST)
        names = {"exact": [value], "in": value}.get(lookup, ())
        if numbers := [int(match[1]) for name in names if (match := NUMBER.fullmatch(name))]:
            tests.append(Q(index__in=numbers))
        return joined(tests, by_or=True)

    def exists(self) -> Q:
        return super().exists() | IS_NEWEST

    def count(self) -> Any:
        return super().count() + Case(When(IS_NEWEST, then=Value(1)), default=Value(0))


COLLECTIONS = {
    "id": Number("pk"),
    "artifact_collection_id": Number("pk"),
    "name": Text("name"),
    "type": Text("artifact_type__name"),
    "tag": Names(CollectionTag, to="collection"),
    "tags": Names(CollectionTag, to="collection"),
    "description": Text("description"),
    "created_at": Time("created_at"),
    "updated_at": Time("updated_at"),
}


# of memberships: number and aliases belong to a membership, all else to its version
VERSIONS = {
    "id": Number("version_id"),
    "artifact_id": Number("version_id"),
    "version": VersionNumber("index"),
    "version_index": VersionNumber("index"),
    "tag": Names(VersionTag, to="version", at="version"),
    "tags": Names(VersionTag, to="version", at="version"),
    "alias": Aliases(Alias, to="membership"),
    "aliases": Aliases(Alias, to="membership"),
    "metadata": Json("version__metadata"),
    "state": Text("version__state"),
    "digest": Text("version__digest"),
    "description": Text("version__description"),
    "size": Number("version__size"),
    "artifact_size": Number("version__size"),
    "created_at": Time("version__created_at"),
    "artifact_created_at": Time("version__created_at"),
    "updated_at": Time("version__updated_at"),
    "acm_created_at": Time("created_at"),
}


NEWEST_FIRST = "-version_index"
VERSION_ORDERS = {
    "version_index": Column("index"),
    "created_at": Column("version__created_at"),
    "artifact_created_at": Column("version__created_at"),
    "updated_at": Column("version__updated_at"),
    "size": Column("version__size"),
    "artifact_size": Column("version__size"),
    "acm_created_at": Column("created_at"),
}
