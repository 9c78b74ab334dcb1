"""Markdown, PDF, and media that the browser itself plays."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Preview
from artifacts.previews.reading import Unreadable, read_at, read_text
from artifacts.previews.text import cut_note, preview_bytes

MARKDOWN_LIMIT = 96 * 1024  # bytes; rendering takes up to a second for 100 kB


def preview_markdown(file: BinaryIO, size: int) -> Preview:
    """Return the Markdown, short enough to be rendered."""
    content = read_text(file, size, MARKDOWN_LIMIT)
    if content is None:
        return preview_bytes(file, size)
    notes = [cut_note(MARKDOWN_LIMIT)] if content.is_cut else []
    return Preview(markdown=content.text, notes=notes)


def preview_media(kind: str) -> Preview:
    """Return what lets the browser play an audio or video file."""
    return Preview(media=kind)


def preview_pdf(file: BinaryIO) -> Preview:
    """Return the version of the format; the content of a PDF is left to a PDF reader."""
    head = read_at(file, 0, 1024)
    at = head.find(b"%PDF-")
    if at < 0:
        raise Unreadable(_("This is not a PDF file: its first bytes differ."))
    version = head[at + 5 : at + 8].decode("ascii", "replace")
    note = _("Download the file to read it.")
    return Preview(facts=[(_("Format"), f"PDF {version}")], notes=[note])
