import json
from urllib.parse import quote

import pytest
from django.urls import reverse

from artifacts.models import Blob, ManifestEntry
from artifacts.store import store
from registry_site.accounts.models import User
from tests import factories
from tests.artifacts.compare.test_views_compare import LINKED, NAME, compare_url
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

# ------------------------------------------------------------------ files


@pytest.fixture
def many(sequence, bob):
    """`v0` and `v1` with 250 files each: 50 are gone, 50 are new, 100 changed."""
    for version in range(2):
        files = {
            f"data/{number + 50 * version:03}.txt": f"{version if number % 2 else 0}".encode()
            for number in range(250)
        }
        factories.make_version(sequence, by=bob, files=files)
    return compare_url(f"{NAME}:v0", f"{NAME}:v1")


def paths(response):
    return [row.compared.path for row in response.context["files"].page.rows]


@pytest.mark.slow
def test_files(client, victor, many):
    client.force_login(victor)
    response = client.get(many)
    tiles = {tile.state: tile.count for tile in response.context["files"].tiles}
    assert tiles == {
        "": 200,
        "added": 50,
        "removed": 50,
        "changed": 100,
        "same": 100,
        "all": 300,
    }
    text = response.content.decode()
    assert "200 files · by path" in text
    assert ">changed<" in text
    for state in ("added", "removed", "changed", "same"):
        found = client.get(f"{many}&state={state}")
        assert {row.compared.state for row in found.context["files"].page.rows} == {state}
    assert client.get(f"{many}&state=nonsense").context["files"].state == ""


@pytest.mark.slow
def test_pages_of_files(client, victor, many):
    client.force_login(victor)
    url, seen = f"{many}&state=all", []
    while url:
        response = client.get(url)
        seen.append(paths(response))
        url = response.context["files"].page.next_url
    assert [path for page in seen for path in page] == [f"data/{n:03}.txt" for n in range(300)]
    for page in seen[-2::-1]:
        response = client.get(response.context["files"].page.previous_url)
        assert paths(response) == page
    assert not response.context["files"].page.previous_url


def test_files_filtered_by_path(client, victor, many):
    client.force_login(victor)
    response = client.get(f"{many}&path=DATA/00&state=all")
    assert paths(response) == [f"data/00{n}.txt" for n in range(10)]
    swapped = client.get(f"{many}&path=DATA/00&state=all", headers=HTMX)
    assert_swap_equals_reload(swapped, response, "compared")
    assert (
        "No file in this state has “nothing” in its path."
        in client.get(f"{many}&path=nothing").content.decode()
    )


def test_files_as_a_list(client, victor, charlie, many):
    client.force_login(victor)
    files = {each["label"]: each["url"] for each in client.get(many).context["files"].page.files}
    assert files["CSV"].startswith(reverse("artifacts:compared_files_export", args=["csv"]))
    lines = b"".join(client.get(files["CSV"]).streaming_content).decode().splitlines()
    assert lines[:2] == [
        "path,state,base_size,other_size,base_ref,other_ref",
        "data/000.txt,removed,1,,,",
    ]
    assert len(lines) == 201
    added = client.get(f"{files['JSON']}&state=added&path=299")
    assert json.loads(b"".join(added.streaming_content)) == [
        {
            "path": "data/299.txt",
            "state": "added",
            "base_size": None,
            "other_size": 1,
            "base_ref": "",
            "other_ref": "",
        },
    ]
    assert client.get(files["CSV"].partition("?")[0]).status_code == 400
    client.force_login(charlie)
    assert client.get(files["CSV"]).status_code == 404


@pytest.mark.slow
def test_queries_are_as_many_for_any_number_of_files(client, victor, sequence, bob, many):
    for _version in range(2):
        factories.make_version(sequence, by=bob, files={"a": b"1"})
    few = compare_url(f"{NAME}:v2", f"{NAME}:v3")
    client.force_login(victor)
    assert count_queries(client, few) == count_queries(client, many)
    assert count_queries(client, many, **HTMX) < count_queries(client, many)


# ------------------------------------------------------------------ one file


@pytest.fixture
def pair(sequence, bob):
    """A function that makes two versions with one file each, and returns the file's address."""

    def pair(base, other, path="notes.txt"):
        memberships = [
            factories.make_version(
                sequence, by=bob, files={} if content is None else {path: content}
            ).memberships.get()
            for content in (base, other)
        ]
        url = compare_url(*(membership.full_name for membership in memberships))
        return f"{url}&file={quote(path)}"

    return pair


def test_a_text(client, victor, pair, sequence):
    client.force_login(victor)
    response = client.get(pair(b"a\nold <b>\nc\n", b"a\nnew\nc\n"))
    difference = response.context["file"].difference
    assert [line.sign for line in difference.lines.hunks[0]] == ["", "−", "+", ""]
    text = response.content.decode()
    for shown in ("<del>old &lt;b&gt;</del>", "<ins>new</ins>", "1 line added", "1 line removed"):
        assert shown in text
    for number, side in enumerate(response.context["file"].sides):
        assert side.url == reverse(
            "artifacts:file_download", args=[sequence.memberships.get(index=number).pk, "notes.txt"]
        )
        assert f"Download from iris-model:v{number}" in text


def test_a_document(client, victor, pair):
    client.force_login(victor)
    url = pair(b'{"a": [1, 2], "b": 1}', b'{"a": [1, 3], "b": 1}', "model.json")
    response = client.get(url)
    assert [(leaf.name, leaf.change) for leaf in response.context["file"].values] == [("a[1]", 1)]
    assert "Compare line by line" in response.content.decode()
    by_lines = client.get(f"{url}&lines=1")
    assert by_lines.context["file"].difference.lines
    assert "Compare by values" in by_lines.content.decode()


def test_a_document_that_is_written_differently(client, victor, pair):
    client.force_login(victor)
    response = client.get(pair(b'{"a":1}', b'{ "a": 1 }', "model.json"))
    assert "All values are the same" in response.content.decode()


def test_a_table(client, victor, pair):
    client.force_login(victor)
    response = client.get(pair(b"id,x\n1,a\n2,b\n", b"id,x,y\n1,A,c\n", "data.csv"))
    text = response.content.decode()
    assert response.context["file"].difference.table.counts["changed"] == 1
    for shown in ("<del>a</del> <ins>A</ins>", "Columns added: <code>y</code>", "the same “id”"):
        assert shown in text


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("model.json", b'{"a": '),
        ("model.json", b"[" * 100_000),
        ("data.csv", b"a,a\n1,2\n"),
        ("data.csv", b'"' + b"x" * 300_000),
        ("data.tsv", b"a\n1\t2\t3\n"),
        ("notes.txt", b"x" * 900_000),
        ("notes.txt", b"a\n" * 200_000),
    ],
)
def test_what_is_broken_is_compared_by_lines(client, victor, pair, path, content):
    client.force_login(victor)
    response = client.get(pair(content, content + b"\nmore\n", path))
    assert response.status_code == 200
    assert response.context["file"].difference.lines.added


@pytest.mark.parametrize("content", [b"\x00\x01", b"\xff\xfe\x00\xd8", b"\x80abc", b"%PDF\x07"])
@pytest.mark.parametrize("path", ["model.bin", "model.json", "data.csv", "notes.txt"])
def test_what_is_no_text(client, victor, pair, path, content):
    client.force_login(victor)
    response = client.get(pair(content, content + b"\x00", path))
    assert "It is no text" in response.content.decode()


def test_a_file_that_is_too_large(client, victor, pair):
    client.force_login(victor)
    text = client.get(pair(b"a" * (2**20 + 1), b"b")).content.decode()
    assert "Changed, and too large to compare here: files up to 1.0 MiB are." in text
    assert "Download from iris-model:v0" in text


def test_a_file_that_only_one_version_has(client, victor, pair):
    client.force_login(victor)
    for contents, state in ((None, b"a"), "added"), ((b"a", None), "removed"):
        response = client.get(pair(*contents))
        assert response.context["file"].state == state
        assert "This version has no such file." in response.content.decode()
    same = client.get(pair(b"a", b"a"))
    assert "Both versions have the same file." in same.content.decode()
    assert client.get(pair(b"a", b"b").replace("notes", "other")).status_code == 404


def test_a_reference(client, victor, pair):
    url = pair(b"a", b"b")
    entries = ManifestEntry.objects.filter(path="notes.txt").order_by("pk")
    entries.filter(pk=entries[1].pk).update(blob=None, ref="javascript:alert(1)", digest="etag")
    client.force_login(victor)
    response = client.get(url)
    assert response.context["file"].state == "changed"
    assert "<code>javascript:alert(1)</code>" in response.content.decode()


def test_a_restricted_viewer_sees_names_but_no_contents(
    client, bob, pair, registry, collection, sequence
):
    url = pair(b"secret\n", b"classified\n")
    for version in sequence.versions.order_by("pk"):
        factories.make_membership(collection, version)
    person = factories.restricted_viewer(registry, User.objects.get(username="charlie"))
    client.force_login(person)
    linked = url.replace(NAME, LINKED)
    response = client.get(linked)
    text = response.content.decode()
    assert response.context["file"].state == "changed"
    assert "Using and downloading what is in the registry model needs the role Viewer" in text
    assert "secret" not in text
    assert "classified" not in text
    assert "Download from" not in text
    assert client.get(linked.partition("&file")[0]).status_code == 200
    assert client.get(url).status_code == 404


def test_bytes_that_the_store_has_lost(client, victor, pair):
    url = pair(b"a", b"b")
    for blob in Blob.objects.all():
        store().remove(blob.sha256)
    client.force_login(victor)
    assert client.get(url).status_code == 503
