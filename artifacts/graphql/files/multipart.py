"""Large files of artifacts, uploaded in parts."""

import re
from typing import Any

from django.utils.translation import gettext as _

from artifacts.services.files.multipart import abort_upload, complete_upload
from artifacts.store import MAX_PARTS
from registry_site.errors import Invalid
from registry_site.graphql.binding import field
from registry_site.texts.ids import decode_id

_MD5 = re.compile("[0-9a-f]{32}")


@field("Mutation", "completeMultipartUploadArtifact")
def complete_multipart_upload_artifact(root, info, input):
    """Complete an upload; wandb 0.31 sends the ETags of the parts with their quotes."""
    upload = _upload(input)
    if input["completeMultipartAction"] == "Abort":
        abort_upload(by=info.context.user, **upload)
        return {"digest": None}
    confirmed = {part["partNumber"]: part["hexMD5"].strip('"') for part in input["completedParts"]}
    blob = complete_upload(by=info.context.user, confirmed=confirmed, **upload)
    return {"digest": blob.digest}


def _upload(input) -> dict[str, Any]:
    return {
        "version_pk": decode_id(input["artifactID"], "Artifact"),
        "upload": decode_id(input["uploadID"], "Upload"),
        "storage_path": input["storagePath"],
    }


def part_sums(parts) -> tuple[str, ...]:
    """Return the MD5s (hex) of a file's parts in order; raise Invalid where they are none."""
    sums = {part["partNumber"]: part["hexMD5"] for part in parts}
    if len(parts) > MAX_PARTS or sorted(sums) != list(range(1, len(parts) + 1)):
        raise Invalid(
            _("Number the parts of a file from 1 to {limit}, each once.").format(limit=MAX_PARTS)
        )
    if not all(_MD5.fullmatch(md5) for md5 in sums.values()):
        raise Invalid(_("The MD5 of a part has 32 hexadecimal digits."))
    return tuple(sums[number] for number in sorted(sums))
