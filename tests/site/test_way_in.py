"""Which middleware a request passes on its way in and out, and what becomes of its answer."""

import gzip

import pytest
from django.core.handlers import base
from django.urls import URLPattern, get_resolver
from django.utils.module_loading import import_string

from registry_site import middleware
from registry_site.accounts.services.keys.handover import create_key_to_show
from registry_site.middleware import FOR_PROGRAMS

pytestmark = pytest.mark.django_db

PROGRAMS = [
    "SecurityMiddleware",
    "WhiteNoiseMiddleware",
    "content_security_policy",
    "CommonMiddleware",
    "XFrameOptionsMiddleware",
    "ForPages",
    "DomainErrors",
]
PAGES = [
    *PROGRAMS[:-1],
    "CompressedPages",
    "SessionMiddleware",
    "LocaleMiddleware",
    "CsrfViewMiddleware",
    "AuthenticationMiddleware",
    "LoginRequired",
    "user_language",
    "MessageMiddleware",
    "HtmxMiddleware",
    "DomainErrors",
]


@pytest.fixture
def passed(monkeypatch):
    """The names of the middleware that requests pass, in their order."""
    names = []

    def recorded(path):
        factory = import_string(path)

        def make(get_response):
            layer = factory(get_response)

            def record(request):
                names.append(path.rpartition(".")[2])
                return layer(request)

            for hook in ("process_view", "process_exception"):
                if hasattr(layer, hook):
                    setattr(record, hook, getattr(layer, hook))
            return record

        return make

    monkeypatch.setattr(base, "import_string", recorded)
    monkeypatch.setattr(middleware, "import_string", recorded)
    return names


@pytest.mark.parametrize(
    ("address", "status", "names"),
    [
        ("/healthz", 200, PROGRAMS),
        ("/readyz", 200, PROGRAMS),
        ("/graphql", 400, PROGRAMS),
        ("/files/vision/iris/run/file_stream", 400, PROGRAMS),
        ("/storage/upload/token", 400, PROGRAMS),
        ("/storage/download/token/file", 403, PROGRAMS),
        (f"/artifactsV2/default/vision/iris/a/b/{'0' * 32}/file", 401, PROGRAMS),
        ("/sdk/otel/traces", 404, PROGRAMS),
        ("/healthz?a=%00", 400, PROGRAMS),
        ("/login", 200, PAGES),
        ("/", 302, PAGES),
        ("/vision/iris", 302, PAGES),
        ("/graphqls", 302, PAGES),
        ("/storage/nothing", 302, PAGES),
    ],
)
def test_what_requests_pass(client, passed, address, status, names):
    assert client.get(address).status_code == status
    assert passed == names


def addresses(patterns, before=""):
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route, each.callback
        else:
            yield from addresses(each.url_patterns, route)


def test_addresses_of_programs_need_no_login_and_begin_with_words_of_their_own():
    for route, view in addresses(get_resolver().url_patterns):
        of_programs = view.__module__ in {"registry_site.api", "registry_site.health"} or (
            view.__module__.startswith("artifacts.views.sdk.")
        )
        assert (route.partition("/")[0] in FOR_PROGRAMS) == of_programs, route
        if of_programs:
            assert view.login_required is False, route


def test_programs_have_no_session(client, alice, django_assert_num_queries):
    client.force_login(alice)
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/sdk/otel/traces", "/login"])
def test_every_answer_is_safe_for_a_browser(client, address):
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_programs_are_answered_in_english_whoever_was_served_before(client, alice):
    alice.language = "ja"
    alice.save(update_fields=["language"])
    client.force_login(alice)
    client.get("/")
    assert 'lang="en"' in client.get("/healthz?a=%00").content.decode()


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def compressed(client, address, **headers):
    response = client.get(address, headers={"accept-encoding": "br, gzip", **headers})
    assert response.status_code == 200
    return response.get("Content-Encoding") == "gzip"


def test_pages_and_fragments_are_compressed(client, alice, sequence, version):
    client.force_login(alice)
    url = sequence.get_absolute_url()
    page = client.get(url, headers={"accept-encoding": "gzip"})
    assert page["Content-Length"] == str(len(page.content))
    assert len(page.content) < len(client.get(url).content) / 2
    assert b"</html>" in gzip.decompress(page.content)
    assert "Accept-Encoding" in page["Vary"]
    assert compressed(client, url, **{"hx-request": "true"})


def test_the_same_page_has_many_lengths(client, alice, sequence, version):
    """So that nobody guesses a secret in it by the length of the answer."""
    client.force_login(alice)
    url = sequence.get_absolute_url()
    pages = [client.get(url, headers={"accept-encoding": "gzip"}) for _ in range(8)]
    assert len({len(page.content) for page in pages}) > 1


def test_secrets_and_files_are_not_compressed(client, alice, version):
    client.force_login(alice)
    source = version.memberships.get().get_absolute_url()
    key = create_key_to_show(by=alice, user=alice, name="laptop")
    for address in (f"/settings/api-keys/{key.pk}", f"{source}/-/files.csv", "/healthz"):
        assert not compressed(client, address), address
