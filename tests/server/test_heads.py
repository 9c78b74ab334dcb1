import pytest

from registry_site.server.heads import BODY_AWAITED, LONGEST_HEAD, Arrival, Missing

HEAD, BODY, NOTHING = Missing.HEAD, Missing.BODY, Missing.NOTHING
LONG = BODY_AWAITED + 1


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"", HEAD),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", HEAD),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", NOTHING),
        (b"GET / HTTP/1.1\nHost: a\n\n", NOTHING),  # gunicorn refuses it
        (b"PUT / HTTP/1.1\r\ncontent-length: 3\r\n\r\nab", BODY),
        (b"PUT / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc", NOTHING),
        (b"PUT / HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\n\r\nab", BODY),
        (b"PUT / HTTP/1.1\r\nX-Content-Length: 3\r\n\r\n", NOTHING),
        (b"PUT / HTTP/1.1\r\n\r\nContent-Length: 3\r\n\r\n", NOTHING),
        (b"PUT / HTTP/1.1\r\nContent-Length: -3\r\n\r\n", NOTHING),
        (b"PUT / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", NOTHING),
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", NOTHING),
        (b"PUT / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LONG + b"a" * (LONG - 2), BODY),
        (b"PUT / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LONG + b"a" * (LONG - 1), NOTHING),
    ],
)
def test_what_is_missing(data, missing):
    assert Arrival(data).missing is missing
    by_bytes = Arrival()
    for number in range(min(len(data), 200)):
        by_bytes.add(data[number : number + 1])
    by_bytes.add(data[200:])
    assert by_bytes.missing is missing
    assert by_bytes.data == data


def test_a_head_that_is_too_long():
    endless = Arrival(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * LONGEST_HEAD)
    assert endless.is_too_long
    assert not Arrival(b"PUT / HTTP/1.1\r\n\r\n" + b"a" * 2 * LONGEST_HEAD).is_too_long
