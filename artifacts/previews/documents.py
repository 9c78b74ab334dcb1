"""Markdown, and media that the browser itself shows."""

import struct
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Preview
from artifacts.previews.reading import Unreadable, read_at, read_text
from artifacts.previews.text import cut_note, preview_bytes

MARKDOWN_LIMIT = 96 * 1024  # bytes; rendering takes up to a second for 100 kB
IMAGE_LIMIT = 32 * 2**20  # bytes; beyond it a page would take too long to come
_SIGNATURES = {
    "PNG": (0, b"\x89PNG\r\n\x1a\n"),
    "JPEG": (0, b"\xff\xd8\xff"),
    "GIF": (0, b"GIF8"),
    "WebP": (8, b"WEBP"),
    "AVIF": (4, b"ftypavi"),
    "BMP": (0, b"BM"),
}


def preview_markdown(file: BinaryIO, size: int) -> Preview:
    """Return the Markdown, short enough to be rendered."""
    found = read_text(file, size, MARKDOWN_LIMIT)
    if found is None:
        return preview_bytes(file, size)
    notes = [cut_note(MARKDOWN_LIMIT)] if found.is_cut else []
    return Preview(markdown=found.text, notes=notes)


def preview_image(file: BinaryIO, size: int) -> Preview:
    """Return what format an image has and how large it is; the browser shows it."""
    if size > IMAGE_LIMIT:
        raise Unreadable(_("The image is too large to be shown here."))
    head = read_at(file, 0, 4096)
    found = (
        name
        for name, (at, signature) in _SIGNATURES.items()
        if head[at : at + len(signature)] == signature
    )
    name = next(found, "SVG" if b"<svg" in head else "")
    if not name:
        raise Unreadable(_("This is not an image that a browser shows: its first bytes differ."))
    facts = [(_("Format"), name)]
    if dimensions := _dimensions(name, head):
        facts.append((_("Pixels"), "{:,} × {:,}".format(*dimensions)))
    return Preview(media="image", facts=facts)


def preview_media(kind: str) -> Preview:
    """Return what lets the browser play an audio or video file."""
    return Preview(media=kind)


def _dimensions(name: str, head: bytes) -> tuple[int, int] | None:
    """Width and height, of the formats that say them at a fixed place."""
    place = {"PNG": (16, ">II"), "GIF": (6, "<HH"), "BMP": (18, "<ii")}.get(name)
    if place is None or len(head) < place[0] + struct.calcsize(place[1]):
        return None
    width, height = struct.unpack_from(place[1], head, place[0])
    return width, abs(height)
