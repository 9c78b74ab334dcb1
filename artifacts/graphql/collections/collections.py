"""Collections as the SDK reads, lists and changes them."""

from typing import Any

from artifacts.graphql.collections.filters import (
    COLLECTIONS,
    NEWEST_FIRST,
    VERSION_ORDERS,
    VERSIONS,
)
from artifacts.graphql.collections.memberships import membership_page
from artifacts.graphql.collections.types import type_of_collection
from artifacts.graphql.hidden import COMMITTED, hide_collection
from artifacts.graphql.loading import note_name
from artifacts.graphql.projects.filters import BY_NAME_OR_AGE
from artifacts.graphql.projects.projects import listed_projects
from artifacts.models import ArtifactType, Collection, Membership, Project
from artifacts.querysets.collections import LATEST, CollectionQuerySet
from artifacts.reads.lookups import find_membership
from artifacts.services.collections import collections as services
from artifacts.services.paths.placeholders import sequence_behind
from artifacts.services.reach.collections import (
    reach_collection_by_id,
    visible_collection_by_id,
)
from registry_site.accounts.models import Entity
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import abstract, field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import decode_id, decode_opaque_id, encode_id


@field("Query", "artifactCollection")
def artifact_collection(root, info, id):
    user, placeholder = info.context.user, decode_opaque_id(id, "ArtifactCollection")
    if hidden := sequence_behind(by=user, name=placeholder):
        return hide_collection(hidden)
    return visible_collection_by_id(by=user, pk=decode_id(id, "ArtifactCollection"))


abstract(
    Collection,
    lambda collection: "ArtifactPortfolio" if collection.is_portfolio else "ArtifactSequence",
)


# The fields below answer only for what the viewer may see: see hidden.py.
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
def collection_artifact_membership(collection: Collection, info, aliasName):
    membership = find_membership(collection, aliasName)
    if membership:
        note_name(info.context, membership, aliasName)
    return membership


@field("ArtifactSequence", "latestArtifact")
def sequence_latest_artifact(sequence: Collection, info):
    newest = find_membership(sequence, LATEST)
    return newest and newest.version


@field("ArtifactSequence", "digestAlgorithm")
def sequence_digest_algorithm(sequence: Collection, info):
    """Return the algorithm of the versions' digests; null while there is no version."""
    newest = find_membership(sequence, LATEST)
    return newest and newest.version.digest_algorithm


@field("Entity", "artifactCollections")
def entity_artifact_collections(
    entity: Entity, info, projectFilters=None, filters=None, collectionTypes=None, **page
):
    rows = Collection.objects.filter(project__in=listed_projects(entity, info, projectFilters))
    if collectionTypes is not None:
        rows = rows.filter(kind__in=[name.lower() for name in collectionTypes])
    return _collections(info, rows, filters, default="+name", **page)


@field("Project", "artifactCollections")
def project_artifact_collections(project: Project, info, filters=None, **page):
    return _collections(info, Collection.objects.filter(project=project), filters, **page)


@field("ArtifactType", "artifactCollections")
def type_artifact_collections(kind: ArtifactType, info, filters=None, **page):
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
def collection_artifacts(collection: Collection, info, filters=None, order=None, **page):
    """Return versions, the newest first, each with its number in this collection."""
    rows = Membership.objects.live().filter(collection=collection)
    if filters in (None, {}, COMMITTED):
        page["total"] = collection.version_count
        page["newest_of"] = collection if order in {None, "", NEWEST_FIRST} else None
    else:
        rows = rows.filter(read_filter(filters, VERSIONS))
    page["order"] = read_order(order, VERSION_ORDERS, NEWEST_FIRST)
    return membership_page(info, rows, edge=_numbered_version, **page)


def _numbered_version(membership: Membership) -> dict[str, Any]:
    return {"node": membership.version, "version": membership.number}


@field("Mutation", "updateArtifactSequence")
def update_artifact_sequence(root, info, input):
    """Change the fields that the input has; absent and null leave them as they are."""
    return _update(info, _sequence(info, input), input)


@field("Mutation", "updateArtifactPortfolio")
def update_artifact_portfolio(root, info, input):
    """Change the fields that the input has; absent and null leave them as they are."""
    return _update(info, _portfolio(info, input), input)


def _update(info, collection: Collection, input) -> dict[str, Collection]:
    name, description = input.get("name"), input.get("description")
    updated = services.update_collection(
        by=info.context.user, collection=collection, name=name, description=description
    )
    return {"artifactCollection": updated}


@field("Mutation", "moveArtifactSequence")
def move_artifact_sequence(root, info, input):
    moved = services.set_collection_type(
        by=info.context.user,
        collection=_sequence(info, input),
        type_name=input["destinationArtifactTypeName"],
    )
    return {"artifactCollection": moved}


@field("Mutation", "deleteArtifactSequence")
def delete_artifact_sequence(root, info, input):
    return _delete(info, _sequence(info, input, with_deleted=True))


@field("Mutation", "deleteArtifactPortfolio")
def delete_artifact_portfolio(root, info, input):
    return _delete(info, _portfolio(info, input, with_deleted=True))


def _delete(info, collection: Collection) -> dict[str, Collection]:
    """Delete a collection; answer a repeated request in the same way."""
    services.delete_collection(by=info.context.user, collection=collection)
    collection.refresh_from_db(fields=["deleted_at"])
    return {"artifactCollection": collection}


def _sequence(info, input, *, with_deleted: bool = False) -> Collection:
    pk = decode_id(input["artifactSequenceID"], "ArtifactCollection")
    return reach_collection_by_id(
        by=info.context.user, pk=pk, kinds=("sequence",), with_deleted=with_deleted
    )


def _portfolio(info, input, *, with_deleted: bool = False) -> Collection:
    pk = decode_id(input["artifactPortfolioID"], "ArtifactCollection")
    return reach_collection_by_id(
        by=info.context.user, pk=pk, kinds=("portfolio",), with_deleted=with_deleted
    )
