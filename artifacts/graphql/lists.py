"""Lists of projects, collections and versions: filtered, ordered and paged as the SDK asks.

Only rows that `visible_to` gives are in them, whatever the filter says. Rows are found by their
keys alone and then read with what the SDK asks of each, so a page costs the same anywhere.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from artifacts.graphql.former import FormerType
from artifacts.graphql.hidden import COMMITTED
from artifacts.graphql.list_fields import (
    BY_NAME_OR_AGE,
    COLLECTIONS,
    PROJECTS,
    VERSION_ORDERS,
    VERSIONS,
)
from artifacts.graphql.projects import membership_at
from artifacts.models import ArtifactType, Collection, Membership, Project
from artifacts.querysets.collections import CollectionQuerySet
from artifacts.reads.lookups import fill_memberships, list_together
from registry_site.accounts.models import Entity, Organization
from registry_site.accounts.services.people import default_entity_of
from registry_site.errors import NotFound
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import field
from registry_site.graphql.connections import connection
from registry_site.queries.keyset import Key

BY_COLLECTION = [Key("collection_id"), Key("index", descending=True)]


@field("Query", "models")
def models(root, info, entityName=None, filters=None, order=None, after=None, first=None):
    """Projects of the entity, which for an organization are its registries."""
    user = info.context.user
    found = Entity.objects.visible_to(user).named(entityName).first() if entityName else None
    if entityName and not found:
        raise NotFound(_("There is no entity {name!r} that you may see.").format(name=entityName))
    return entity_projects(found or default_entity_of(user), info, filters, order, after, first)


@field("Entity", "projects")
def entity_projects(entity: Entity, info, filters=None, order=None, after=None, first=None):
    keys = read_order(order, BY_NAME_OR_AGE, "+name")
    rows, detail = _projects(entity, info, filters), Project.objects.for_list()
    return connection(info.context, rows, first=first, after=after, order=keys, detail=detail)


def _projects(entity: Entity, info, filters) -> QuerySet:
    found = Project.objects.visible_to(info.context.user).filter(entity=entity)
    if entity.kind == Entity.Kind.ORGANIZATION:
        found = found.registries()
    return found.filter(read_filter(filters, PROJECTS))


@field("Entity", "artifactCollections")
def entity_collections(
    entity: Entity, info, projectFilters=None, filters=None, collectionTypes=None, **page
):
    rows = Collection.objects.filter(project__in=_projects(entity, info, projectFilters))
    if collectionTypes is not None:
        rows = rows.filter(kind__in=[name.lower() for name in collectionTypes])
    return _collections(info, rows, filters, default="+name", **page)


@field("Project", "artifactCollections")
def project_collections(project: Project, info, filters=None, **page):
    return _collections(info, Collection.objects.filter(project=project), filters, **page)


@field("ArtifactType", "artifactCollections")
def type_collections(kind: ArtifactType, info, filters=None, **page):
    rows = Collection.objects.filter(artifact_type=kind)
    return _collections(info, rows, filters, **page)


def _collections(
    info, rows: CollectionQuerySet, filters, *, order=None, after=None, first=None, default="-id"
) -> dict[str, Any]:
    rows = rows.listed().filter(read_filter(filters, COLLECTIONS))
    keys = read_order(order, BY_NAME_OR_AGE, default)
    detail = Collection.objects.for_api().prefetch_related("tags")
    return connection(info.context, rows, first=first, after=after, order=keys, detail=detail)


@field("Entity", "artifactMemberships")
def entity_versions(
    entity: Entity, info, projectFilters=None, collectionFilters=None, filters=None,
    order=None, after=None, first=None,
):  # fmt: skip
    """Versions in an organization's registries; without an order, one collection's together."""
    collections = Collection.objects.filter(
        read_filter(collectionFilters, COLLECTIONS),
        project__in=_projects(entity, info, projectFilters),
    )
    rows = Membership.objects.live().filter(
        read_filter(filters, VERSIONS), collection__in=collections
    )
    keys = read_order(order, VERSION_ORDERS, BY_COLLECTION)
    return connection(
        info.context, rows, first=first, after=after, order=keys,
        detail=Membership.objects.for_list(), fill=_fill,
    )  # fmt: skip


@field("ArtifactSequence", "artifacts")
@field("ArtifactPortfolio", "artifacts")
def collection_versions(
    collection: Collection, info, filters=None, order=None, after=None, first=None
):
    """Versions with the number that each has in this collection; the newest first."""
    rows = Membership.objects.live().filter(collection=collection)
    everything = filters in (None, {}, COMMITTED)
    return connection(
        info.context,
        rows if everything else rows.filter(read_filter(filters, VERSIONS)),
        first=first,
        after=after,
        order=read_order(order, VERSION_ORDERS, "-version_index"),
        detail=Membership.objects.for_list(),
        fill=_fill,
        total=collection.version_count if everything else None,
        edge=lambda membership: {"node": membership.version, "version": membership.number},
    )


def _fill(memberships: list[Membership]) -> None:
    fill_memberships(memberships)
    list_together([membership.version for membership in memberships])


@field("ArtifactType", "artifact")
def type_artifact(kind: ArtifactType | FormerType, info, name):
    """The version that `collection:alias` names, if it is of this type."""
    if isinstance(kind, FormerType):
        membership = membership_at(kind.project, name, info)
        return (
            membership.version
            if membership and membership.collection.artifact_type.name == kind.name
            else None
        )
    membership = membership_at(kind.project, name, info)
    return (
        membership.version
        if membership and membership.collection.artifact_type_id == kind.pk
        else None
    )


@field("Organization", "advancedRegistryFeatures")
def advanced_registry_features(organization: Organization, info):
    """Every field and order of wandb 0.31's advanced search is in VERSIONS and VERSION_ORDERS."""
    return {"advancedSearch": True}


@field("Organization", "featureFlags")
def feature_flags(organization: Organization, info, rampIDType):
    """None: what differs between organizations here are their settings."""
    return []
