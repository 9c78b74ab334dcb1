"""Logging of versions by runs: a version is announced, then committed."""

from django.utils.translation import gettext as _

from artifacts.graphql.versions.versions import ttl_from_wire
from artifacts.services.reach.versions import reach_version
from artifacts.services.versions.commit import commit_version
from artifacts.services.versions.creation import Draft, log_version
from registry_site.errors import Invalid
from registry_site.graphql.binding import field
from registry_site.texts.ids import decode_id


@field("Mutation", "createArtifact")
def create_artifact(root, info, input):
    version = log_version(
        by=info.context.user,
        entity_name=input["entityName"],
        project_name=input["projectName"],
        run_name=input.get("runName") or "",
        draft=_draft(input),
    )
    return {"artifact": version}


def _draft(input) -> Draft:
    """Return what a client says of the version; core sends null for what it doesn't have."""
    if input.get("storageRegion") not in (None, "", "default"):
        raise Invalid(
            _("There is no storage region {region!r} on this server; leave it out.").format(
                region=input["storageRegion"]
            )
        )
    names = [input.get("artifactCollectionName"), *(input.get("artifactCollectionNames") or [])]
    ttl = input.get("ttlDurationSeconds")
    return Draft(
        type_name=input["artifactTypeName"],
        digest=input["digest"],
        collection_name=next((name for name in names if name), ""),
        digest_algorithm=input.get("digestAlgorithm") or "MANIFEST_MD5",
        description=input.get("description"),
        metadata=input.get("metadata"),
        aliases=[alias["alias"] for alias in input.get("aliases") or ()],
        tags=[tag["tagName"] for tag in input.get("tags") or ()],
        ttl_seconds=None if ttl is None else ttl_from_wire(ttl),
        history_step=input.get("historyStep"),
        distributed_id=input.get("distributedID") or "",
        client_id=input.get("clientID") or "",
        sequence_client_id=input.get("sequenceClientID") or "",
    )


@field("Mutation", "commitArtifact")
def commit_artifact(root, info, input):
    user = info.context.user
    version = reach_version(by=user, pk=decode_id(input["artifactID"], "Artifact"))
    return {"artifact": commit_version(by=user, version=version)}
