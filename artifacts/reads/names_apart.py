"""What versions are called, read apart from their rows: for one, or for all of a list at once.

version_names.py reads the same together with the rows, where nobody asks for more than names. Each
function takes keys and returns what it read by key; one without any is missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from artifacts.models import Alias, Collection, Membership, VersionTag
from artifacts.reads.version_names import (
    MembershipNames,
    TagName,
    VersionNames,
    sorted_tags,
    tags_column,
)
from registry_site.queries.prepared import prepared

Aliases = list[tuple[int, str]]  # (key, name)


def read_tags(versions: Sequence[int]) -> Mapping[int, list[TagName]]:
    """Return the versions' tags by name."""
    tags: dict[int, list[TagName]] = defaultdict(list)
    for version, pk, name in sorted(_tags(list(versions)), key=lambda row: row[2]):
        tags[version].append(TagName(pk, name))
    return tags


def read_aliases(memberships: Sequence[int]) -> Mapping[int, Aliases]:
    """Return the aliases of memberships."""
    aliases: dict[int, Aliases] = defaultdict(list)
    for membership, pk, name in _aliases(list(memberships)):
        aliases[membership].append((pk, name))
    return aliases


def read_memberships(versions: Sequence[int]) -> Mapping[int, list[MembershipNames]]:
    """Return the versions' live memberships, the source first, in two statements."""
    rows = _live_rows(list(versions))  # a row for each alias, or one without any
    return _by_version(rows, _collections_by_key(row.collection_id for row in rows))


def read_names_of_one(version: int) -> VersionNames | None:
    """Return a version's names in one statement; None where it has no live membership."""
    rows = _live_memberships(version)
    if not rows:
        return None
    tags = sorted_tags(rows[0].tag_rows)
    names = _by_version(rows, {row.collection_id: row.collection for row in rows})
    return VersionNames(tags, names[version])


def _by_version(
    rows: Iterable[Any], collections: Mapping[int, Collection]
) -> Mapping[int, list[MembershipNames]]:
    of_pk: dict[int, MembershipNames] = {}
    by_version: dict[int, list[MembershipNames]] = defaultdict(list)
    for row in rows:
        names = of_pk.get(row.pk)
        if names is None:
            collection = collections[row.collection_id]
            names = MembershipNames(row.pk, collection, row.index, bool(row.is_newest), [])
            of_pk[row.pk] = names
            by_version[row.version_id].append(names)
        if row.alias_id:
            names.aliases.append((row.alias_id, row.alias_name))
    return by_version


def names_in(membership: Membership, aliases: Aliases) -> MembershipNames:
    """Return what a version is called in one collection, under these aliases."""
    is_newest = getattr(membership, "is_newest", None)  # lists read it with the rows
    if is_newest is None:
        newer = Membership.objects.live().filter(collection=membership.collection_id)
        is_newest = not newer.filter(index__gt=membership.index).exists()
    return MembershipNames(
        membership.pk, membership.collection, membership.index, bool(is_newest), aliases
    )


def join_collections(memberships: Sequence[Membership]) -> None:
    """Set the memberships' collections and their versions' sequences, each of them one object."""
    collections = _collections_by_key(
        pk for each in memberships for pk in (each.collection_id, each.version.sequence_id)
    )
    for each in memberships:
        each.collection = collections[each.collection_id]
        each.version.sequence = collections[each.version.sequence_id]


def _collections_by_key(pks: Iterable[int]) -> dict[int, Collection]:
    return {row.pk: row for row in _keyed_collections(list(set(pks)))}


@prepared
def _tags(versions: Any) -> QuerySet:
    rows = VersionTag.objects.filter(version__among=versions)
    return rows.values_list("version_id", "pk", "name")


@prepared
def _aliases(memberships: Any) -> QuerySet:
    rows = Alias.objects.filter(membership__among=memberships)
    return rows.values_list("membership_id", "pk", "name")


@prepared
def _live_memberships(version: Any) -> QuerySet:
    rows = Membership.objects.live().filter(version=version).marking_newest().for_each_alias()
    joined: Any = rows.select_related("collection__artifact_type", "collection__project__entity")
    return joined.annotate(tag_rows=tags_column(version))


@prepared
def _live_rows(versions: Any) -> QuerySet:
    rows = Membership.objects.live().filter(version__among=versions)
    columns = "pk", "version_id", "collection_id", "index", "is_newest", "alias_id", "alias_name"
    return rows.marking_newest().for_each_alias().values_list(*columns, named=True)


@prepared
def _keyed_collections(keys: Any) -> QuerySet:
    """Return the collections, deleted ones as well."""
    return Collection.with_deleted.for_api().filter(pk__among=keys)
