import logging

import pytest

from artifacts.signing import download_path, upload_path
from registry_site.server.logs import Formatter, scrub

KEY = "aB3" * 13 + "x"


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Not Found: /storage/upload/abc:def:ghi", "Not Found: /storage/upload/…"),
        ("Not Found: /storage/download/abc:d-f:ghi/a.txt", "Not Found: /storage/download/…/a.txt"),
        ("GET /x?key=abc&token=d HTTP/1.1", "GET /x?key=…&token=… HTTP/1.1"),
        (f"Not Found: /authorize/{KEY}", "Not Found: /authorize/…"),
        (f"Not Found: /a/local-{KEY}/b", "Not Found: /a/…/b"),
        ("a.b.c: 1 = 2?", "a.b.c: 1 = 2?"),
        ("blob " + "0a" * 32, "blob " + "0a" * 32),
        (
            "Forbidden (Permission denied): /vision/iris",
            "Forbidden (Permission denied): /vision/iris",
        ),
    ],
)
def test_scrub(text, scrubbed):
    assert scrub(text) == scrubbed


def test_signed_addresses_of_every_kind(settings):
    for path in (upload_path("part", 1, 2), download_path("0" * 64, "a.txt")):
        token = path.split("/")[3]
        assert token not in scrub(f"Not Found: {path}x")


def test_every_line_is_scrubbed(settings):
    """What is logged with arguments, and traces, by whichever logger."""
    formats = settings.LOGGING["formatters"]
    assert {each["()"] for each in formats.values()} == {"registry_site.server.logs.Formatter"}
    assert {each["formatter"] for each in settings.LOGGING["handlers"].values()} == {"line"}
    try:
        raise ValueError(f"/x?key={KEY}")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("a", 30, "b", 1, "Not Found: %s", (f"/y?token={KEY}",), info)
    line = Formatter("{message}", style="{").format(record)
    assert KEY not in line
    assert "/y?token=…" in line
