"""Bytes of a version at plain addresses, for browsers and for curl."""

import hashlib
import io
import zipfile
from base64 import b64encode
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts.models import Download, ManifestEntry
from artifacts.store import store
from artifacts.views.files import plain_files
from registries.views.collection import version
from registry_site.errors import Unavailable
from tests import factories
from tests.helpers.graphql import auth_of

FILES = {
    "README.md": b"# read",
    "data/ü %2F?#.csv": b"1,2",
    "data/deep/b.bin": bytes(range(256)) * 40,
    "run.html": b"<script>parent.ran = 1</script>",
}
CURL = {"HTTP_ACCEPT": "*/*"}


@pytest.fixture
def membership(sequence, bob, signed_in):
    version = factories.make_version(sequence, by=bob, files=FILES, aliases=["best"])
    ManifestEntry.objects.create(version=version, path="elsewhere", digest="x", ref="s3://b/x")
    return version.memberships.get()


@pytest.fixture
def linked(collection, membership):
    return factories.make_membership(collection, membership.version, aliases=["staging"])


def url_of(membership, rest, reference=None):
    url = membership.get_absolute_url()
    return f"{url.rpartition('/')[0]}/{reference or membership.number}/{rest}"


def body(response):
    return response.getvalue()  # to its end, after which the client closes it


def test_a_file_by_key(client, victor, membership, linked):
    for each, reference in [
        (membership, "v0"),
        (membership, "latest"),
        (membership, "best"),
        (linked, "v0"),
        (linked, "staging"),
    ]:
        url = url_of(each, "files/data/deep/b.bin", reference)
        response = client.get(url, **auth_of(victor), **CURL)
        assert response.status_code == 200, url
        assert body(response) == FILES["data/deep/b.bin"]
        noted = Download.objects.get(collection=each.collection, reference=reference)
        assert noted.key_name.startswith("test")


@pytest.mark.parametrize(("rest", "count"), [("-/files.zip", 1), ("-/sha256sums.txt", 0)])
def test_a_zip_is_a_download_and_checksums_are_not(client, victor, membership, rest, count):
    client.force_login(victor)
    body(client.get(url_of(membership, rest)))
    assert Download.objects.count() == count


def test_odd_names(client, victor, membership):
    client.force_login(victor)
    response = client.get(url_of(membership, "files/data/%C3%BC%20%252F%3F%23.csv"))
    assert body(response) == b"1,2"
    assert "attachment" in response["Content-Disposition"]


def test_no_browser_runs_a_file(client, victor, membership):
    client.force_login(victor)
    response = client.get(url_of(membership, "files/run.html"))
    assert body(response) == FILES["run.html"]
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "private, no-cache"


def test_ranges_and_unchanged_files(client, victor, membership):
    url = url_of(membership, "files/data/deep/b.bin")
    keyed = auth_of(victor) | CURL
    content = FILES["data/deep/b.bin"]
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    part = client.get(url, HTTP_RANGE="bytes=10-19", HTTP_IF_RANGE=etag, **keyed)
    assert (part.status_code, body(part)) == (206, content[10:20])
    assert part["ETag"] == etag
    other = client.get(url, HTTP_RANGE="bytes=10-19", HTTP_IF_RANGE='"other"', **keyed)
    assert (other.status_code, body(other)) == (200, content)
    assert client.get(url, HTTP_RANGE="bytes=99999-", **keyed).status_code == 416
    unchanged = client.get(url, HTTP_IF_NONE_MATCH=f'W/"x", {etag}', **keyed)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == etag
    head = client.head(url, **keyed)
    assert (head["Content-Length"], body(head)) == (str(len(content)), b"")


ADDRESSES = ["files/README.md", "-/files.zip", "-/sha256sums.txt", "-/md5sums.txt"]


@pytest.mark.parametrize("rest", ADDRESSES)
def test_who_may(client, alice, victor, charlie, membership, linked, rest):
    for each in (membership, linked):
        url = url_of(each, rest)
        for user, status in [(alice, 200), (victor, 200), (charlie, 404)]:
            client.force_login(user)
            response = client.get(url)
            assert response.status_code == status
            body(response)
        client.logout()
        assert client.post(url).status_code == 405


@pytest.mark.parametrize("rest", ADDRESSES[:2])
def test_a_restricted_viewer_is_told(client, bob, registry, linked, rest):
    bob = factories.restricted_viewer(registry, bob)
    refused = client.get(url_of(linked, rest), **auth_of(bob), **CURL)
    assert refused.status_code == 403
    assert "Viewer" in refused.json()["errors"][0]["message"]
    client.force_login(bob)
    assert client.get(url_of(linked, rest)).status_code == 403


@pytest.mark.parametrize("rest", ADDRESSES[2:])
def test_a_restricted_viewer_may_have_checksums(client, bob, registry, linked, rest):
    client.force_login(factories.restricted_viewer(registry, bob))
    assert "README.md" in body(client.get(url_of(linked, rest))).decode()
    tab = client.get(linked.tab_url("files")).content.decode()
    assert rest in tab
    assert "files.zip" not in tab


@pytest.mark.parametrize("rest", ADDRESSES)
def test_without_a_key(client, victor, membership, rest):
    url = url_of(membership, rest)
    browser = client.get(url, HTTP_ACCEPT="text/html,*/*")
    assert browser.status_code == 302
    assert browser.url.startswith("/login?next=")
    for headers in [CURL, {"HTTP_AUTHORIZATION": "Basic " + b64encode(b"api:bad").decode()}]:
        refused = client.get(url, **headers)
        assert refused.status_code == 401
        assert refused["WWW-Authenticate"].startswith("Basic")
        assert "API key" in refused.json()["errors"][0]["message"]


def test_what_is_not_there(client, victor, membership):
    keyed = auth_of(victor) | CURL
    for rest in ["files/nothing", "files/data", "-/files.zip?folder=dat", "-/sha1sums.txt"]:
        assert client.get(url_of(membership, rest), **keyed).status_code == 404
    assert client.get(url_of(membership, "files/README.md", "v7"), **keyed).status_code == 404
    reference = client.get(url_of(membership, "files/elsewhere"), **keyed)
    assert reference.status_code == 404
    assert "s3://b/x" in reference.json()["errors"][0]["message"]


def test_bytes_that_the_store_lost(client, victor, membership):
    store().remove(membership.version.entries.get(path="run.html").blob.sha256)
    keyed = auth_of(victor) | CURL
    assert client.get(url_of(membership, "files/run.html"), **keyed).status_code == 400
    assert body(client.get(url_of(membership, "-/files.zip?folder=data"), **keyed))
    whole = client.get(url_of(membership, "-/files.zip"), **keyed)
    with pytest.raises(Unavailable):  # it began before it failed: the answer has no end
        body(whole)


def test_a_zip_of_all_and_of_a_folder(client, victor, membership, linked):
    keyed = auth_of(victor) | CURL
    for each in (membership, linked):
        response = client.get(url_of(each, "-/files.zip"), **keyed)
        assert response["Content-Type"] == "application/zip"
        assert f"{each.collection.name}-v0.zip" in response["Content-Disposition"]
        archive = zipfile.ZipFile(io.BytesIO(body(response)))
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
        assert found.pop("REFERENCES.txt") == b"elsewhere\ts3://b/x\n"
        assert found == FILES
    folder = client.get(url_of(membership, "-/files.zip?folder=data/deep"), **keyed)
    assert "iris-model-v0-data-deep.zip" in folder["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(body(folder))).namelist() == ["data/deep/b.bin"]
    assert body(client.head(url_of(membership, "-/files.zip"), **keyed)) == b""


def test_checksums(client, victor, membership):
    keyed = auth_of(victor) | CURL
    for algorithm in ("sha256", "md5"):
        response = client.get(url_of(membership, f"-/{algorithm}sums.txt"), **keyed)
        lines = body(response).decode().splitlines()
        assert lines[-1] == "# 1 references are left out: their bytes are elsewhere"
        assert lines[:-1] == [
            f"{hashlib.new(algorithm, FILES[path]).hexdigest()}  {path}" for path in sorted(FILES)
        ]


def test_zips_and_lists_ask_as_often_for_any_number_of_files(client, victor, sequence, signed_in):
    keyed = auth_of(victor) | CURL
    client.get("/vision/iris/-/runs.csv", **keyed)  # the key's first use is noted
    counts = []
    for number in (1, 40):
        files = {f"{each:03}": b"%d" % each for each in range(number)}
        place = factories.make_version(sequence, files=files).memberships.get()
        for rest in ADDRESSES[1:]:
            with CaptureQueriesContext(connection) as queries:
                body(client.get(url_of(place, rest), **keyed))
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_a_file_costs_few_statements(client, victor, membership, linked):
    for each in (membership, linked):
        url = url_of(each, "files/README.md")
        body(client.get(url, **auth_of(victor), **CURL))  # notes the download, once a minute
        with CaptureQueriesContext(connection) as queries:
            body(client.get(url, **auth_of(victor), **CURL))
        assert len(queries) <= 4


@pytest.mark.slow
@pytest.mark.on_postgres
@pytest.mark.parametrize("path", ["README.md", "data/ü %2F?#.csv", "elsewhere", "absent"])
def test_the_short_way_answers_as_the_long_way(
    client, alice, victor, charlie, membership, linked, path, monkeypatch
):
    linked.collection.project.members.create(user=charlie, role="restricted_viewer")
    file = f"files/{quote(path)}"
    urls = [url_of(membership, file, reference) for reference in ("v0", "latest", "best", "v9")]
    urls += [url_of(linked, file, reference) for reference in ("v0", "latest", "staging", "best")]
    urls += [url_of(linked, file).replace("/model/", "/MODEL/"), urls[0].replace("/v", "/V", 1)]
    asked = [(client, url, user) for url in urls for user in (alice, victor, charlie)]
    short = [_answer(*each) for each in asked]
    for module in (plain_files, version):
        monkeypatch.setattr(module, "allowed_file", lambda _by, _file: None)
    assert short == [_answer(*each) for each in asked]


def _answer(client, url, user):
    response = client.get(url, **auth_of(user), **CURL)
    return response.status_code, dict(response.headers), body(response)
