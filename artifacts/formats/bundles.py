"""Many files at once: a zip file written while it is read, and lists of checksums."""

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

CHUNK = 2**20  # bytes
# coreutils' own signs in a name that would break its line
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_LARGE = 2**31 - 2**20  # from here on the sizes of a member take 64 bits
_FIRST_YEAR = 1980  # that a zip file can say


class Part(NamedTuple):
    """A member to be: where its bytes are, and how many."""

    path: str
    size: int
    file: BinaryIO


def zip_of(parts: Iterable[Part], made_at: datetime) -> Iterator[bytes]:
    """Yield a zip file of the parts, stored as they are; each file is closed when it was read.

    The list at the end comes only when all went well: what broke off in the middle is no zip file.
    Models and images are packed already, and packing takes far longer than sending.
    """
    sink = _Sink()
    # not `with`: on an error that would write the list
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
    """The path, inside of the folder where the zip file is unpacked, that no member has.

    `numbers` knows how often a name was taken, so that none is tried again.
    """
    inside = [part for part in path.replace("\\", "_").split("/") if part not in {"", ".", ".."}]
    first = name = "/".join(inside) or "file"
    while name in archive.NameToInfo:
        numbers[first] += 1
        name = f"{first} ({numbers[first] + 1})"
    return name


class _Sink:
    """What zipfile writes to: a pipe, not a file, so that it never goes back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """All is written at once."""

    def close(self) -> None:
        """What was written is still to be taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def checksum_line(checksum: str, path: str) -> str:
    """Return a line that `sha256sum -c` and `md5sum -c` read: the first sign says if it escapes."""
    escaped = path.translate(_ESCAPES)
    mark = "" if escaped == path else "\\"
    return f"{mark}{checksum}  {escaped}\n"
