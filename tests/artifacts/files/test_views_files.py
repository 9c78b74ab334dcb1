import pytest
from django.urls import reverse

from artifacts.models import Download, ManifestEntry, ProjectMember
from artifacts.views.files import folder as file_tree
from artifacts.views.files import folder_names
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, htmx

FILES = {
    "README.md": b"# read",
    "data/a.csv": b"1,2",
    "data/deep/b.csv": b"1,2,3",
    "Data/other.csv": b"capital",
}


@pytest.fixture
def membership(sequence, bob):
    return factories.make_version(sequence, by=bob, files=FILES).memberships.get()


@pytest.fixture
def restricted(registry, collection, membership, bob):
    """The same version in a restricted registry, in which Bob is Restricted Viewer."""
    project = registry.project
    project.access = "restricted"
    project.save(update_fields=["access"])
    ProjectMember.objects.create(project=project, user=bob, role="restricted_viewer")
    return factories.make_membership(collection, membership.version)


def download_url(membership, path):
    return reverse("artifacts:file_download", args=[membership.pk, path])


def items(response):
    return [(item.name, item.size, item.count) for item in response.context["files"].folder.items]


@pytest.mark.slow
def test_files_show_one_folder(client, victor, membership):
    client.force_login(victor)
    url = membership.tab_url("files")
    root = client.get(url)
    assert sorted(items(root)) == [("Data", 7, 1), ("README.md", 6, 0), ("data", 8, 2)]
    data = client.get(url, {"folder": "data"})
    assert items(data) == [("deep", 5, 1), ("a.csv", 3, 0)]
    assert [parent["label"] for parent in data.context["files"].folder.parents] == ["Files", "data"]
    assert items(client.get(url, {"folder": "/data/deep/"})) == [("b.csv", 5, 0)]
    swapped = client.get(url, {"folder": "data"}, headers=htmx(target="files"))
    assert_swap_equals_reload(swapped, data, "files")
    for path in ["nothing", "dat", "../data", "data/a.csv"]:
        assert client.get(url, {"folder": path}).status_code == 404


@pytest.mark.slow
def test_files_page_by_name(client, victor, sequence):
    version = factories.make_version(sequence, files={})
    ManifestEntry.objects.bulk_create(
        ManifestEntry(version=version, path=f"in/{number:04}.txt", digest="x", size=1)
        for number in range(250)
    )
    client.force_login(victor)
    url = version.memberships.get().tab_url("files")
    pages, address = [], f"{url}?folder=in"
    while address:
        page = client.get(address).context["files"].folder
        pages.append([item.name for item in page.items])
        address = page.next_url
    assert [len(page) for page in pages] == [100, 100, 50]
    assert sum(pages, []) == [f"{number:04}.txt" for number in range(250)]
    back = client.get(page.previous_url).context["files"].folder
    assert [item.name for item in back.items] == pages[1]
    first = client.get(back.previous_url).context["files"].folder
    assert [item.name for item in first.items] == pages[0]
    assert not first.previous_url


ORDER = [
    *(f"{name}/" for name in ("a", "B", "run9", "Run10", "run010")),
    *("apple.txt", "img2.png", "Img9.png", "img10.png", "Zoo.txt"),
]


@pytest.mark.slow
@pytest.mark.parametrize("most", [10_000, 3])  # sorted here, and by the database
def test_folders_come_first_and_names_as_people_count(client, victor, sequence, monkeypatch, most):
    monkeypatch.setattr(folder_names, "SORTED", most)
    monkeypatch.setattr(file_tree, "PAGE_SIZE", 4)
    version = factories.make_version(sequence, files={})
    ManifestEntry.objects.bulk_create(
        ManifestEntry(version=version, path=path, digest="x", size=1)
        for name in reversed(ORDER)
        for path in ([f"{name}1", f"{name}2"] if name.endswith("/") else [name])
    )
    client.force_login(victor)
    pages, address = [], version.memberships.get().tab_url("files")
    while address:
        page = client.get(address).context["files"].folder
        pages.append([item.name + "/" * item.is_folder for item in page.items])
        address = page.next_url
    expected = (
        ORDER
        if most > 3
        else sorted(ORDER, key=lambda name: (not name.endswith("/"), name.lower(), name))
    )
    assert sum(pages, []) == expected
    assert [len(each) for each in pages] == [4, 4, 2]
    back = client.get(page.previous_url).context["files"].folder
    assert [item.name + "/" * item.is_folder for item in back.items] == pages[1]
    first = client.get(back.previous_url).context["files"].folder
    assert [item.name + "/" * item.is_folder for item in first.items] == pages[0]
    assert not first.previous_url


def test_references_are_shown_and_linked_only_by_http(client, victor, sequence):
    version = factories.make_version(sequence, files={})
    for number, ref in enumerate(
        ["https://example.com/x", "s3://b/x", "javascript:alert(1)", "http://[x"]
    ):
        ManifestEntry.objects.create(version=version, path=f"r{number}", digest="e", ref=ref)
    client.force_login(victor)
    text = client.get(version.memberships.get().tab_url("files")).content.decode()
    assert 'href="https://example.com/x" rel="noreferrer noopener"' in text
    assert "<code>s3://b/x</code>" in text
    assert "<code>javascript:alert(1)</code>" in text
    assert 'href="javascript' not in text


def test_file_download(client, victor, membership):
    client.force_login(victor)
    url = download_url(membership, "data/a.csv")
    assert url in client.get(membership.tab_url("files"), {"folder": "data"}).content.decode()
    response = client.get(url)
    assert response.status_code == 302
    served = client.get(response["Location"])
    assert b"".join(served.streaming_content) == b"1,2"
    assert "attachment" in served["Content-Disposition"]


def test_file_download_of_nothing(client, victor, membership):
    client.force_login(victor)
    for path in ["data/A.csv", "data", "other"]:
        assert client.get(download_url(membership, path)).status_code == 404
    assert client.post(download_url(membership, "README.md")).status_code == 405


def test_file_download_needs_the_right_where_it_is_reached(client, bob, membership, restricted):
    client.force_login(bob)
    assert client.get(download_url(membership, "README.md")).status_code == 302
    refused = client.get(download_url(restricted, "README.md"))
    assert refused.status_code == 403
    assert "Restricted Viewer" in refused.content.decode()


def test_file_download_for_others(client, charlie, membership):
    url = download_url(membership, "README.md")
    assert client.get(url)["Location"].startswith(reverse("accounts:login"))
    client.force_login(charlie)
    assert client.get(url).status_code == 404


def test_a_download_is_noted_and_a_look_at_its_head_is_not(client, bob, membership):
    client.force_login(bob)
    url = download_url(membership, "README.md")
    assert client.head(url).status_code == 302
    assert not Download.objects.exists()
    client.get(url)
    row = Download.objects.get()
    assert (row.user, row.key_name, row.reference) == (bob, "", "v0")
    assert (row.version_id, row.collection_id) == (membership.version_id, membership.collection_id)
