"""Artifacts (our versions) as the SDK reads and changes them."""

from typing import Any

from artifacts.graphql.collections.aliases import alias_names
from artifacts.graphql.collections.types import type_of_collection
from artifacts.graphql.loading import list_together, may_see, memberships_named, tags_of
from artifacts.models import Membership, Run, Version
from artifacts.services.reach.versions import (
    reach_version,
    visible_version,
    visible_version_by_client_id,
)
from artifacts.services.trash.trash import delete_version
from artifacts.services.versions.versions import UNCHANGED, update_version
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import abstract, field, fields
from registry_site.graphql.connections import MAX_PAGE, connection
from registry_site.texts.ids import decode_id, encode_id


@field("Query", "artifact")
def artifact(root, info, id):
    return visible_version(by=info.context.user, pk=decode_id(id, "Artifact"))


@field("Query", "clientIDMapping")
def client_id_mapping(root, info, clientID):
    version = visible_version_by_client_id(by=info.context.user, client_id=clientID)
    return version and {"serverID": encode_id("Artifact", version.pk)}


INHERITED, SWITCHED_OFF = -1, -2  # seconds to live on the wire


abstract(Run, lambda run: "Run")


abstract(User, lambda user: "User")


def ttl_on_wire(version: Version) -> int:
    """Return seconds to live as the SDK writes them; an inherited TTL looks like an own one."""
    return version.seconds_to_live or (INHERITED if version.ttl_seconds is None else SWITCHED_OFF)


def ttl_from_wire(seconds: int) -> int | None:
    """Return seconds to live as we store them: None inherits, 0 is switched off."""
    return {INHERITED: None, SWITCHED_OFF: 0}.get(seconds, seconds)


fields(
    "Artifact",
    id=lambda version: encode_id("Artifact", version.pk),
    artifactSequence=lambda version: version.sequence,
    artifactType=lambda version: type_of_collection(version.sequence),
    ttlDurationSeconds=ttl_on_wire,
    ttlIsInherited=lambda version: version.ttl_seconds is None,
    historyStep=lambda version: version.history_step or None,
)


@field("Artifact", "tags")
def artifact_tags(version: Version, info):
    return tags_of(info.context, version)


@field("Artifact", "aliases")
def artifact_aliases(version: Version, info):
    """Return aliases of all visible memberships; the SDK picks those of its own collection."""
    return [
        alias
        for names in memberships_named(info.context, version)
        if may_see(info.context, names.collection.project)
        for alias in alias_names(names)
    ]


@field("Artifact", "artifactMemberships")
def artifact_memberships(version: Version, info, after=None, first=None):
    """Return the visible source and links; FetchLinkedArtifacts asks for no page."""
    visible = Membership.objects.visible_to(info.context.user).filter(version=version)
    return connection(
        info.context,
        visible.for_api().marking_newest().order_by("pk"),
        first=first or MAX_PAGE,
        after=after,
        fill=lambda memberships: list_together(info.context, memberships),
    )


@field("Artifact", "createdBy")
def artifact_created_by(version: Version, info):
    """Return the run that logged it, or the person if no run did; null for a hidden run."""
    run = Run.with_deleted.for_api().filter(pk=version.run_id).first() if version.run_id else None
    if run is None or run.deleted_at:
        return version.created_by
    return run if can(info.context.user, Action.READ, run.project) else None


@field("Mutation", "updateArtifact")
def update_artifact(root, info, input):
    """Change the fields that the input has; absent and null leave them as they are."""
    user = info.context.user
    version = reach_version(by=user, pk=decode_id(input["artifactID"], "Artifact"))
    return {"artifact": update_version(by=user, version=version, **_changes(input))}


def _changes(input) -> dict[str, Any]:
    ttl = input.get("ttlDurationSeconds")
    return {
        "description": input.get("description"),
        "metadata": input.get("metadata"),
        "tags_added": [tag["tagName"] for tag in input.get("tagsToAdd") or ()],
        "tags_removed": [tag["tagName"] for tag in input.get("tagsToDelete") or ()],
        "ttl_seconds": UNCHANGED if ttl is None else ttl_from_wire(ttl),
    }


@field("Mutation", "deleteArtifact")
def delete_artifact(root, info, input):
    """Delete a version; answer a repeated request in the same way."""
    user = info.context.user
    pk = decode_id(input["artifactID"], "Artifact")
    version = reach_version(by=user, pk=pk, with_deleted=True)
    delete_version(by=user, version=version, with_aliases=input.get("deleteAliases") or False)
    version.refresh_from_db(fields=["state"])
    return {"artifact": version}
