"""Manifests, version 1: the list of what is in an artifact, as the SDK writes and reads it.

Pure functions over text. Source of the format: wandb 0.31, `sdk/artifacts/artifact_manifests`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry_site.errors import Invalid

MAX_BYTES = 256 * 2**20  # a manifest of 1,000,000 entries has about 200 MiB
MAX_PATH = 2048


@dataclass(frozen=True)
class Entry:
    """One path: bytes in the store (`ref` is empty) or a reference to elsewhere."""

    path: str
    digest: str
    size: int = 0
    ref: str = ""
    birth_id: str = ""  # global id of the artifact whose upload brought the bytes
    extra: Mapping[str, Any] = field(default_factory=dict)


def parse_manifest(content: bytes) -> dict[str, Entry]:
    """Return the entries by path; raises Invalid for what is no manifest of version 1."""
    try:
        document = json.loads(content)
        if b"\\ud" in content.lower():  # half a surrogate pair can't be written again
            json.dumps(document, ensure_ascii=False).encode()
        if document["version"] != 1:
            raise Invalid(_("The manifest has another version than 1."))
        return {path: _entry(path, given) for path, given in document["contents"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(_("The manifest is not JSON of the form that the SDK writes.")) from error


def write_manifest(entries: Iterable[Entry]) -> bytes:
    """Return the manifest that is served: complete, and without paths on the client's disk."""
    contents = {}
    for entry in entries:
        given: dict[str, Any] = {"digest": entry.digest, "size": entry.size}
        if entry.ref:
            given["ref"] = entry.ref
        if entry.birth_id:
            given["birthArtifactID"] = entry.birth_id
        if entry.extra:
            given["extra"] = entry.extra
        contents[entry.path] = given
    document = {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
        "contents": contents,
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(entries: Iterable[Entry]) -> str:
    """Return the artifact's digest: MD5 in hex over its sorted paths and their digests."""
    digest = hashlib.md5(b"wandb-artifact-manifest-v1\n", usedforsecurity=False)
    for entry in sorted(entries, key=lambda entry: entry.path):
        digest.update(f"{entry.path}:{entry.digest}\n".encode())
    return digest.hexdigest()


def check_path(path: str) -> str:
    """Return a path that stays inside the folder it is downloaded to, or raise Invalid."""
    parts = path.split("/")
    if (
        not path
        or len(path) > MAX_PATH
        or path.startswith("/")
        or ".." in parts
        or any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in path)
    ):
        raise Invalid(
            _("The path {path!r} is not possible in an artifact: it must be relative, "
              "without “..” and control characters.").format(path=path[:200])
        )  # fmt: skip
    return path


def _entry(path: str, given: Mapping[str, Any]) -> Entry:
    digest, ref, size = given["digest"], given.get("ref") or "", given.get("size") or 0
    birth_id, extra = given.get("birthArtifactID") or "", given.get("extra") or {}
    if not all(isinstance(text, str) for text in (digest, ref, birth_id)):
        raise TypeError(path)
    if not isinstance(size, int) or not 0 <= size < 2**63 or not isinstance(extra, dict):
        raise TypeError(path)
    check_path(path)
    if "\x00" in digest + ref or len(digest) > 4096 or len(ref) > 4096:
        raise Invalid(_("The manifest entry {path!r} is not possible.").format(path=path[:200]))
    return Entry(path, digest, size, ref, birth_id, extra)
