"""The versions that were logged or linked last, with only the columns that the home page shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.lookups import Exact

from artifacts.models import Collection, Membership, Project
from artifacts.querysets.collections import MembershipQuerySet
from artifacts.reads.pages.names import CollectionName, ProjectName, VersionName
from artifacts.reads.pages.version_rows import Aliases, read_aliases, read_protected
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User
from registry_site.accounts.sight import Sight, sight_of
from registry_site.markup.shown import Shown
from registry_site.queries.prepared import prepared

VERSIONS = 10
_LAST = 100  # newest memberships in which versions are looked for
_MEMBERSHIPS = 200  # memberships that are read, of all the versions together
_COLUMNS = [
    "pk",
    "version_id",
    "index",
    "is_newest",
    "is_source",
    "created_at",
    "created_by__username",
    "collection__name",
    "collection__artifact_type__name",
    "collection__project_id",
    "collection__project__name",
    "collection__project__kind",
    "collection__project__entity__name",
    "collection__project__entity__organization__name",
]


@dataclass(frozen=True)
class NewMembership(Shown):
    """A membership of a version that got one lately."""

    project: ProjectName
    names: VersionName
    type_name: str
    is_source: bool
    is_latest: bool
    aliases: Aliases
    protected: AliasNames  # in its project
    added_by: str | None
    added_at: datetime

    def __str__(self) -> str:
        return str(self.names)

    def get_absolute_url(self) -> str:
        return self.names.get_absolute_url()


def read_newest_versions(user: User) -> list[list[NewMembership]]:
    """Return the visible memberships of each version that got one last, newest first.

    Their keys are read first: with a row's joins the database would sort every membership. A
    version with more than ten new memberships leaves room for fewer other versions.
    """
    sight = sight_of(user)
    versions = list(dict.fromkeys(_last_changed_versions(sight)))[:VERSIONS]
    if not versions:
        return []
    rows = _memberships_of_versions(sight, versions)
    aliases = read_aliases(row.pk for row in rows)
    projects = _projects(rows)
    protected = read_protected(projects)
    memberships: dict[int, list[NewMembership]] = defaultdict(list)
    for row in rows:
        project = projects[row.collection__project_id]
        type_name = row.collection__artifact_type__name
        collection = CollectionName.in_project(project, type_name, row.collection__name)
        memberships[row.version_id].append(
            NewMembership(
                project=project,
                names=VersionName(collection, row.index),
                type_name=type_name,
                is_source=row.is_source,
                is_latest=row.is_newest,
                aliases=aliases.get(row.pk, {}),
                protected=protected[row.collection__project_id],
                added_by=row.created_by__username,
                added_at=row.created_at,
            )
        )
    return list(memberships.values())


def _projects(rows: Sequence[Any]) -> dict[int, ProjectName]:
    columns = {
        row.collection__project_id: (
            row.collection__project__entity__name,
            row.collection__project__name,
            _organization(row),
        )
        for row in rows
    }
    return {pk: ProjectName.of_names(*names) for pk, names in columns.items()}


def _organization(row: Any) -> str:
    is_registry = row.collection__project__kind == Project.Kind.REGISTRY
    return row.collection__project__entity__organization__name if is_registry else ""


def _seen(sight: Sight) -> MembershipQuerySet:
    """Return live memberships within a sight, tested row by row: quicker for few of a long list."""
    collections = Collection.objects.in_sight(sight).filter(pk=OuterRef("collection_id"))
    return Membership.objects.live().filter(Exists(collections)).order_by("-pk")


@prepared
def _last_changed_versions(sight: Sight) -> QuerySet:
    return _seen(sight).values_list("version_id", flat=True)[:_LAST]


@prepared
def _memberships_of_versions(sight: Sight, versions: Any) -> QuerySet:
    is_source = Exact(F("collection_id"), F("version__sequence_id"))
    rows = _seen(sight).filter(version__among=versions).annotate(is_source=is_source)
    rows = rows.marking_newest()
    return rows.values_list(*_COLUMNS, named=True)[:_MEMBERSHIPS]
