"""Text and code, and the first bytes of files that are neither."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Preview
from artifacts.previews.reading import TEXT_LIMIT, read_at, read_text

_DUMPED = 512  # bytes
_ACROSS = 16


def preview_text(
    file: BinaryIO, size: int, language: str = "text", limit: int = TEXT_LIMIT
) -> Preview:
    """Return the text, or the dump of a file that holds none."""
    content = read_text(file, size, limit)
    if content is None:
        return preview_bytes(file, size)
    preview = Preview(
        text=content.text, language=language, facts=[(_("Encoding"), content.encoding)]
    )
    if content.is_cut:
        preview.notes.append(cut_note(limit))
    return preview


def preview_bytes(file: BinaryIO, size: int) -> Preview:
    """Return the first bytes in hexadecimal and ASCII."""
    data = read_at(file, 0, _DUMPED)
    lines = []
    for offset in range(0, len(data), _ACROSS):
        part = data[offset : offset + _ACROSS]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{offset:08x}  {part.hex(' '):<{3 * _ACROSS}} {letters}")
    note = _("This is no text. Its first {count} bytes are shown.").format(count=len(data))
    return Preview(text="\n".join(lines), language="text", notes=[note])


def empty_file() -> Preview:
    """Return what a page shows of a file without a byte."""
    return Preview(notes=[_("The file is empty.")])


def cut_note(limit: int) -> str:
    """Return the sentence that says that only the beginning is shown."""
    return _("Only the first {count} KiB are shown. Download the file to see all of it.").format(
        count=f"{limit // 1024:,}"
    )
