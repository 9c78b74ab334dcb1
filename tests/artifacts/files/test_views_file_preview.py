"""A file's page: what is in it, for whom, and never a script of it or an error of the server."""

import collections
import hashlib
import json
import pickle
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts import signing
from artifacts.models import Download, ManifestEntry
from artifacts.store import store
from tests import factories
from tests.artifacts.previews.test_hostile_files import GOOD
from tests.helpers import model_files
from tests.helpers.htmx import assert_swap_equals_reload, htmx

EVIL = "<script>window.hacked = 1</script>"
FILES = {
    "README.md": f"# Title\n{EVIL}\n[x](javascript:hacked)".encode(),
    "a/one.csv": b"n\n" + b"".join(b"%d\n" % number for number in range(250)),
    "a/two.json": json.dumps({"html": EVIL, "list": [1, 2]}).encode(),
    "broken.safetensors": b"\xff" * 20,
    "eval.table.json": json.dumps(
        {"columns": ["i"], "data": [[{"_type": "image-file", "path": "pic.svg"}]]}
    ).encode(),
    "m.pkl": pickle.dumps(collections.OrderedDict()),
    "m.safetensors": model_files.safetensors({EVIL: ("F32", [2, 4], 0, 32)}),
    "gone.image-file.json": json.dumps({"_type": "image-file", "path": "x.png"}).encode(),
    "html.image-file.json": json.dumps({"_type": "image-file", "path": "page.html"}).encode(),
    "notes.txt": EVIL.encode(),
    "page.html": f"<body>{EVIL}".encode(),
    "pic.svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{EVIL}</svg>".encode(),
    "parts.partitioned-table.json": json.dumps(
        {"_type": "partitioned-table", "parts_path": "a"}
    ).encode(),
    "pic.image-file.json": json.dumps({"_type": "image-file", "path": "pic.svg"}).encode(),
    "sound.wav": b"RIFF",
    "text.image-file.json": json.dumps({"_type": "image-file", "path": "text.png"}).encode(),
    "text.png": EVIL.encode(),
}


@pytest.fixture
def membership(sequence, bob):
    version = factories.make_version(sequence, by=bob, files=FILES)
    ManifestEntry.objects.create(version=version, path="a/web", digest="x", ref="https://x.org/y")
    ManifestEntry.objects.create(version=version, path="a/run", digest="x", ref="javascript:x")
    return version.memberships.get()


@pytest.fixture
def page(client, victor, membership):
    client.force_login(victor)

    def page(path, **query):
        response = client.get(membership.tab_url("files"), {"file": path, **query})
        assert response.status_code == 200
        return response

    return page


def sha256_of(path):
    return hashlib.sha256(FILES[path]).hexdigest()


def text_of(response):
    return response.content.decode()


@pytest.mark.slow
def test_no_script_of_a_file_gets_into_the_page(page):
    for path in FILES:
        for query in ({}, {"source": 1}):
            assert EVIL not in text_of(page(path, **query)), path
    assert 'href="javascript' not in text_of(page("README.md"))
    assert 'href="javascript' not in text_of(page("a/run"))


def test_facts_and_addresses(page, membership):
    response = page("README.md")
    shown = response.context["files"].file
    assert sha256_of("README.md") in text_of(response)
    assert shown.md5 == hashlib.md5(FILES["README.md"], usedforsecurity=False).hexdigest()
    assert shown.plain_url == f"http://testserver{membership.tab_url('files')}/README.md"
    assert '<h3 id="md-title">Title</h3>' in shown.html
    assert page("README.md", source=1).context["files"].file.preview.text.startswith("# Title")


def test_the_way_to_the_folder_and_the_neighbours(page, membership):
    shown = page("a/one.csv").context["files"].file
    assert [(each["label"], bool(each["url"])) for each in shown.parents] == [
        ("Files", True),
        ("a", True),
        ("one.csv", False),
    ]
    assert shown.previous_url.endswith("?file=README.md")
    assert shown.next_url.endswith("?file=a%2Frun")
    assert not page("README.md").context["files"].file.previous_url
    assert not page("text.png").context["files"].file.next_url


@pytest.mark.slow
def test_tables_page_by_address(page):
    (table,) = page("a/one.csv").context["files"].file.tables
    assert [cell.text for cell in table.rows[0]] == ["0"]
    assert table.summary == "Rows 1 to 100"
    (table,) = page("a/one.csv", rows=200).context["files"].file.tables
    assert (table.summary, table.next_url) == ("Rows 201 to 250", "")
    assert table.previous_url.endswith("&rows=100")
    for odd in ["-1", "x", "9" * 30, "1.5", "²"]:
        assert (
            page("a/one.csv", rows=odd).context["files"].file.tables[0].summary == "Rows 1 to 100"
        )


def test_an_image_of_wandb_is_shown_from_its_own_file(page):
    response = page("pic.image-file.json")
    url = response.context["files"].file.media_url
    assert f'<img src="{url}"' in text_of(response)
    assert signing.read_download_token(url.split("/")[3]) == sha256_of("pic.svg")
    for path, note in [
        ("gone", "There is no file “x.png” in this version."),
        ("text", "not an image that a browser shows"),
        ("html", ""),
    ]:
        response = page(f"{path}.image-file.json")
        assert note in text_of(response)
        assert not response.context["files"].file.media_url


def test_a_table_in_parts_links_to_their_folder(page, membership):
    facts = dict(page("parts.partitioned-table.json").context["files"].file.facts)
    assert facts["Folder"].url == f"{membership.tab_url('files')}?folder=a"


def test_media_come_from_a_signed_address(client, page):
    response = page("pic.svg")
    url = response.context["files"].file.media_url
    assert f'<img src="{url}"' in text_of(response)
    served = client.get(url)
    served.getvalue()
    assert served["Content-Type"] == "image/svg+xml"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "<audio controls" in text_of(page("sound.wav"))
    linked = page("eval.table.json").context["files"].file.tables[0].rows[0][0]
    assert linked.url.endswith("?file=pic.svg")


def test_what_can_not_be_shown_is_said_in_place(page, membership):
    text = text_of(page("broken.safetensors"))
    assert "This is not a safetensors file" in text
    assert "Download file" in text
    store().remove(membership.version.entries.get(path="README.md").blob.sha256)
    assert "can&#x27;t be read now" in text_of(page("README.md"))


def test_a_pickle_is_warned_of(page):
    text = text_of(page("m.pkl"))
    assert "Loading this file runs code" in text
    assert "collections.OrderedDict" in text


def test_references_have_no_content(page):
    text = text_of(page("a/web"))
    assert 'href="https://x.org/y" rel="noreferrer noopener"' in text
    assert "curl" not in text


def test_what_is_not_there(client, victor, membership):
    client.force_login(victor)
    for path in ["nothing", "a", "../README.md", "readme.md"]:
        assert client.get(membership.tab_url("files"), {"file": path}).status_code == 404


def test_the_fragment_equals_the_page(client, page, membership):
    url = membership.tab_url("files")
    swapped = client.get(url, {"file": "a/one.csv"}, headers=htmx(target="files"))
    assert_swap_equals_reload(swapped, page("a/one.csv"), "files")


def test_who_sees_what(client, alice, charlie, bob, registry, collection, membership):
    url = membership.tab_url("files")
    assert client.get(url, {"file": "README.md"})["Location"].startswith("/login")
    client.force_login(alice)
    assert '<h3 id="md-title">Title</h3>' in text_of(client.get(url, {"file": "README.md"}))
    client.force_login(charlie)
    assert client.get(url, {"file": "README.md"}).status_code == 404
    linked = factories.make_membership(collection, membership.version)
    client.force_login(factories.restricted_viewer(registry, bob))
    text = text_of(client.get(linked.tab_url("files"), {"file": "README.md"}))
    assert "needs the role Viewer or above" in text
    assert '<h3 id="md-title">Title</h3>' not in text
    assert "curl" not in text
    folder = text_of(client.get(linked.tab_url("files")))
    assert "files.zip" not in folder
    assert not Download.objects.filter(user=bob).exists()


def test_a_look_inside_is_no_download(page):
    page("README.md")
    assert not Download.objects.exists()


@pytest.mark.slow
def test_queries_do_not_grow(client, victor, sequence):
    client.force_login(victor)
    counts = []
    for number in (1, 30):
        files = {f"{each:03}.txt": b"%d" % each for each in range(number)}
        url = factories.make_version(sequence, files=files).memberships.get().tab_url("files")
        for query in ({}, {"file": "000.txt"}):
            client.get(url, query)
            with CaptureQueriesContext(connection) as queries:
                client.get(url, query)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


@pytest.mark.slow
def test_hostile_files_of_every_kind_make_pages(client, victor, sequence):
    """Damaged, cut and random bytes under every name: a page with a preview or a sentence, and
    the part of it that shows the source."""
    chance = random.Random(7)
    files = {
        "half-a-pair.pkl": b"\x80\x04\x8c\x03\xed\xa0\x80\x94.",
        "half-a-pair.json": b'{"a": "\\ud800"}',
        "deep.json": b"[" * 480 + b"]" * 480,
        "nul.json": b'{"a": "\\u0000"}',
    }
    for path, content in GOOD.items():
        name, _dot, suffix = path.partition(".")
        for number in range(3):
            damaged = bytearray(content)
            at = chance.randrange(len(damaged))
            damaged[at : at + 3] = chance.randbytes(4)
            files[f"{number}{name}.{suffix}"] = bytes(damaged)
        files[f"cut.{suffix}"] = content[: len(content) // 2]
        files[f"random.{suffix}"] = chance.randbytes(500)
        files[f"empty.{suffix}"] = b""
    url = factories.make_version(sequence, files=files).memberships.get().tab_url("files")
    client.force_login(victor)
    for path in files:
        assert client.get(url, {"file": path}).status_code == 200, path
        part = client.get(url, {"file": path, "source": 1}, headers=htmx(target="files"))
        assert part.status_code == 200, path
