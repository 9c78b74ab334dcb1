import io

import pytest

from artifacts.previews.reading import Text, read_text


def read(data, limit=1000):
    return read_text(io.BytesIO(data), len(data), limit)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"", "", "UTF-8"),
        ("zoë\n".encode(), "zoë\n", "UTF-8"),
        ("\ufeffzoë".encode(), "zoë", "UTF-8"),
        ("zoë".encode("utf-16"), "zoë", "UTF-16"),
        (b"\xfe\xff" + "zoë".encode("utf-16-be"), "zoë", "UTF-16"),
        (b"\x80 1", "€ 1", "Windows-1252"),
        ("名前,値".encode("cp932"), "名前,値", "Shift_JIS (CP932)"),
        (b"\x1b[31mred\x1b[0m\r\n", "\x1b[31mred\x1b[0m\r\n", "UTF-8"),
    ],
)
def test_text_is_decoded(data, text, encoding):
    assert read(data) == Text(text, encoding, is_cut=False)


@pytest.mark.parametrize("data", [b"\x00", b"\x81 \xff", b"\xff\xfea", b"a\x01b"])
def test_what_is_no_text_is_none(data):
    assert read(data) is None


def test_a_cut_in_a_character_leaves_it_out():
    assert read("aé".encode(), limit=2) == Text("a", "UTF-8", is_cut=True)
    assert read("ab".encode("utf-16"), limit=5) == Text("a", "UTF-16", is_cut=True)
