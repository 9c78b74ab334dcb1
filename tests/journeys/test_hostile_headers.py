"""Headers, content types and parameters that no browser sends, at every page: never a 5xx."""

from urllib.parse import urlencode

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
# each of them changes the answer
APART = [
    {"Cookie": "sessionid=\x00; csrftoken=\xe9; messages=[; a"},
    {"Host": "a b"},
    {"Host": "evil.example"},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "\xe9", "HX-Trigger": "{"},
]
# with each of these a page is what it is without, so that it may get all at once
TOGETHER = [
    {"Accept-Language": "x" * 5000 + ",;q=9,\xe9"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "\xe9"},
    {"Range": "bytes=9-1,x", "If-None-Match": "\xff", "If-Modified-Since": "x", "If-Range": ","},
    {"Origin": "http://[", "Referer": "http://[", "Sec-Fetch-Site": "\xe9"},
    {"Content-Length": "x"},
    {"Accept": "\xff", "Accept-Encoding": "\xff;q=x"},
]
KEYS = [{"Authorization": "Basic \xff"}, {"Authorization": "Basic " + "A" * 3001}]
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


def statuses(client, addresses, headers=None):
    return {address: client.get(address, headers=headers).status_code for address in addresses}


def broken(answers):
    return {address: status for address, status in answers.items() if status >= 500}


@pytest.fixture
def everywhere(addresses, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return [*addresses, "/healthz", "/nothing/here/at/all"]


@pytest.mark.parametrize("headers", APART, ids=lambda headers: " ".join(headers))
def test_headers(person, everywhere, headers):
    assert not broken(statuses(person(), everywhere, headers))


def test_headers_that_change_no_answer(person, everywhere):
    """All at once at every page, which answers as ever: none of them hides another."""
    plain = statuses(person(), everywhere)
    for key in KEYS:
        headers = {name: value for each in [*TOGETHER, key] for name, value in each.items()}
        assert statuses(person(), everywhere, headers) == plain


@pytest.mark.parametrize("headers", APART + TOGETHER + KEYS, ids=lambda headers: " ".join(headers))
def test_headers_of_visitors(world, settings, headers):
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(raise_request_exception=False)
    addresses = ["/", "/login", "/graphql", "/healthz", "/orgs/Acme/registry/model", "/nobody"]
    assert not broken(statuses(client, addresses, headers))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value[:9]))
def test_parameters(person, addresses, value):
    """All at once, for a page reads them one by one."""
    query = urlencode(dict.fromkeys(NAMES, value))
    paths = {address.partition("?")[0] for address in addresses}
    assert not broken(statuses(person(), [f"{path}?{query}" for path in paths]))


@pytest.mark.parametrize("value", ["abc", "..", "?a", "#", "login", "http:/x", "\\x"])
def test_the_next_page_is_an_address_of_this_server(client, cast, value):
    form = {"username": "alice", "password": "correct-horse", "next": value}
    assert client.post("/login", form)["Location"] == "/"
