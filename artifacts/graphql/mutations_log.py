"""Mutations of what runs log and use."""

from django.db import transaction
from django.utils.translation import gettext as _

from artifacts.graphql.files import announced_file, announced_manifest
from artifacts.graphql.lookups import need_manifest, need_run, need_version, project_at
from artifacts.graphql.mutations_multipart import part_sums
from artifacts.graphql.versions import ttl_from_wire
from artifacts.models import Project
from artifacts.reads.lookups import find_former_project
from artifacts.services.files.files import FileSpec, create_files
from artifacts.services.paths.former_uses import record_former_use
from artifacts.services.projects import create_project
from artifacts.services.reach.runs import reach_run_to_log
from artifacts.services.usage.usage import use_version
from artifacts.services.versions.commit import commit_version, create_manifest, set_manifest_digest
from artifacts.services.versions.versions import create_version
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid
from registry_site.graphql.binding import field
from registry_site.graphql.connections import whole_list
from registry_site.texts.ids import decode_id


@field("Mutation", "createArtifact")
@transaction.atomic
def create_artifact(root, info, input):
    user = info.context.user
    run_name = input.get("runName") or ""
    project = create_project(
        by=user, entity_name=input["entityName"], name=input["projectName"], run_name=run_name
    )
    run = need_run(project, run_name) if run_name else None
    version = create_version(
        by=user,
        project=project,
        run=run,
        type_name=input["artifactTypeName"],
        digest=input["digest"],
        **_asked(input),
    )
    return {"artifact": version}


def _asked(input) -> dict:
    """What else a client asks for at creation; core sends null for what it has not."""
    if input.get("storageRegion") not in (None, "", "default"):
        raise Invalid(
            _("There is no storage region {region!r} on this server; leave it out.").format(
                region=input["storageRegion"]
            )
        )
    names = [input.get("artifactCollectionName"), *(input.get("artifactCollectionNames") or [])]
    ttl = input.get("ttlDurationSeconds")
    return {
        "collection_name": next((name for name in names if name), ""),
        "digest_algorithm": input.get("digestAlgorithm") or "MANIFEST_MD5",
        "description": input.get("description"),
        "metadata": input.get("metadata"),
        "aliases": [alias["alias"] for alias in input.get("aliases") or ()],
        "tags": [tag["tagName"] for tag in input.get("tags") or ()],
        "ttl_seconds": None if ttl is None else ttl_from_wire(ttl),
        "history_step": input.get("historyStep"),
        "distributed_id": input.get("distributedID") or "",
        "client_id": input.get("clientID") or "",
        "sequence_client_id": input.get("sequenceClientID") or "",
    }


@field("Mutation", "createArtifactManifest")
def create_artifact_manifest(root, info, input):
    """The base is what createArtifact called the latest; somebody may have deleted it since."""
    user, base = info.context.user, input.get("baseArtifactID")
    manifest = create_manifest(
        by=user,
        version=need_version(user, input["artifactID"]),
        kind=input.get("type") or "FULL",
        digest=input["digest"],
        base=need_version(user, base, with_deleted=True) if base else None,
    )
    return {"artifactManifest": announced_manifest(info.context, manifest)}


@field("Mutation", "updateArtifactManifest")
def update_artifact_manifest(root, info, input):
    user = info.context.user
    manifest = need_manifest(user, input["artifactManifestID"])
    if input.get("digest"):
        manifest = set_manifest_digest(by=user, manifest=manifest, digest=input["digest"])
    return {"artifactManifest": announced_manifest(info.context, manifest)}


@field("Mutation", "createArtifactFiles")
def create_artifact_files(root, info, input):
    """The answer has the order of the request: wandb 0.31 matches by position."""
    specs = [_file_spec(given) for given in input["artifactFiles"]]
    files = create_files(by=info.context.user, specs=specs)
    return {"files": whole_list([announced_file(info.context, file) for file in files])}


def _file_spec(given) -> FileSpec:
    version, digest = decode_id(given["artifactID"], "Artifact"), given.get("digest") or ""
    sums = part_sums(given.get("uploadPartsInput") or [])
    return FileSpec(version, given["name"], given["md5"], digest, sums)


@field("Mutation", "commitArtifact")
def commit_artifact(root, info, input):
    user = info.context.user
    version = need_version(user, input["artifactID"])
    return {"artifact": commit_version(by=user, version=version)}


@field("Mutation", "useArtifact")
def use_artifact(root, info, input):
    """The path through which the version was reached decides whether it may be used."""
    user = info.context.user
    where = {"entity_name": input["entityName"], "project_name": input["projectName"]}
    run = reach_run_to_log(by=user, name=input["runName"], **where)
    version, used_as = need_version(user, input["artifactID"]), input.get("usedAs") or ""
    use_version(
        by=user,
        version=version,
        run=run,
        project=_through(user, input),
        used_as=used_as,
        api_key=info.context.api_key,
    )
    return {"artifact": version}


def _through(user, input) -> Project | None:
    entity, name = input.get("artifactEntityName"), input.get("artifactProjectName")
    if not entity or not name:
        return None
    return project_at(user, entity, name) or _seen_former(user, entity, name)


def _seen_former(user, entity: str, name: str) -> Project | None:
    project = find_former_project(entity, name)
    if project is None or not can(user, Action.READ, project):
        return None
    record_former_use(by=user, project=project, project_name=name)
    return project
