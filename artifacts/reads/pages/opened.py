"""Projects, collections and versions as the pages need them that open under their names.

Each page begins with these reads, so their SQL is compiled once. They join what names, addresses
and roles need, and nothing here checks rights: that is for `artifacts/services/reach/`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from artifacts.models import Alias, Collection, Membership, Project, ProtectedAlias, Run
from artifacts.querysets.collections import LATEST, NUMBER, MembershipQuerySet
from registry_site.accounts.alias_names import AliasNames
from registry_site.queries.prepared import first, prepared


@dataclass(frozen=True)
class Elsewhere:
    """Another live membership of a version, with the aliases that the version has there."""

    membership: Membership
    aliases: list[Alias]
    protected: AliasNames  # in the project of the collection


def open_project(entity_name: str, name: str) -> Project | None:
    """Return the project of this path, whatever the capitals of the entity."""
    return first(_projects_to_open(entity_name.lower(), name))


def open_collection_at(entity_name: str, project_name: str, name: str) -> Collection | None:
    """Return the collection of this path, with the person who changed it last."""
    return first(_collections_to_open_at(entity_name.lower(), project_name, name))


def open_collection(project: Project, name: str) -> Collection | None:
    """Return the project's collection of this name, with the person who changed it last."""
    collection = first(_collections_to_open(project.pk, name))
    if collection:
        collection.project = project
    return collection


def open_membership(collection: Collection, reference: str) -> Membership | None:
    """Return the live membership that `v3`, `latest`, "" or an alias names in the collection."""
    if reference in {"", LATEST}:
        membership = first(_newest_to_open(collection.pk))
    elif number := NUMBER.fullmatch(reference):
        membership = first(_numbered_to_open(collection.pk, int(number[1])))
    else:
        membership = first(_called_to_open(collection.pk, reference))
    if membership:
        membership.collection = collection
    return membership


def open_run(entity_name: str, project_name: str, name: str) -> Run | None:
    """Return the run of this path."""
    run: Run | None = first(_runs_to_open(entity_name.lower(), project_name, name))
    return run


def read_elsewhere(membership: Membership) -> list[Elsewhere]:
    """Return all other live memberships of the version, in the order in which they were made.

    There are three statements, however many there are.
    """
    version = membership.version
    aliases, protected = defaultdict(list), defaultdict(list)
    for alias in _aliases_of(version.pk):
        aliases[alias.membership_id].append(alias)
    for project, name in _protected_names_of(version.pk):
        protected[project].append(name)
    others = [other for other in _memberships_of(version.pk) if other.pk != membership.pk]
    for other in others:
        other.version = version
    return [
        Elsewhere(other, aliases[other.pk], AliasNames(protected[other.collection.project_id]))
        for other in others
    ]


@prepared
def _projects_to_open(entity_name: Any, name: Any) -> QuerySet:
    return Project.objects.filter(entity__name__lower=entity_name, name=name).for_role()


@prepared
def _collections_to_open(project: Any, name: Any) -> QuerySet:
    rows = Collection.objects.filter(project=project, name=name)
    return rows.select_related("artifact_type", "updated_by")


@prepared
def _collections_to_open_at(entity_name: Any, project_name: Any, name: Any) -> QuerySet:
    rows = Collection.objects.filter(
        project__entity__name__lower=entity_name, project__name=project_name, name=name
    )
    return rows.for_path().select_related("updated_by")


def _to_open(**where: Any) -> MembershipQuerySet:
    rows = Membership.objects.live().filter(**where).marking_newest().marking_previous()
    return rows.select_related(
        "created_by",
        "version__created_by",
        "version__sequence__artifact_type",
        "version__sequence__project__entity__organization",
        "version__sequence__project__entity__team__organization",
    )


@prepared
def _newest_to_open(collection: Any) -> QuerySet:
    return _to_open(collection=collection).newest_first()[:1]


@prepared
def _numbered_to_open(collection: Any, index: Any) -> QuerySet:
    return _to_open(collection=collection, index=index)


@prepared
def _called_to_open(collection: Any, alias: Any) -> QuerySet:
    return _to_open(aliases__collection=collection, aliases__name=alias)


@prepared
def _runs_to_open(entity_name: Any, project_name: Any, name: Any) -> QuerySet:
    project = {"project__entity__name__lower": entity_name, "project__name": project_name}
    return Run.objects.filter(**project, name=name).for_path()


@prepared
def _memberships_of(version: Any) -> QuerySet:
    rows = Membership.objects.live().filter(version=version).marking_newest().order_by("pk")
    return rows.select_related(
        "collection__artifact_type",
        "collection__project__entity__organization",
        "collection__project__entity__team__organization",
    )


@prepared
def _aliases_of(version: Any) -> QuerySet:
    return Alias.objects.filter(membership__version=version).select_related("event")


@prepared
def _protected_names_of(version: Any) -> QuerySet:
    """Return the protected names of each project in which the version is, with its key."""
    projects = Membership.objects.live().filter(version=version).values("collection__project")
    return ProtectedAlias.objects.filter(project__in=projects).values_list("project_id", "name")
