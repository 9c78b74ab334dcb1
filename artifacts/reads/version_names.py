"""Memberships with all that their versions are called anywhere, in one statement or two.

The SDK shows a version with its tags, and with the aliases of all its memberships and the names of
their collections. One row brings both along as JSON; a list's rows bring only the tags, and one
more statement reads the rest as plain rows, which takes a third of the time. Of collections, types,
projects and entities it has only what names and roles need; whoever shows more of them reads them
whole (names_apart.py). tests/graphql/versions/test_names_ahead.py holds the two against each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When

from artifacts.models import (
    Alias,
    ArtifactType,
    Collection,
    Membership,
    Project,
    Version,
    VersionTag,
)
from artifacts.querysets.collections import LATEST, NUMBER, MembershipQuerySet
from registry_site.accounts.models import Entity
from registry_site.queries import prepared_rows
from registry_site.queries.json_rows import JsonRows, json_rows_of
from registry_site.queries.keyset import PAGE_SIZE
from registry_site.queries.prepared import first, prepared


@dataclass(frozen=True)
class TagName:
    """A tag of a version."""

    pk: int
    name: str


@dataclass(frozen=True)
class MembershipNames:
    """What a version is called in one collection: a number, and aliases as (key, name)."""

    pk: int
    collection: Collection
    index: int
    is_newest: bool
    aliases: list[tuple[int, str]]

    @property
    def number(self) -> str:
        return f"v{self.index}"


@dataclass(frozen=True)
class VersionNames:
    """A version's tags by name, and its live memberships, the source first."""

    tags: list[TagName]
    memberships: list[MembershipNames]


# The columns that are read, in the order of the model's fields
_COLLECTION = ["id", "project_id", "artifact_type_id", "kind", "name"]
_TYPE = ["id", "project_id", "name"]
_PROJECT = ["id", "entity_id", "name", "kind", "access", "default_role", "deleted_at"]
_ENTITY = ["id", "name", "kind", "default_ttl_seconds"]


@cache
def named_memberships() -> MembershipQuerySet:
    """Return memberships joined with their versions, ready for `connect_names_of_list`.

    It is made once: making it takes as long as reading a page.
    """
    memberships: Any = Membership.objects.select_related("version")
    return memberships.defer("dropped_aliases").annotate(
        tag_rows=tags_column(OuterRef("version_id"))
    )


def find_newest_page(
    collection_pk: int, count: int, after: Sequence[Any] | None
) -> list[Membership] | None:
    """Return `named_memberships` of a collection, the newest first; None for an unusual length.

    `after` is what a cursor says of the last row of the page before: its index, which only it has
    in the collection, and its key.
    """
    if count != PAGE_SIZE + 1:
        return None
    return _next_page(collection_pk, after[0]) if after else _newest_page(collection_pk)


def find_named_membership(entity_name: str, project_name: str, name: str) -> Membership | None:
    """Return the live membership at `{entity}/{project}/{collection}:{reference}`."""
    collection, _colon, reference = name.partition(":")
    path = entity_name.lower(), project_name, collection
    if reference in {"", LATEST}:
        return first(_newest_at_path(*path))
    if number := NUMBER.fullmatch(reference):
        return first(_numbered_at_path(*path, int(number[1])))
    return first(_called_at_path(*path, reference))


def connect_names(membership: Membership) -> VersionNames:
    """Set the collection and sequence of a named membership; return its version's names."""
    rows = [(aliases or [], row) for aliases, *row in membership.names_rows or ()]
    (names,) = _connect([membership], {membership.version_id: rows})
    return names


def connect_names_of_list(memberships: list[Membership]) -> list[VersionNames]:
    """Set the collections and sequences of `named_memberships`; return the versions' names.

    A collection that several of them name is one object.
    """
    rows_of: dict[int, dict[int, Any]] = defaultdict(dict)
    for version, alias, alias_name, *row in _names([each.version_id for each in memberships]):
        aliases, _row = rows_of[version].setdefault(row[0], ([], row))
        if alias:
            aliases.append((alias, alias_name))
    return _connect(memberships, {pk: rows.values() for pk, rows in rows_of.items()})


def _connect(
    memberships: list[Membership], rows_of: Mapping[int, Iterable[Any]]
) -> list[VersionNames]:
    """Connect as the functions above do; a row is its aliases and what `_columns` reads."""
    collections = _Collections()
    names = []
    for membership in memberships:
        of_version = [
            MembershipNames(pk, collections.read(rest), index, bool(is_newest), aliases)
            for aliases, (pk, index, is_newest, *rest) in rows_of[membership.version_id]
        ]
        membership.collection = collections.of_pk[membership.collection_id]
        tags = sorted_tags(membership.tag_rows)
        names.append(VersionNames(tags, sorted(of_version, key=attrgetter("pk"))))
    _set_sequences([membership.version for membership in memberships], collections.of_pk)
    return names


class _Collections:
    """Collections by key, made of the columns that were read of them, each once."""

    def __init__(self) -> None:
        self.of_pk: dict[int, Collection] = {}
        self.projects: dict[int, Project] = {}

    def read(self, values: list[Any]) -> Collection:
        collection = self.of_pk.get(values[0])
        if collection is None:
            collection = self.of_pk[values[0]] = self._make(iter(values))
        return collection

    def _make(self, values: Iterator[Any]) -> Collection:
        collection = _row(Collection, _COLLECTION, values)
        type_name, project = next(values), _row(Project, _PROJECT, values)
        project.entity = _row(Entity, _ENTITY, values)
        if isinstance(project.deleted_at, str):  # from JSON
            project.deleted_at = datetime.fromisoformat(project.deleted_at).replace(tzinfo=UTC)
        collection.project = self.projects.setdefault(project.pk, project)
        if type_name is not None:
            of_type = iter([collection.artifact_type_id, project.pk, type_name])
            collection.artifact_type = _row(ArtifactType, _TYPE, of_type)
        return collection


def _row(model: Any, columns: list[str], values: Iterator[Any]) -> Any:
    """Return a row of the model with these columns; others are read if somebody asks for them."""
    return prepared_rows.row_of(model, dict(zip(columns, values, strict=False)))


def _set_sequences(versions: list[Version], collections: dict[int, Collection]) -> None:
    """Set each version's sequence; one without a live membership there has to be read."""
    missing = {version.sequence_id for version in versions} - collections.keys()
    if missing:
        collections |= Collection.with_deleted.for_api().in_bulk(missing)
    for version in versions:
        version.sequence = collections[version.sequence_id]


def tags_column(version: Any) -> JsonRows:
    """Return a column with a version's tags, for `sorted_tags`."""
    return json_rows_of(VersionTag.objects.filter(version=version), "pk", "name")


def sorted_tags(rows: list | None) -> list[TagName]:
    """Return the tags in a column of `tags_column`, by name."""
    return sorted((TagName(pk, name) for pk, name in rows or ()), key=attrgetter("name"))


def _memberships_of_version() -> JsonRows:
    aliases = json_rows_of(Alias.objects.filter(membership=OuterRef("pk")), "pk", "name")
    return json_rows_of(_live(version=OuterRef("version_id")), aliases, *_columns())


def _live(**where: Any) -> MembershipQuerySet:
    return Membership.objects.live().filter(**where).marking_newest()


def _columns() -> list[Any]:
    """Return what is read of each live membership; of types only those of sequences are read."""
    types = ArtifactType.objects.filter(pk=OuterRef("collection__artifact_type_id"))
    source_type = Case(When(collection__kind="sequence", then=Subquery(types.values("name"))))
    project = "collection__project"
    return [
        *("pk", "index", "is_newest"),
        *(F(f"collection__{column}") for column in _COLLECTION),
        source_type,
        *(F(f"{project}__{column}") for column in _PROJECT),
        *(F(f"{project}__entity__{column}") for column in _ENTITY),
    ]


@prepared
def _names(versions: Any) -> QuerySet:
    """Return a row for each alias, and for each membership without one."""
    rows = _live(version__among=versions).for_each_alias()
    return rows.values_list("version_id", "alias_id", "alias_name", *_columns())


@prepared
def _newest_page(collection: Any) -> QuerySet:
    return _page_of(Membership.objects.live().filter(collection=collection))


@prepared
def _next_page(collection: Any, index: Any) -> QuerySet:
    return _page_of(Membership.objects.live().filter(collection=collection, index__lt=index))


def _page_of(rows: MembershipQuerySet) -> MembershipQuerySet:
    page = rows.newest_first()[: PAGE_SIZE + 1]
    return named_memberships().filter(pk__in=page.values("pk")).newest_first()


def _at_path(entity_name: Any, project_name: Any, name: Any) -> MembershipQuerySet:
    collections = Collection.objects.filter(
        project__entity__name__lower=entity_name, project__name=project_name, name=name
    )
    memberships = named_memberships().annotate(names_rows=_memberships_of_version())
    return memberships.live().filter(collection=Subquery(collections.values("pk")))


@prepared
def _newest_at_path(entity_name: Any, project_name: Any, name: Any) -> QuerySet:
    return _at_path(entity_name, project_name, name).newest_first()[:1]


@prepared
def _numbered_at_path(entity_name: Any, project_name: Any, name: Any, index: Any) -> QuerySet:
    return _at_path(entity_name, project_name, name).filter(index=index)


@prepared
def _called_at_path(entity_name: Any, project_name: Any, name: Any, alias: Any) -> QuerySet:
    return _at_path(entity_name, project_name, name).filter(
        aliases__collection=F("collection"), aliases__name=alias
    )
