"""Collections as the SDK reads, lists and changes them."""

from typing import Any

from artifacts.graphql.collections.filters import COLLECTIONS, VERSION_ORDERS, VERSIONS
from artifacts.graphql.collections.memberships import fill_listed
from artifacts.graphql.collections.types import type_of_collection
from artifacts.graphql.hidden import COMMITTED, hide_collection
from artifacts.graphql.lookups import collection_by_id, need_collection
from artifacts.graphql.projects.filters import BY_NAME_OR_AGE
from artifacts.graphql.projects.projects import listed_projects
from artifacts.models import ArtifactType, Collection, Membership, Project
from artifacts.querysets.collections import LATEST, CollectionQuerySet
from artifacts.reads.lookups import find_membership
from artifacts.services.collections import collections as services
from artifacts.services.paths.placeholders import sequence_behind
from registry_site.accounts.models import Entity
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import abstract, field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import decode_opaque_id, encode_id


@field("Query", "artifactCollection")
def artifact_collection(root, info, id):
    user, placeholder = info.context.user, decode_opaque_id(id, "ArtifactCollection")
    if hidden := sequence_behind(by=user, name=placeholder):
        return hide_collection(hidden)
    return collection_by_id(user, id)


abstract(
    Collection,
    lambda collection: "ArtifactPortfolio" if collection.is_portfolio else "ArtifactSequence",
)


# What follows is told only of what the viewer may see: see hidden.py.
_COLLECTION = {
    "id": lambda collection: encode_id("ArtifactCollection", collection.pk),
    "state": lambda collection: "DELETED" if collection.deleted_at else "READY",
    "defaultArtifactType": type_of_collection,
    "tags": lambda collection: whole_list(list(collection.tags.all())),
}

fields("ArtifactSequence", **_COLLECTION)
fields("ArtifactPortfolio", **_COLLECTION)


@field("ArtifactSequence", "artifactMembership")
@field("ArtifactPortfolio", "artifactMembership")
def collection_membership(collection: Collection, info, aliasName):
    membership = find_membership(collection, aliasName)
    if membership:
        membership.asked_as = aliasName
    return membership


@field("ArtifactSequence", "latestArtifact")
def sequence_latest(sequence: Collection, info):
    newest = find_membership(sequence, LATEST)
    return newest and newest.version


@field("ArtifactSequence", "digestAlgorithm")
def sequence_algorithm(sequence: Collection, info):
    """By what the sequence's versions are summed; null while it has none."""
    newest = find_membership(sequence, LATEST)
    return newest and newest.version.digest_algorithm


@field("Entity", "artifactCollections")
def entity_collections(
    entity: Entity, info, projectFilters=None, filters=None, collectionTypes=None, **page
):
    rows = Collection.objects.filter(project__in=listed_projects(entity, info, projectFilters))
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
        fill=fill_listed,
        total=collection.version_count if everything else None,
        edge=lambda membership: {"node": membership.version, "version": membership.number},
    )


@field("Mutation", "updateArtifactSequence", "updateArtifactPortfolio")
def update_collection(root, info, input):
    """Absent and null leave as it is."""
    user, collection = info.context.user, need_collection(info.context.user, *_named(input))
    collection = services.update_collection(
        by=user,
        collection=collection,
        name=input.get("name"),
        description=input.get("description"),
    )
    return {"artifactCollection": collection}


@field("Mutation", "moveArtifactSequence")
def move_sequence(root, info, input):
    user, collection = info.context.user, need_collection(info.context.user, *_named(input))
    collection = services.set_collection_type(
        by=user, collection=collection, type_name=input["destinationArtifactTypeName"]
    )
    return {"artifactCollection": collection}


@field("Mutation", "deleteArtifactSequence", "deleteArtifactPortfolio")
def delete_collection(root, info, input):
    """A collection that was deleted already answers so again: a repeated request."""
    user = info.context.user
    collection = need_collection(user, *_named(input), with_deleted=True)
    services.delete_collection(by=user, collection=collection)
    collection.refresh_from_db(fields=["deleted_at"])
    return {"artifactCollection": collection}


def _named(input) -> tuple[str, str]:
    """The id that an input has, and of which kind of collection it is."""
    if "artifactSequenceID" in input:
        return input["artifactSequenceID"], "sequence"
    return input["artifactPortfolioID"], "portfolio"
