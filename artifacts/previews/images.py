"""Images: their format and their size in pixels, from their first bytes."""

import struct
from typing import BinaryIO

from django.utils.translation import gettext as _

from artifacts.previews.blocks import Preview
from artifacts.previews.reading import Unreadable, read_at

IMAGE_LIMIT = 32 * 2**20  # bytes; beyond it a page would take too long to come
_HEAD = 64 * 1024  # bytes; a camera's notes may come before the size
_SIGNATURES = {
    "PNG": (0, b"\x89PNG\r\n\x1a\n"),
    "JPEG": (0, b"\xff\xd8\xff"),
    "GIF": (0, b"GIF8"),
    "WebP": (8, b"WEBP"),
    "AVIF": (4, b"ftypavi"),
    "BMP": (0, b"BM"),
    "TIFF": (0, b"II*\0"),
    "TIFF ": (0, b"MM\0*"),
}
_FIXED = {"PNG": (16, ">II"), "GIF": (6, "<HH"), "BMP": (18, "<ii")}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # segments of JPEG that say the size


def preview_image(file: BinaryIO, size: int) -> Preview:
    """Return what format an image has and how large it is; the browser shows it."""
    head = read_at(file, 0, _HEAD)
    formats = (
        name.strip()
        for name, (at, signature) in _SIGNATURES.items()
        if head[at : at + len(signature)] == signature
    )
    name = next(formats, "SVG" if b"<svg" in head[:4096] else "")
    if not name:
        raise Unreadable(_("This is not an image that a browser shows: its first bytes differ."))
    facts = [(_("Format"), name)]
    if pixels := _pixels(name, file, head):
        facts.append((_("Pixels"), "{:,} × {:,}".format(*pixels)))
    if name == "TIFF":
        return Preview(facts=facts, notes=[_("Browsers show no TIFF: download it to see it.")])
    if size > IMAGE_LIMIT:
        raise Unreadable(_("The image is too large to be shown here."))
    return Preview(media="image", facts=facts)


def _pixels(name: str, file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    """Return width and height, where the format has them near its beginning."""
    try:
        if name in _FIXED:
            at, form = _FIXED[name]
            width, height = struct.unpack_from(form, head, at)
            return width, abs(height)
        readers = {"JPEG": _of_jpeg, "WebP": _of_webp, "AVIF": _of_avif}
        if name == "TIFF":
            return _of_tiff(file, head)
        return readers[name](head) if name in readers else None
    except struct.error:
        return None


def _of_jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head):
        marker = head[at + 1]
        if head[at] != 0xFF:
            return None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", head, at + 2)[0]
    return None


def _of_webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and len(head) >= 30:
        return _three_bytes(head, 24) + 1, _three_bytes(head, 27) + 1
    return None


def _three_bytes(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 3], "little")


def _of_avif(head: bytes) -> tuple[int, int] | None:
    at = head.find(b"ispe")  # the box that says the extent of an image
    return struct.unpack_from(">II", head, at + 8) if at > 0 else None


def _of_tiff(file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    order = "<" if head[:2] == b"II" else ">"
    directory = read_at(file, struct.unpack_from(f"{order}I", head, 4)[0], 2 + 64 * 12)
    values = {}
    for entry in range(min(64, struct.unpack_from(f"{order}H", directory)[0])):
        tag, kind = struct.unpack_from(f"{order}HH", directory, 2 + 12 * entry)
        form = "H" if kind == 3 else "I"
        values[tag] = struct.unpack_from(order + form, directory, 2 + 12 * entry + 8)[0]
    return (values[256], values[257]) if {256, 257} <= values.keys() else None
