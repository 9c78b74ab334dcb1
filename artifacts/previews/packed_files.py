"""Single compressed files: their beginning is previewed as the file inside would be."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Preview
from artifacts.previews.packed import Packed, is_opened, packing_of
from artifacts.previews.reading import Unreadable, read_at

LIMIT = 4 * 2**20  # bytes that are unpacked
_CHUNK = 64 * 1024


def preview_packed(
    file: BinaryIO, path: str, preview_inside: Callable[[BinaryIO, int, str], Preview]
) -> Preview:
    """Unpack the beginning of the file and preview it under its name without the last suffix."""
    packing = packing_of(read_at(file, 0, 6))
    if not is_opened(packing):
        if not packing:
            raise Unreadable(_("This is not a compressed file: its first bytes differ."))
        raise Unreadable(_("{packing} files are not opened here.").format(packing=packing))
    data, is_whole = _beginning(Packed(file, packing, LIMIT + _CHUNK))
    # a size beyond the data says that the data was cut
    size = len(data) if is_whole else len(data) + 1
    preview = preview_inside(BytesIO(data), size, path.rpartition(".")[0])
    preview.facts.insert(0, (_("Compressed with"), packing))
    if is_whole:
        preview.facts.insert(1, (_("Bytes unpacked"), f"{size:,}"))
    return preview


def _beginning(unpacked: Packed) -> tuple[bytes, bool]:
    chunks, length = [], 0
    while length <= LIMIT and (chunk := unpacked.read(_CHUNK)):
        chunks.append(chunk)
        length += len(chunk)
    data = b"".join(chunks)
    return data[:LIMIT], length <= LIMIT
