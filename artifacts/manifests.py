"""Manifests, version 1: the list of what is in an artifact, as the SDK writes and reads it.

Pure functions over text. Source of the format: wandb 0.31, `sdk/artifacts/artifact_manifests`.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import xxhash
from django.utils.translation import gettext as _

from registry_site.errors import Invalid

MAX_BYTES = 256 * 2**20  # a manifest of 1,000,000 entries has about 200 MiB
MAX_PATH = 2048  # bytes of UTF-8; PostgreSQL's indexes take about 2,700
MAX_REF = 4096  # characters
# An empty part, `.` or `..`; control characters; half a surrogate pair. And what leads out of the
# folder on Windows, where `\` parts names too: clients there join the path as it is.
_UNFIT = re.compile(
    r"(?:^|/)\.{0,2}(?:/|$)|[\x00-\x1f\x7f\ud800-\udfff]"
    r"|(?:^|[/\\])\.\.(?:[/\\]|$)|^\\|^[a-zA-Z]:[/\\]"
)
# RFC 3986: a scheme, then anything without white space
_ADDRESS = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20\x7f\ud800-\udfff][^\x00-\x1f\x7f\ud800-\udfff]*"
)
_SCRIPTS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One path: bytes in the store (`ref` is empty) or a reference to elsewhere."""

    path: str
    digest: str
    size: int = 0
    ref: str = ""
    birth_id: str = ""  # global id of the artifact whose upload brought the bytes
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_xxh128(self) -> bool:
        """Whether `digest` is the bytes' XXH128 and not their MD5; wandb 0.31 says so per entry."""
        return self.extra.get("alg") == "XXH128"


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


def digest_of(entries: Iterable[Entry], *, xxh128: bool = False) -> str:
    """Return the artifact's digest in hex over its sorted paths and their digests.

    It is an MD5, or an XXH128 where the artifact was begun with that algorithm.
    """
    digest = xxhash.xxh128() if xxh128 else hashlib.md5(usedforsecurity=False)
    digest.update(b"wandb-artifact-manifest-v1\n")
    for entry in sorted(entries, key=lambda entry: entry.path):
        digest.update(f"{entry.path}:{entry.digest}\n".encode())
    return digest.hexdigest()


def check_path(path: str) -> str:
    """Return a path that stays inside the folder it is downloaded to, or raise Invalid."""
    if _UNFIT.search(path) or len(path.encode()) > MAX_PATH:
        raise Invalid(
            _("The path {path!r} is not possible in an artifact: it must be relative, without "
              "“.”, “..”, “//” and control characters, {limit} bytes long at most.").format(
                  path=path[:200], limit=MAX_PATH
              )
        )  # fmt: skip
    return path


def check_folders(entries: Mapping[str, Entry]) -> None:
    """Raise Invalid where a file lies where others need a folder: nobody could download both.

    References may: a bucket has keys like that, and need not be downloaded.
    """
    # no path has a NUL, which sorts what lies in a folder directly behind the folder's name
    names = sorted(path.replace("/", "\0") for path in entries)
    for one, two in pairwise(names):
        path = one.replace("\0", "/")
        if two.startswith(f"{one}\0") and not entries[path].ref:
            raise Invalid(
                _("{path!r} can't be a file and a folder in one artifact.").format(path=path[:200])
            )


def _entry(path: str, given: Mapping[str, Any]) -> Entry:
    digest, ref, size = given["digest"], given.get("ref") or "", given.get("size") or 0
    birth_id, extra = given.get("birthArtifactID") or "", given.get("extra") or {}
    if not all(isinstance(text, str) for text in (digest, ref, birth_id)):
        raise TypeError(path)
    if not isinstance(size, int) or not 0 <= size < 2**63 or not isinstance(extra, dict):
        raise TypeError(path)
    check_path(path)
    if "\x00" in digest or len(digest) > 4096:
        raise Invalid(_("The manifest entry {path!r} is not possible.").format(path=path[:200]))
    if ref:
        _check_reference(path, ref)
    return Entry(path, digest, size, ref, birth_id, extra)


def _check_reference(path: str, ref: str) -> None:
    if len(ref) > MAX_REF or _SCRIPTS.match(ref) or not _ADDRESS.fullmatch(ref):
        raise Invalid(
            _("The reference of {path!r} is not possible: it must be an address with a scheme, "
              "like s3://bucket/key, that runs no script, {limit} characters long at most.").format(
                  path=path[:200], limit=MAX_REF
              )
        )  # fmt: skip
