"""The contents of a version: the entries of its manifests by path, each with its bytes.

A manifest may list half a million files, so nothing here holds all of them in memory. Entries are
read, looked up, sorted and written part by part, with temporary files in between.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Any

from django.utils.translation import gettext as _

from artifacts.formats import manifests
from artifacts.formats.manifests import Entry
from artifacts.models import Blob, Manifest, Version
from artifacts.services.files.blobs import chunks
from artifacts.services.files.entries import Bases, Found, find_bytes
from artifacts.store import store
from registry_site.accounts.models import User
from registry_site.errors import Invalid

_SORTED = 20_000  # entries sorted in memory at once
_WRITTEN = 200  # lines written or read at once

# path, minus its number (the later one counts), digest, size, ref, birth id, extra, bytes
Line = Sequence[Any]


def read_blob(blob: Blob | None) -> Iterator[Entry]:
    """Yield the entries of a manifest; raises Invalid where it is too large or isn't one."""
    if blob is None:
        return
    if blob.size > manifests.MAX_BYTES:
        raise Invalid(
            _("The manifest is larger than {limit} bytes.").format(limit=manifests.MAX_BYTES)
        )
    with store().open(blob.sha256) as file:
        yield from manifests.read_entries(file.read)


def sources_of(uploaded: list[Manifest], bases: Bases) -> list[Blob | None]:
    """Return the manifests that make up the version; where two list a path, the later one counts.

    That is the last full manifest; else all others, on top of the base's if one is incremental.
    """
    full = [manifest for manifest in uploaded if manifest.kind == Manifest.Kind.FULL]
    if full:
        return [full[-1].blob]
    is_based = any(manifest.kind == Manifest.Kind.INCREMENTAL for manifest in uploaded)
    base = [version.manifest for version in bases()[:1]] if is_based else []
    return [*base, *(manifest.blob for manifest in uploaded)]


def gather(
    scratch: ExitStack,
    *,
    by: User,
    version: Version,
    sources: list[Blob | None],
    bases: Bases,
) -> Iterator[tuple[Entry, Found | None]]:
    """Yield the entries sorted by path, each with its bytes, or with None for a reference.

    Raises Invalid at the first file that was never uploaded.
    """
    lines = _lines(by, version, sources, bases)
    last, count = None, 0
    for path, _number, digest, size, ref, birth_id, extra, bytes_ in _by_path(lines, scratch):
        if path == last:
            continue  # a later manifest lists the path, too
        last, count = path, count + 1
        if count > manifests.MAX_ENTRIES:
            raise manifests.too_many()
        if not ref and bytes_ is None:
            raise _missing(version, path)
        yield Entry(path, digest, size, ref, birth_id, extra), bytes_ and Found(*bytes_)


def spool(lines: Iterable[Any], file: IO[str]) -> None:
    """Write lines of plain values to a file, for `unspool` to read."""
    for part in chunks(lines, _WRITTEN):
        file.write(json.dumps(part, separators=(",", ":")) + "\n")


def unspool(file: IO[str]) -> Iterator[Any]:
    """Yield the lines that `spool` wrote, from the beginning."""
    file.seek(0)
    for text in file:
        yield from json.loads(text)


def reader_of(pieces: Iterable[bytes]) -> Callable[[int], bytes]:
    """Return a function that reads the pieces like a file's `read`."""
    left, rest = iter(pieces), bytearray()

    def read(size: int) -> bytes:
        while len(rest) < size and (piece := next(left, b"")):
            rest.extend(piece)
        taken = bytes(rest[:size])
        del rest[:size]
        return taken

    return read


def _lines(by: User, version: Version, sources: list[Blob | None], bases: Bases) -> Iterator[Line]:
    number = 0
    for source in sources:
        for part in chunks(read_blob(source)):
            bytes_of = find_bytes(by=by, version=version, entries=part, bases=bases)
            for entry in part:
                number += 1
                bytes_ = bytes_of.get(entry.path)
                if len(sources) == 1 and bytes_ is None and not entry.ref:
                    raise _missing(version, entry.path)  # later entries can't change that
                yield (
                    entry.path,
                    -number,
                    entry.digest,
                    entry.size,
                    entry.ref,
                    entry.birth_id,
                    entry.extra,
                    bytes_ and bytes_[:2],
                )


def _by_path(lines: Iterator[Line], scratch: ExitStack) -> Iterator[Line]:
    """Yield the lines sorted by path; more than one part is sorted through files."""
    parts = chunks(lines, _SORTED)
    first = sorted(next(parts, []), key=_order)
    runs: list[Iterator[Line]] = []
    for part in parts:
        file = scratch.enter_context(store().scratch())
        spool(sorted(part, key=_order), file)
        runs.append(unspool(file))
    return heapq.merge(first, *runs, key=_order)


def _order(line: Line) -> tuple[str, int]:
    return line[0], line[1]


def _missing(version: Version, path: str) -> Invalid:
    return Invalid(
        _("{version} can't be committed: the file {path!r} was never uploaded.").format(
            version=version, path=path
        )
    )


def has_content(version: Version, manifest: Blob, *, whole: bool) -> bool:
    """Return whether the committed version has what the manifest lists; `whole`: and no more."""
    count = 0
    for part in chunks(read_blob(manifest)):
        rows = version.entries.filter(path__in=[entry.path for entry in part])
        has = {path: content for path, *content in rows.values_list("path", "digest", "ref")}
        if any(has.get(entry.path) != [entry.digest, entry.ref] for entry in part):
            return False
        count += len(part)
    return count == version.file_count or not whole
