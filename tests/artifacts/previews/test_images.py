import struct

import pytest

from tests.artifacts.previews.test_good_files import facts, preview

JPEG = (
    b"\xff\xd8\xff\xe1\x00\x0a" + b"camera  " + b"\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 480, 640) + b"\x03"
)  # fmt: skip
RIFF = b"RIFF\0\0\0\0WEBP"
LOSSY = RIFF + b"VP8 " + b"\0" * 7 + b"\x9d\x01\x2a" + struct.pack("<HH", 640, 480)
LOSSLESS = RIFF + b"VP8L" + b"\0" * 4 + b"\x2f" + struct.pack("<I", 639 | 479 << 14)
EXTENDED = RIFF + b"VP8X" + b"\0" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
AVIF = b"\0\0\0\x20ftypavif" + b"\0" * 20 + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 640, 480)


def tiff(order):
    entries = [(256, 3, 1, 640), (257, 4, 1, 480)]
    rows = b"".join(
        struct.pack(f"{order}HHI", *entry[:3])
        + struct.pack(f"{order}{'HH' if entry[1] == 3 else 'I'}", entry[3], *[0] * (entry[1] == 3))
        for entry in entries
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + struct.pack(f"{order}H", 2) + rows


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("a.jpg", JPEG, "JPEG"),
        ("a.webp", LOSSY, "WebP"),
        ("a.webp", LOSSLESS, "WebP"),
        ("a.webp", EXTENDED, "WebP"),
        ("a.avif", AVIF, "AVIF"),
        ("a.tif", tiff("<"), "TIFF"),
        ("a.tiff", tiff(">"), "TIFF"),
    ],
)
def test_format_and_pixels(path, data, name):
    assert facts(preview(path, data)) == {"Format": name, "Pixels": "640 × 480"}


@pytest.mark.parametrize("data", [JPEG, LOSSY, LOSSLESS, EXTENDED, AVIF, tiff("<")])
def test_an_image_that_is_cut_off_has_no_pixels(data):
    for length in range(12, len(data) - 4):
        assert "Pixels" not in facts(preview("a.webp", data[:length]))


def test_browsers_show_no_tiff():
    found = preview("a.tif", tiff("<"))
    assert (found.media, found.notes) == ("", ["Browsers show no TIFF: download it to see it."])
