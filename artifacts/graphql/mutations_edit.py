"""Mutations of versions that exist: describe, link, unlink, aliases, delete."""

from itertools import groupby
from typing import Any

from django.db import transaction

from artifacts.graphql.lookups import (
    need_collection,
    need_membership,
    need_target,
    need_version,
    note_former_target,
    version_by_client_id,
)
from artifacts.graphql.versions import ttl_from_wire
from artifacts.models import Membership
from artifacts.services.aliases.aliases import add_aliases, remove_aliases
from artifacts.services.collections.links import link_version, unlink_version
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.versions import UNCHANGED, update_version
from registry_site.errors import NotFound
from registry_site.graphql.binding import field


@field("Mutation", "updateArtifact")
def update_artifact(root, info, input):
    """Absent and null leave as it is."""
    user, ttl = info.context.user, input.get("ttlDurationSeconds")
    version = update_version(
        by=user,
        version=need_version(user, input["artifactID"]),
        description=input.get("description"),
        metadata=input.get("metadata"),
        tags_added=[tag["tagName"] for tag in input.get("tagsToAdd") or ()],
        tags_removed=[tag["tagName"] for tag in input.get("tagsToDelete") or ()],
        ttl_seconds=UNCHANGED if ttl is None else ttl_from_wire(ttl),
    )
    return {"artifact": version}


@field("Mutation", "deleteArtifact")
def delete_artifact(root, info, input):
    """A version that is in the trash already is answered again: a repeated request."""
    user = info.context.user
    version = need_version(user, input["artifactID"], with_deleted=True)
    delete_version(by=user, version=version, with_aliases=input.get("deleteAliases") or False)
    version.refresh_from_db(fields=["state"])
    return {"artifact": version}


@field("Mutation", "linkArtifact")
def link_artifact(root, info, input):
    try:
        return _link(info.context.user, input)
    except NotFound:  # noted out of the transaction, which takes all back
        note_former_target(info.context.user, input.get("entityName"), input.get("projectName"))
        raise


@transaction.atomic
def _link(user, input: dict[str, Any]):
    version = version_by_client_id(user, input.get("clientID"))
    version = version or need_version(user, input.get("artifactID"))
    project, name = _target(user, input)
    membership, *_rest = link_version(
        by=user,
        version=version,
        project=project,
        collection_name=name,
        aliases=[alias["alias"] for alias in input.get("aliases") or ()],
    )
    membership.version = version
    return {"versionIndex": membership.index, "artifactMembership": membership}


def _target(user, input: dict[str, Any]):
    if not input.get("artifactPortfolioID"):
        project = need_target(user, input.get("entityName"), input.get("projectName"))
        return project, input.get("artifactPortfolioName") or ""
    collection = need_collection(user, input["artifactPortfolioID"])
    return collection.project, collection.name


@field("Mutation", "unlinkArtifact")
def unlink_artifact(root, info, input):
    """A version that has no membership there is unlinked already: a repeated request."""
    user = info.context.user
    version = need_version(user, input["artifactID"])
    collection = need_collection(user, input["artifactPortfolioID"])
    membership = Membership.objects.for_api().filter(collection=collection, version=version).first()
    if membership:
        unlink_version(by=user, membership=membership)
    return {"artifactID": input["artifactID"], "success": True}


@field("Mutation", "addAliases")
@transaction.atomic
def add_aliases_mutation(root, info, input):
    for membership, names in _by_membership(info.context.user, input):
        add_aliases(by=info.context.user, membership=membership, names=names)
    return {"success": True}


@field("Mutation", "deleteAliases")
@transaction.atomic
def delete_aliases_mutation(root, info, input):
    for membership, names in _by_membership(info.context.user, input):
        remove_aliases(by=info.context.user, membership=membership, names=names)
    return {"success": True}


def _by_membership(user, input: dict[str, Any]):
    version = need_version(user, input["artifactID"])

    def path(alias: dict[str, str]) -> tuple[str, str, str]:
        return alias["entityName"], alias["projectName"], alias["artifactCollectionName"]

    for where, aliases in groupby(sorted(input["aliases"], key=path), key=path):
        membership = need_membership(user, version, *where)
        yield membership, [alias["alias"] for alias in aliases]
