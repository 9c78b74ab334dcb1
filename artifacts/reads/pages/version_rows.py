"""The versions of a collection, with only the columns that its table or its file shows.

Which projects a person may see, `read_seen_projects` says; nothing else here checks rights.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet, Subquery

from artifacts.models import Alias, Collection, Membership, Project, ProtectedAlias, VersionTag
from artifacts.querysets.collections import MembershipQuerySet
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User
from registry_site.accounts.sight import Sight, sight_of
from registry_site.queries.keyset import PAGE_SIZE
from registry_site.queries.prepared import prepared

_TABLE = [
    "pk",
    "index",
    "newest",
    "created_at",
    "version_id",
    "version__version_index",
    "version__created_at",
    "version__created_by__username",
    "version__size",
    "version__file_count",
    "version__sequence_id",
    "version__sequence__name",
    "version__sequence__project_id",
    "version__sequence__artifact_type__name",
    "version__run_id",
    "version__run__name",
    "version__run__display_name",
    "version__run__project_id",
]
_FILE = [
    *_TABLE,
    "created_by__username",
    "version__digest",
    "version__description",
    "version__metadata",
    "version__run__summary",
    "version__sequence__project__entity_id",
]


class AliasEvent(NamedTuple):
    """Who put an alias where it is, when and why."""

    at: datetime
    actor_name: str
    note: str


Aliases = Mapping[str, AliasEvent | None]  # of one membership, by name


def rows_for_table(memberships: MembershipQuerySet, collection: Any) -> QuerySet:
    """Return rows with what a table shows of these memberships of the collection.

    `newest` is the number that `latest` names, the same on each row.
    """
    return _with_newest(memberships, collection).values_list(*_TABLE, named=True)


def first_rows_for_table(collection: Collection) -> list[Any]:
    """Return the first rows of the table of all versions: one more than a page has."""
    return _first_rows_for_table(collection.pk)


def rows_for_file(memberships: MembershipQuerySet, collection: Collection) -> QuerySet:
    """Return the rows of the table with what a file of all versions has more."""
    return _with_newest(memberships, collection).values_list(*_FILE, named=True)


@prepared
def _first_rows_for_table(collection: Any) -> QuerySet:
    memberships = Membership.objects.live().filter(collection=collection)
    return rows_for_table(memberships, collection).order_by("-index")[: PAGE_SIZE + 1]


def _with_newest(memberships: MembershipQuerySet, collection: Any) -> MembershipQuerySet:
    live = Membership.objects.live().filter(collection=collection)
    return memberships.annotate(newest=Subquery(live.newest_first().values("index")[:1]))


def read_aliases(memberships: Iterable[int]) -> Mapping[int, Aliases]:
    """Return the aliases of these memberships, by the keys of those that have any."""
    aliases: dict[int, dict[str, AliasEvent | None]] = defaultdict(dict)
    for membership, name, at, actor_name, note in _aliases_in_rows(list(memberships)):
        aliases[membership][name] = AliasEvent(at, actor_name, note) if at else None
    return aliases


def read_tags(versions: Iterable[int]) -> Mapping[int, list[str]]:
    """Return the tags of these versions in order, by the keys of those that have any."""
    tags: dict[int, list[str]] = defaultdict(list)
    for version, name in sorted(_tags_in_rows(list(versions))):
        tags[version].append(name)
    return tags


def tags_of_version(version: int) -> list[str]:
    """Return one version's tags in order."""
    return read_tags([version]).get(version, [])


def read_protected(projects: Iterable[int]) -> Mapping[int, AliasNames]:
    """Return the protected aliases of each of these projects."""
    names: dict[int, list[str]] = {project: [] for project in projects}
    for project, name in _protected_in_projects(list(names)) if names else ():
        names[project].append(name)
    return {project: AliasNames(each) for project, each in names.items()}


def read_seen_projects(user: User, projects: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the names of entity and project of those that the person may see, by their keys."""
    rows = _seen_projects(sight_of(user), list(projects))
    return {pk: (entity, name) for pk, entity, name in rows}


@prepared
def _seen_projects(sight: Sight, projects: Any) -> QuerySet:
    seen = Project.objects.in_sight(sight).filter(pk__among=projects)
    return seen.values_list("pk", "entity__name", "name")


@prepared
def _aliases_in_rows(memberships: Any) -> QuerySet:
    return Alias.objects.filter(membership__among=memberships).values_list(
        "membership_id", "name", "event__at", "event__actor_name", "event__note"
    )


@prepared
def _tags_in_rows(versions: Any) -> QuerySet:
    return VersionTag.objects.filter(version__among=versions).values_list("version_id", "name")


@prepared
def _protected_in_projects(projects: Any) -> QuerySet:
    return ProtectedAlias.objects.filter(project__among=projects).values_list("project_id", "name")
