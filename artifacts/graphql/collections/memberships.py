"""Memberships: versions as they stand in collections, linked or logged there."""

from functools import partial
from typing import Any

from django.db.models import QuerySet

from artifacts.graphql.collections.aliases import alias_names
from artifacts.graphql.collections.filters import COLLECTIONS, VERSION_ORDERS, VERSIONS
from artifacts.graphql.files.files import files_of_version
from artifacts.graphql.loading import (
    asks_for_names,
    list_together,
    memberships_named,
    names_of,
    note_names_of_list,
)
from artifacts.graphql.projects.projects import listed_projects
from artifacts.models import Collection, Membership, Version
from artifacts.reads.names_apart import join_collections
from artifacts.reads.version_names import find_newest_page, named_memberships
from artifacts.services.collections.link_targets import link_to_path
from artifacts.services.collections.links import Linking, link_version, unlink_version
from artifacts.services.reach.collections import reach_collection_by_id
from artifacts.services.reach.versions import reach_version, visible_version_by_client_id
from registry_site.accounts.models import Entity
from registry_site.accounts.permissions import Action, can
from registry_site.filters import read_filter, read_order
from registry_site.graphql.binding import Context, field, fields
from registry_site.graphql.connections import connection
from registry_site.queries.keyset import Key
from registry_site.texts.ids import decode_id, encode_id

fields(
    "ArtifactCollectionMembership",
    id=lambda membership: encode_id("ArtifactCollectionMembership", membership.pk),
    versionIndex=lambda membership: membership.index,
    artifactCollection=lambda membership: membership.collection,
    artifact=lambda membership: membership.version,
)


@field("ArtifactCollectionMembership", "aliases")
def membership_aliases(membership: Membership, info):
    return alias_names(names_of(info.context, membership))


@field("ArtifactCollectionMembership", "files")
def membership_files(membership: Membership, info, names=None, after=None, first=None):
    """List files for whoever sees the membership, with addresses for whoever may download."""
    may = can(info.context.user, Action.DOWNLOAD, membership.collection.project)
    return files_of_version(
        info.context, membership.version, may, names, membership, after=after, first=first
    )


BY_COLLECTION = [Key("collection_id"), Key("index", descending=True)]


@field("Entity", "artifactMemberships")
def entity_artifact_memberships(
    entity: Entity,
    info,
    projectFilters=None,
    collectionFilters=None,
    filters=None,
    order=None,
    **page,
):
    """Return versions in an organization's registries, by collection if no order is given."""
    collections = Collection.objects.filter(read_filter(collectionFilters, COLLECTIONS))
    collections = collections.filter(project__in=listed_projects(entity, info, projectFilters))
    rows = Membership.objects.live().filter(read_filter(filters, VERSIONS))
    keys = read_order(order, VERSION_ORDERS, BY_COLLECTION)
    rows = rows.filter(collection__in=collections)
    return membership_page(info, rows, order=keys, **page)


def membership_page(
    info: Any,
    rows: QuerySet[Membership],
    *,
    newest_of: Collection | None = None,
    first: int | None = None,
    after: str | None = None,
    **page: Any,
) -> dict[str, Any]:
    """Return a page of these memberships with what the SDK lists of each.

    `newest_of` is the collection whose memberships these are, all of them, the newest first.
    """
    context: Context = info.context
    if asks_for_names(info):
        detail, fill = named_memberships(), note_names_of_list
        page["ready"] = newest_of and partial(find_newest_page, newest_of.pk)
    else:
        detail, fill = Membership.objects.for_list(), fill_listed
    return connection(
        context,
        rows,
        first=first,
        after=after,
        detail=detail,
        fill=lambda rows: fill(context, rows),
        **page,
    )


def fill_listed(context: Context, memberships: list[Membership]) -> None:
    """Read at once the collections of listed memberships, and later what else is asked of them."""
    join_collections(memberships)
    list_together(context, memberships)
    list_together(context, [membership.version for membership in memberships])


@field("Mutation", "linkArtifact")
def link_artifact(root, info, input):
    user = info.context.user
    version = visible_version_by_client_id(by=user, client_id=input.get("clientID"))
    version = version or reach_version(by=user, pk=decode_id(input.get("artifactID"), "Artifact"))
    membership = _link(user, version, input).membership
    membership.version = version
    # what the SDK reads of the version anyway has the whole row of the collection
    memberships_named(info.context, version)
    membership.collection = names_of(info.context, membership).collection
    return {"versionIndex": membership.index, "artifactMembership": membership}


def _link(user, version: Version, input: dict[str, Any]) -> Linking:
    """Link to the portfolio with this id, or else to a path."""
    aliases = [alias["alias"] for alias in input.get("aliases") or ()]
    if input.get("artifactPortfolioID"):
        portfolio = _portfolio(user, input)
        return link_version(
            by=user,
            version=version,
            project=portfolio.project,
            collection_name=portfolio.name,
            aliases=aliases,
        )
    return link_to_path(
        by=user,
        version=version,
        entity_name=input.get("entityName"),
        project_name=input.get("projectName"),
        collection_name=input.get("artifactPortfolioName") or "",
        aliases=aliases,
    )


@field("Mutation", "unlinkArtifact")
def unlink_artifact(root, info, input):
    """Unlink a version; answer a repeated request, which finds no membership, in the same way."""
    user = info.context.user
    version = reach_version(by=user, pk=decode_id(input["artifactID"], "Artifact"))
    collection = _portfolio(user, input)
    membership = Membership.objects.for_api().filter(collection=collection, version=version).first()
    if membership:
        unlink_version(by=user, membership=membership)
    return {"artifactID": input["artifactID"], "success": True}


def _portfolio(user, input: dict[str, Any]) -> Collection:
    pk = decode_id(input["artifactPortfolioID"], "ArtifactCollection")
    return reach_collection_by_id(by=user, pk=pk)
