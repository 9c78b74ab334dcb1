"""Many files in one download: a zip file written while it is sent, and lists of checksums."""

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

CHUNK = 2**20  # bytes
# coreutils' escapes for characters that would break the line
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_LARGE = 2**31 - 2**20  # from here on the sizes of a member take 64 bits
_FIRST_YEAR = 1980  # the earliest that a zip file can have


class Part(NamedTuple):
    """A file to put into the zip: how to open its bytes, and their number."""

    path: str
    size: int
    file: BinaryIO


def zip_of(parts: Iterable[Part], made_at: datetime) -> Iterator[bytes]:
    """Yield a zip file of the parts, uncompressed; each part is closed once it is read.

    The directory at the end comes only if all went well, so a broken download is no valid zip.
    Models and images are compressed already, and compressing takes far longer than sending.
    """
    sink = _Sink()
    # not `with`, which would write the directory after an error, too
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True)
    numbers: Counter[str] = Counter()
    moment = (max(made_at.year, _FIRST_YEAR), *made_at.timetuple()[1:6])
    for part in parts:
        info = zipfile.ZipInfo(_free_name(archive, part.path, numbers), moment)
        info.external_attr = 0o644 << 16
        with part.file, archive.open(info, "w", force_zip64=part.size >= _LARGE) as member:
            while chunk := part.file.read(CHUNK):
                member.write(chunk)
                yield sink.taken()
    archive.close()
    yield sink.taken()


def _free_name(archive: zipfile.ZipFile, path: str, numbers: Counter[str]) -> str:
    """Return a path for a member that no other has and that stays inside the unpacked folder.

    `numbers` counts how often each name was used, so that no candidate is tried again.
    """
    inside = [part for part in path.replace("\\", "_").split("/") if part not in {"", ".", ".."}]
    first = name = "/".join(inside) or "file"
    while name in archive.NameToInfo:
        numbers[first] += 1
        name = f"{first} ({numbers[first] + 1})"
    return name


class _Sink:
    """A file-like object for zipfile to write to; it can't seek, so nothing is rewritten."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: every write takes effect at once."""

    def close(self) -> None:
        """Do nothing: the bytes written are still to be taken."""

    def taken(self) -> bytes:
        """Return the bytes written since the last call."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def checksum_line(checksum: str, path: str) -> str:
    """Return a line for `sha256sum -c` and `md5sum -c`; `\\` marks one with an escaped path."""
    escaped = path.translate(_ESCAPES)
    mark = "" if escaped == path else "\\"
    return f"{mark}{checksum}  {escaped}\n"
