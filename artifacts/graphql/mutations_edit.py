"""Mutations of versions that exist: describe, link, unlink, aliases."""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from artifacts.graphql.lookups import (
    collection_by_id,
    need_place,
    need_target,
    need_version,
    version_by_client_id,
)
from artifacts.graphql.versions import ttl_from_wire
from artifacts.models import Membership
from artifacts.services.aliases import add_aliases, remove_aliases
from artifacts.services.links import link_version, unlink_version
from artifacts.services.versions import UNCHANGED, update_version
from registry_site.errors import NotFound
from registry_site.graphql.binding import field


@field("Mutation", "updateArtifact")
def update_artifact(root, info, input):
    """Absent and null leave as it is."""
    user, ttl = info.context.user, input.get("ttlDurationSeconds")
    version = update_version(
        by=user, version=need_version(user, input["artifactID"]),
        description=input.get("description"), metadata=input.get("metadata"),
        tags_added=[tag["tagName"] for tag in input.get("tagsToAdd") or ()],
        tags_removed=[tag["tagName"] for tag in input.get("tagsToDelete") or ()],
        ttl_seconds=UNCHANGED if ttl is None else ttl_from_wire(ttl),
    )  # fmt: skip
    return {"artifact": version}


@field("Mutation", "linkArtifact")
def link_artifact(root, info, input):
    user = info.context.user
    version = version_by_client_id(user, input.get("clientID"))
    version = version or need_version(user, input.get("artifactID"))
    project, name = _target(user, input)
    place, _is_new = link_version(
        by=user, version=version, project=project, collection_name=name,
        aliases=[alias["alias"] for alias in input.get("aliases") or ()],
    )  # fmt: skip
    place.version = version
    return {"versionIndex": place.index, "artifactMembership": place}


def _target(user, input: dict[str, Any]):
    if not input.get("artifactPortfolioID"):
        project = need_target(user, input.get("entityName"), input.get("projectName"))
        return project, input.get("artifactPortfolioName") or ""
    collection = _need_collection(user, input["artifactPortfolioID"])
    return collection.project, collection.name


def _need_collection(user, text: str):
    collection = collection_by_id(user, text)
    if collection is None:
        raise NotFound(_("There is no such collection that you may see."))
    return collection


@field("Mutation", "unlinkArtifact")
def unlink_artifact(root, info, input):
    """A version that has no place there is unlinked already: a repeated request."""
    user = info.context.user
    version = need_version(user, input["artifactID"])
    collection = _need_collection(user, input["artifactPortfolioID"])
    place = Membership.objects.for_api().filter(collection=collection, version=version).first()
    if place:
        unlink_version(by=user, membership=place)
    return {"artifactID": input["artifactID"], "success": True}


@field("Mutation", "addAliases")
def add_aliases_mutation(root, info, input):
    for place, names in _by_place(info.context.user, input):
        add_aliases(by=info.context.user, membership=place, names=names)
    return {"success": True}


@field("Mutation", "deleteAliases")
def delete_aliases_mutation(root, info, input):
    for place, names in _by_place(info.context.user, input):
        remove_aliases(by=info.context.user, membership=place, names=names)
    return {"success": True}


def _by_place(user, input: dict[str, Any]):
    version = need_version(user, input["artifactID"])

    def path(alias: dict[str, str]) -> tuple[str, str, str]:
        return alias["entityName"], alias["projectName"], alias["artifactCollectionName"]

    for where, aliases in groupby(sorted(input["aliases"], key=path), key=path):
        place = need_place(user, version, *where)
        yield place, [alias["alias"] for alias in aliases]
