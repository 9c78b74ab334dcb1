"""Headers, content types and parameters that no browser sends, at every page: never a 5xx."""

import pytest
from django.test import Client

from registry_site.accounts.models import User
from tests.journeys.pages import PAGES

pytestmark = pytest.mark.slow
FORM = "application/x-www-form-urlencoded"
TYPES = {
    f"{FORM}; charset=latin-1": b"a=b",
    f"{FORM}; charset=utf-16": "a=b".encode("utf-16"),
    f"{FORM}; charset=utf-7": b"a=+AOk-",
    f"{FORM}; charset=nothing": b"a=b",
    FORM: b"%ff=%fe&\xff=\x00&" + b"a=b&" * 1200,
    "multipart/form-data": b"",
    "multipart/form-data; boundary=\xe9": b"",
    "multipart/form-data; boundary=x; charset=utf-16": b"--x\r\n\r\n",
    "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff",
    "text/plain; charset=utf-16": b"a",
    ";;;": b"a",
    "": b"a",
}
HEADERS = [
    {"Accept-Language": "x" * 5000 + ",;q=9,\xe9"},
    {"Cookie": "sessionid=\x00; csrftoken=\xe9; messages=[; a"},
    {"Host": "a b"},
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "\xe9"},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "\xe9", "HX-Trigger": "{"},
    {"Range": "bytes=9-1,x", "If-None-Match": "\xff", "If-Modified-Since": "x", "If-Range": ","},
    {"Authorization": "Basic \xff"},
    {"Authorization": "Basic " + "A" * 3001},
    {"Origin": "http://[", "Referer": "http://[", "Sec-Fetch-Site": "\xe9"},
    {"Content-Length": "x"},
    {"Accept": "\xff", "Accept-Encoding": "\xff;q=x"},
]
# what pages read of an address; each gets each value
NAMES = ["next", "q", "after", "before", "order", "version", "choose", "chart", "metrics", "kind",
         "as", "file", "folder", "columns", "view", "state", "depth", "node",
         "selectionPath"]  # fmt: skip
VALUES = ["abc", "é\ud800".encode("utf-8", "surrogatepass"), "-1", "9" * 40, "[", "../..", "//x",
          "http://[", "%", "a" * 3000, "{}", "'\"<", "null", "\u202e"]  # fmt: skip


@pytest.fixture
def addresses(world):
    return [world.fill(address) for address, *_ in PAGES]


@pytest.fixture
def person(world):
    def client(**options):
        made = Client(raise_request_exception=False, **options)
        made.force_login(User.objects.get(username="alice"))
        return made

    return client


def test_content_types(person, addresses):
    for enforced in (False, True):
        client = person(enforce_csrf_checks=enforced)
        wrong = {
            (address, kind, answer.status_code)
            for address in (addresses if not enforced else ["/login", "/settings", "/"])
            for kind, body in TYPES.items()
            if (answer := client.generic("POST", address, body, kind)).status_code >= 500
        }
        assert not wrong


def test_content_types_of_visitors(world):
    for enforced in (False, True):
        client = Client(raise_request_exception=False, enforce_csrf_checks=enforced)
        for address in ("/login", "/logout", "/graphql", "/settings"):
            for kind, body in TYPES.items():
                for origin in ({}, {"Origin": "http://testserver"}):
                    answer = client.generic("POST", address, body, kind, headers=origin)
                    assert answer.status_code < 500, (address, kind, enforced)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: " ".join(headers))
def test_headers(person, addresses, headers, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    client = person()
    wrong = {
        (address, answer.status_code)
        for address in [*addresses, "/healthz", "/nothing/here/at/all"]
        if (answer := client.get(address, headers=headers)).status_code >= 500
    }
    assert not wrong


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value[:9]))
def test_parameters(person, addresses, value):
    """All at once, for a page reads them one by one."""
    client = person()
    wrong = {}
    for address in addresses:
        values = {name: value for name in NAMES if f"{name}=" not in address}
        answer = client.get(address.partition("?")[0], values)
        if answer.status_code >= 500:
            wrong[address] = answer.status_code
    assert not wrong


@pytest.mark.parametrize("value", ["abc", "..", "?a", "#", "login", "http:/x", "\\x"])
def test_the_next_page_is_an_address_of_this_server(client, cast, value):
    form = {"username": "alice", "password": "correct-horse", "next": value}
    assert client.post("/login", form)["Location"] == "/"
