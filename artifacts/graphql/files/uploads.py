"""Files that a client announces, and the addresses to which it uploads them."""

from artifacts.graphql.files.multipart import part_sums
from artifacts.models import ArtifactFile
from artifacts.services.files.files import FileSpec, create_files
from artifacts.signing import upload_path
from registry_site.graphql.binding import Context, field
from registry_site.graphql.connections import whole_list
from registry_site.texts.ids import decode_id, encode_id


@field("Mutation", "createArtifactFiles")
def create_artifact_files(root, info, input):
    """Announce files; answer in the request's order, by which wandb 0.31 matches them."""
    specs = [_file_spec(file) for file in input["artifactFiles"]]
    files = create_files(by=info.context.user, specs=specs)
    return {"files": whole_list([announced_file(info.context, file) for file in files])}


def _file_spec(file) -> FileSpec:
    version_pk, digest = decode_id(file["artifactID"], "Artifact"), file.get("digest") or ""
    sums = part_sums(file.get("uploadPartsInput") or [])
    return FileSpec(version_pk, file["name"], file["md5"], digest, sums)


def announced_file(context: Context, file: ArtifactFile) -> dict:
    """Return a file to upload; without an address where the server has its bytes already."""
    is_here = file.blob_id is not None
    return {
        "id": lambda: encode_id("AnnouncedFile", file.pk),
        "name": file.path,
        "displayName": file.path,
        "storagePath": file.storage_path,
        "uploadUrl": None if is_here else lambda: context.base_url + upload_path("file", file.pk),
        "uploadHeaders": [],
        "uploadMultipartUrls": lambda: None if is_here else _addresses_of_parts(context, file),
        "artifact": file.version,
    }


def _addresses_of_parts(context: Context, file: ArtifactFile) -> dict | None:
    """Return the address of each part; null for a file that is uploaded in one piece."""
    if not file.part_sums:
        return None
    numbers = range(1, len(file.part_sums) + 1)
    address = context.base_url + "{}"
    return {
        "uploadID": encode_id("Upload", file.pk),
        "uploadUrlParts": [
            {"partNumber": n, "uploadUrl": address.format(upload_path("part", file.pk, n))}
            for n in numbers
        ],
    }
