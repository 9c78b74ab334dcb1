"""Manifests of versions: whoever logs one announces it, whoever downloads one reads it."""

from artifacts.models import Manifest, Version
from artifacts.services.reach.versions import reach_manifest, reach_version
from artifacts.services.versions.commit import create_manifest, set_manifest_digest
from artifacts.signing import download_path, no_download_path, upload_path
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import Context, field
from registry_site.texts.ids import decode_id, encode_id

MANIFEST = "wandb_manifest.json"  # wandb 0.31 knows the manifest by this part of its address


def manifest_of_version(context: Context, version: Version, may: bool) -> dict | None:
    """Return the manifest of a committed version, to be read."""
    blob = version.manifest
    if blob is None:
        return None
    path = download_path(blob.sha256, MANIFEST) if may else no_download_path(MANIFEST)
    file = {
        "id": encode_id("ManifestFile", version.pk),
        "name": MANIFEST,
        "displayName": MANIFEST,
        "directUrl": context.base_url + path,
        "sizeBytes": blob.size,
        "md5": blob.md5,
        "uploadHeaders": [],
    }
    return {"id": encode_id("VersionManifest", version.pk), "file": file}


def announced_manifest(context: Context, manifest: Manifest) -> dict:
    """Return a manifest whose bytes are to be uploaded."""
    file = {
        "id": encode_id("AnnouncedFile", manifest.pk),
        "name": MANIFEST,
        "displayName": MANIFEST,
        "uploadUrl": lambda: context.base_url + upload_path("manifest", manifest.pk),
        "uploadHeaders": [],
    }
    return {"id": encode_id("ArtifactManifest", manifest.pk), "file": file}


@field("Artifact", "currentManifest")
def artifact_current_manifest(version: Version, info):
    """Return the manifest of a version reached by id: the viewer's highest role decides."""
    may = can(info.context.user, Action.DOWNLOAD, version)
    return manifest_of_version(info.context, version, may)


@field("Mutation", "createArtifactManifest")
def create_artifact_manifest(root, info, input):
    """Announce a manifest; its base was the latest at createArtifact, and may be deleted by now."""
    user, base_id = info.context.user, input.get("baseArtifactID")
    base_pk = decode_id(base_id, "Artifact")
    manifest = create_manifest(
        by=user,
        version=reach_version(by=user, pk=decode_id(input["artifactID"], "Artifact")),
        kind=input.get("type") or "FULL",
        digest=input["digest"],
        base=reach_version(by=user, pk=base_pk, with_deleted=True) if base_id else None,
    )
    return {"artifactManifest": announced_manifest(info.context, manifest)}


@field("Mutation", "updateArtifactManifest")
def update_artifact_manifest(root, info, input):
    user = info.context.user
    pk = decode_id(input["artifactManifestID"], "ArtifactManifest")
    manifest = reach_manifest(by=user, pk=pk)
    if input.get("digest"):
        manifest = set_manifest_digest(by=user, manifest=manifest, digest=input["digest"])
    return {"artifactManifest": announced_manifest(info.context, manifest)}
