"""Manifests, version 1: the list of an artifact's files, as the SDK writes and reads it.

Pure functions over text. Source of the format: wandb 0.31, `sdk/artifacts/artifact_manifests`.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import xxhash
from django.utils.translation import gettext as _

from registry_site.errors import Invalid
from registry_site.texts.ids import decode_id
from registry_site.texts.json_stream import read_members
from registry_site.texts.json_text import write_json

MAX_BYTES = 256 * 2**20  # size of a manifest; 500,000 entries take about 100 MiB
MAX_ENTRIES = 500_000
MAX_ENTRY = 2**20  # characters of one entry in the manifest
MAX_PATH = 2048  # bytes of UTF-8; PostgreSQL's indexes take about 2,700
MAX_REF = 4096  # characters
# Refused: an empty part, `.` or `..`; control characters; half a surrogate pair; and paths that
# lead out of the folder on Windows, where `\` separates names, too: clients there join as it is.
_UNFIT = re.compile(
    r"(?:^|/)\.{0,2}(?:/|$)|[\x00-\x1f\x7f\ud800-\udfff]"
    r"|(?:^|[/\\])\.\.(?:[/\\]|$)|^\\|^[a-zA-Z]:[/\\]"
)
# RFC 3986: a scheme, then anything without white space
_ADDRESS = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\x00-\x20\x7f\ud800-\udfff][^\x00-\x1f\x7f\ud800-\udfff]*"
)
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")
_SCRIPTS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One path: bytes in the store (`ref` is empty) or a reference to elsewhere."""

    path: str
    digest: str
    size: int = 0
    ref: str = ""
    birth_id: str = ""  # global id of the artifact whose upload brought the bytes
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def birth_pk(self) -> int:
        """The primary key of the version whose upload brought the bytes, or 0."""
        return decode_id(self.birth_id, "Artifact")

    @property
    def is_xxh128(self) -> bool:
        """Whether `digest` is the bytes' XXH128 and not their MD5; wandb 0.31 says so per entry."""
        return self.extra.get("alg") == "XXH128"


def read_entries(read: Callable[[int], bytes]) -> Iterator[Entry]:
    """Yield the entries one at a time, in the order of the document; `read` returns its bytes.

    Raises Invalid where it isn't a manifest of version 1 or lists more than MAX_ENTRIES.
    """
    count, version, has_contents = 0, None, False
    try:
        for is_entry, key, value in read_members(read, of="contents", longest=MAX_ENTRY):
            if is_entry:
                count += 1
                if count > MAX_ENTRIES:
                    raise too_many()
                yield _entry(key, value)
            elif key == "contents":
                has_contents = True
            elif key == "version":
                version = value
                if version != 1:
                    raise Invalid(_("The manifest has another version than 1."))
        if version is None or not has_contents:
            raise KeyError("version")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(_("The manifest is not JSON of the form that the SDK writes.")) from error


def too_many() -> Invalid:
    return Invalid(
        _(
            "The artifact lists more than {limit} files: log them as several artifacts, or in "
            "archives."
        ).format(limit=f"{MAX_ENTRIES:,}")
    )


def write_manifest(entries: Iterable[Entry]) -> bytes:
    """Return the manifest to serve: complete, and without paths on the client's disk."""
    return b"".join(manifest_pieces(entries))


def manifest_pieces(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the manifest to serve, piece by piece."""
    yield (
        b'{"version":1,"storagePolicy":"wandb-storage-policy-v1",'
        b'"storagePolicyConfig":{"storageLayout":"V2"},"contents":{'
    )
    comma = ""
    for entry in entries:
        fields: dict[str, Any] = {"digest": entry.digest, "size": entry.size}
        if entry.ref:
            fields["ref"] = entry.ref
        if entry.birth_id:
            fields["birthArtifactID"] = entry.birth_id
        if entry.extra:
            fields["extra"] = entry.extra
        yield f"{comma}{write_json({entry.path: fields})[1:-1]}".encode()
        comma = ","
    yield b"}}"


def digest_of(entries: Iterable[Entry], *, xxh128: bool = False) -> str:
    """Return the artifact's digest in hex over its sorted paths and their digests.

    It is an MD5, or an XXH128 where the artifact was created with that algorithm.
    """
    digest = start_digest(xxh128=xxh128)
    for entry in sorted(entries, key=lambda entry: entry.path):
        digest.update(digest_line(entry))
    return digest.hexdigest()


def start_digest(*, xxh128: bool) -> Any:
    """Return the hash of an artifact's digest, to be fed the line of each entry, by path."""
    digest = xxhash.xxh128() if xxh128 else hashlib.md5(usedforsecurity=False)
    digest.update(b"wandb-artifact-manifest-v1\n")
    return digest


def digest_line(entry: Entry) -> bytes:
    return f"{entry.path}:{entry.digest}\n".encode()


def check_path(path: str) -> str:
    """Return the path if it stays inside the folder it is downloaded to, or raise Invalid."""
    if _UNFIT.search(path) or len(path.encode()) > MAX_PATH:
        raise Invalid(
            _(
                "The path {path!r} is not possible in an artifact: it must be relative, without "
                "“.”, “..”, “//” and control characters, {limit} bytes long at most."
            ).format(path=path[:200], limit=MAX_PATH)
        )
    return path


def check_folders(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries, which come sorted by path; raise Invalid where a file is also a folder.

    Nobody could download both. References may be: buckets have such keys, and references needn't
    be downloaded.
    """
    # files that are folders of the path; in sorted order, a folder's paths follow it directly
    files: list[str] = []
    for entry in entries:
        path = entry.path
        while files and not path.startswith(files[-1]):
            files.pop()
        for file in files:
            if path[len(file)] == "/":
                raise Invalid(
                    _("{path!r} can't be a file and a folder in one artifact.").format(
                        path=file[:200]
                    )
                )
        if not entry.ref:
            files.append(path)
        yield entry


def _entry(path: str, fields: Mapping[str, Any]) -> Entry:
    digest, ref, size = fields["digest"], fields.get("ref") or "", fields.get("size") or 0
    birth_id, extra = fields.get("birthArtifactID") or "", fields.get("extra") or {}
    if not all(isinstance(text, str) for text in (digest, ref, birth_id)):
        raise TypeError(path)
    if not isinstance(size, int) or not 0 <= size < 2**63 or not isinstance(extra, dict):
        raise TypeError(path)
    check_path(path)
    if extra:
        write_json(extra).encode()  # half a surrogate pair can't be written again
    if _UNWRITABLE.search(digest + birth_id) or len(digest) > 4096:
        raise Invalid(_("The manifest entry {path!r} is not possible.").format(path=path[:200]))
    if ref:
        _check_reference(path, ref)
    return Entry(path, digest, size, ref, birth_id, extra)


def _check_reference(path: str, ref: str) -> None:
    if len(ref) > MAX_REF or _SCRIPTS.match(ref) or not _ADDRESS.fullmatch(ref):
        raise Invalid(
            _(
                "The reference of {path!r} is not possible: it must be an address with a scheme, "
                "like s3://bucket/key, that runs no script, {limit} characters long at most."
            ).format(path=path[:200], limit=MAX_REF)
        )
