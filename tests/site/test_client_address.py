import pytest

from registry_site.http.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody is trusted: the client wrote it
        (1, None, "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was there before
        (1, "203.0.113.9:5555", "203.0.113.9"),
        (1, "[2001:db8::1]:5555", "2001:db8::1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "unknown", "10.0.0.1"),
        (1, "198.51.100.1,", "10.0.0.1"),
        (1, "<script>", "10.0.0.1"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
    ],
)
def test_client_address(rf, settings, proxies, header, expected):
    settings.TRUSTED_PROXY = proxies
    headers = {} if header is None else {"X-Forwarded-For": header}
    request = rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == expected
