import json
import re
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse

from artifacts.models import Blob, ManifestEntry
from artifacts.store import store
from registry_site.accounts.models import User
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload
from tests.helpers.queries import count_queries

NAME = "vision/iris/iris-model"
LINKED = "acme/wandb-registry-model/iris-classifier"


def compare_url(*names):
    query = urlencode([("version", name) for name in names], safe="/:")
    return f"{reverse('artifacts:compare')}?{query}"


@pytest.fixture
def base(version):
    """`vision/iris/iris-model:v0`."""
    return version


@pytest.fixture
def other(sequence, bob):
    """`vision/iris/iris-model:v1`, in production."""
    return factories.make_version(
        sequence, by=bob, files={"a": b"1", "b": b"22345"}, aliases=["production"]
    )


def test_two_versions(client, victor, base, other):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:production"))
    assert response.status_code == 200
    assert response.context["base"].index == base.version_index
    assert response.context["other"].index == other.version_index
    assert "vision/iris/iris-model:v1" in response.content.decode()
    facts = {fact.label: fact for fact in response.context["values"].facts}
    assert facts["Type"].is_same
    assert (facts["Files"].base, facts["Files"].other, facts["Files"].change) == ("1", "2", "+1")
    assert facts["Size"].change == f"+{other.size - base.size} B"
    assert facts["Aliases"].other == "production"
    assert response.context["choice"].swap_url == compare_url(f"{NAME}:production", f"{NAME}:v0")


def test_a_linked_version_with_its_source(client, bob, base, collection):
    factories.make_membership(collection, base)
    client.force_login(bob)
    response = client.get(compare_url(f"{LINKED}:v0", f"{NAME}:v0"))
    assert response.status_code == 200
    assert response.context["base"].collection.path == collection.target_path


@pytest.mark.parametrize(
    ("names", "status", "sentence"),
    [
        ([], 200, ""),
        ([f"{NAME}:v0"], 200, ""),
        ([f"{NAME}:v0", ""], 200, ""),
        (["", f"{NAME}:v0"], 200, ""),
        ([f"{NAME}:v0", "iris-model:v1"], 400, "is no full name of a version"),
        ([f"{NAME}:v0", NAME], 400, "is no full name of a version"),
        ([f"{NAME}:v0", f"{NAME}:"], 400, "is no full name of a version"),
        ([f"{NAME}:v0", "/".join("abcd") + ":v0"], 400, "is no full name of a version"),
        ([f"{NAME}:v0"] * 3, 400, "Two versions can be compared, and 3 were chosen."),
        ([f"{NAME}:v0", f"{NAME}:v9"], 404, f"There is no version “{NAME}:v9”"),
        ([f"{NAME}:v0", f"{NAME}:v9999999999"], 404, "There is no version"),
        (["nobody/iris/iris-model:v0", f"{NAME}:v0"], 404, "There is no version"),
    ],
)
def test_choosing(client, victor, base, names, status, sentence):
    client.force_login(victor)
    response = client.get(compare_url(*names))
    text = response.content.decode()
    assert response.status_code == status
    assert sentence in text
    assert 'name="version"' in text
    assert f'value="{NAME}:v0"' in text  # suggested, or chosen already
    assert "values" not in response.context


@pytest.mark.slow
def test_who_may_compare(client, charlie, bob, base):
    hidden = factories.make_version(
        factories.make_collection(factories.make_project(bob, "scratch"), "petals")
    )
    assert hidden.sequence.project.entity.name == "bob"
    url = compare_url(f"{NAME}:v0", "bob/scratch/petals:v0")
    assert client.get(url)["Location"].startswith("/login?next=")
    for person, status in (("bob", 200), ("alice", 404), ("victor", 404), ("charlie", 404)):
        client.force_login(User.objects.get(username=person))
        assert client.get(url).status_code == status
        swapped = compare_url("bob/scratch/petals:v0", f"{NAME}:v0")
        assert client.get(swapped, headers=HTMX).status_code == status
    assert client.post(url).status_code == 405
    assert "petals" not in client.get(reverse("artifacts:compare")).content.decode()


@pytest.mark.slow
def test_versions_to_choose_from(client, victor, base, other, sequence):
    def choices(*names):
        response = client.get(compare_url(*names))
        return [row.url for row in response.context["choice"].rows]

    client.force_login(victor)
    assert choices() == [compare_url(f"{NAME}:v1"), compare_url(f"{NAME}:v0")]
    assert choices(f"{NAME}:v0") == [compare_url(f"{NAME}:v0", f"{NAME}:v1")]
    assert choices("", f"{NAME}:v0") == [compare_url(f"{NAME}:v1", f"{NAME}:v0")]
    text = client.get(compare_url(f"{NAME}:v0")).content.decode()
    assert f'<option value="{NAME}:production">' in text
    few = count_queries(client, compare_url(f"{NAME}:v0"))
    for _version in range(20):
        factories.make_version(sequence, files={})
    assert count_queries(client, compare_url(f"{NAME}:v0")) == few


# ------------------------------------------------------------------ ways in


def ways_in(client, url):
    comparisons = client.get(url).context["page"].comparisons
    first = comparisons.first
    return first and (first.label, first.url), [
        (item["label"], item["url"]) for item in comparisons.menu
    ]


def test_ways_in_from_a_version(client, victor, base, other, sequence):
    client.force_login(victor)
    memberships = [membership.full_name for membership in sequence.memberships.order_by("index")]
    page = "/vision/iris/artifacts/model/iris-model"
    assert ways_in(client, f"{page}/v0") == (
        ("Compare with production", compare_url(f"{NAME}:production", memberships[0])),
        [
            ("Compare with latest", compare_url(memberships[0], f"{NAME}:latest")),
            ("Compare with another version", compare_url(memberships[0])),
        ],
    )
    assert ways_in(client, f"{page}/v1") == (
        None,
        [
            ("Compare with the previous version, v0", compare_url(*memberships)),
            ("Compare with another version", compare_url(memberships[1])),
        ],
    )
    assert "Compare with production" in client.get(f"{page}/v0").content.decode()


@pytest.mark.slow
def test_ways_in_from_a_registry(client, bob, base, other, collection, registry):
    registry.project.protected_aliases.create(name="audited")
    memberships = [factories.make_membership(collection, version) for version in (base, other)]
    for name in ("audited", "mine"):
        memberships[0].aliases.create(collection=collection, name=name)
    client.force_login(bob)
    first, menu = ways_in(client, memberships[1].get_absolute_url())
    assert first == ("Compare with audited", compare_url(f"{LINKED}:audited", f"{LINKED}:v1"))
    memberships[0].aliases.create(collection=collection, name="production")
    first, menu = ways_in(client, memberships[1].get_absolute_url())
    assert first[0] == "Compare with production"
    assert [label for label, _url in menu] == [
        "Compare with audited",
        "Compare with the previous version, v0",
        "Compare with another version",
    ]
    for _label, url in [first, *menu]:
        assert client.get(url).status_code == 200


# ------------------------------------------------------------------ metadata and metrics


def leaves_in(response):
    return {
        group.title: {
            row.leaf.name: (row.leaf.state, row.leaf.change, row.leaf.percent) for row in group.rows
        }
        for group in response.context["values"].groups
    }


@pytest.fixture
def measured(project, base, other, bob):
    """Both versions with metadata, and runs that logged them."""
    for number, version in enumerate([base, other]):
        version.metadata = {"kept": 1, "epochs": 10 + 5 * number, f"only{number}": True}
        version.run = factories.make_run(
            project,
            bob,
            config={"lr": {"value": 0.1 * (number + 1)}},
            summary={"accuracy": 0.5 + number / 4, "_step": number},
        )
        version.save(update_fields=["metadata", "run"])


def test_metadata_and_metrics(client, victor, measured):
    client.force_login(victor)
    url = compare_url(f"{NAME}:v0", f"{NAME}:v1")
    response = client.get(url)
    assert leaves_in(response) == {
        "Metadata": {
            "epochs": ("changed", 5, 50),
            "only0": ("removed", None, None),
            "only1": ("added", None, None),
        },
        "Metrics of the runs": {"accuracy": ("changed", 0.25, 50)},
        "Config of the runs": {"lr": ("changed", 0.1, 100)},
    }
    text = response.content.decode()
    for shown in ["+5", "+50.0 %", "+0.25", ">added<", ">removed<"]:
        assert shown in text
    everything = client.get(f"{url}&values=all")
    assert list(leaves_in(everything)["Metadata"]) == ["epochs", "only0", "only1", "kept"]
    swapped = client.get(f"{url}&values=all", headers=HTMX)
    assert_swap_equals_reload(swapped, everything, "compared")


def rows_in(response, title):
    (group,) = [group for group in response.context["values"].groups if group.title == title]
    return {row.leaf.name: row for row in group.rows}


@pytest.fixture
def scored(measured, base, other):
    """Runs that logged what gets better by being lower, higher, or nobody knows how."""
    for version, log_loss, accuracy, steps in ((base, 0.27, 0.9, 10), (other, 0.55, 0.95, 20)):
        version.run.summary = {
            "log_loss": log_loss,
            "accuracy": accuracy,
            "steps": steps,
            "f1": 0.5,
            "lists": [log_loss],
            "img": {"_type": "image-file", "path": "a.png", "height": steps},
            "imgs": [{"_type": "image-file", "path": f"{steps}.png", "height": steps}],
        }
        version.run.save(update_fields=["summary"])
        version.metadata = {"loss": log_loss, "mixed": "x"}
        version.save(update_fields=["metadata"])


def test_a_number_says_whether_it_got_better(client, victor, scored):
    """By the direction that the collection goes by, too: lowest is best of a log loss."""
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    rows = rows_in(response, "Metrics of the runs")
    verdicts = {name: (row.direction, row.verdict) for name, row in rows.items()}
    assert verdicts["log_loss"] == ("min", "worse")
    assert verdicts["accuracy"] == ("max", "better")
    assert verdicts["steps"] == ("", "")
    assert verdicts["f1"] == ("", "")  # equal
    assert rows_in(response, "Metadata")["loss"].verdict == "worse"
    assert rows_in(response, "Config of the runs")["lr"].verdict == ""
    text = response.content.decode()
    row = re.search(r"<tr[^>]*><th[^>]*>log_loss<.*?</tr>", text)[0]
    assert "</svg>worse</span>" in row  # a sign and a word
    assert "+103.7 %" in row
    assert '<span class="best">0.27</span>' in row
    assert row.count('class="best"') == 1
    assert 'class="best"' not in re.search(r"<tr[^>]*><th[^>]*>f1<.*?</tr>", text)[0]


def test_what_is_best_has_an_address(client, victor, scored):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    steps = rows_in(response, "Metrics of the runs")["steps"]
    chosen = client.get(steps.turn_url)
    row = rows_in(chosen, "Metrics of the runs")["steps"]
    assert (row.direction, row.verdict) == ("max", "better")
    turned = client.get(row.turn_url, headers=HTMX)
    row = rows_in(turned, "Metrics of the runs")["steps"]
    assert (row.direction, row.verdict) == ("min", "worse")
    assert_swap_equals_reload(turned, client.get(row.turn_url.replace(":max", ":min")), "compared")


def test_a_collection_hands_on_what_it_takes_for_best(client, victor, scored, sequence):
    client.force_login(victor)
    url = f"{sequence.get_absolute_url()}?metrics=1&columns=run.steps&best=run.steps:min"
    text = client.get(url).content.decode()
    form = re.search('<form class="actions" id="chosen-versions".*?</form>', text, re.S)[0]
    assert '<input type="hidden" name="best" value="run.steps:min">' in form
    sent = compare_url(f"{NAME}:v1", f"{NAME}:v0") + "&base=last&best=run.steps:min"
    response = client.get(sent, follow=True)
    assert rows_in(response, "Metrics of the runs")["steps"].verdict == "worse"


def test_equal_metrics_are_shown_and_other_equal_values_one_click_away(client, victor, scored):
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    equal = rows_in(response, "Metrics of the runs")["f1"].leaf
    assert (equal.state, equal.base, equal.other) == ("same", "0.5", "0.5")
    assert "mixed" not in rows_in(response, "Metadata")
    link = re.search('<a href="([^"]*)#values-1">1 equal value</a>', response.content.decode())
    everything = client.get(link[1].replace("&amp;", "&"))
    assert rows_in(everything, "Metadata")["mixed"].leaf.state == "same"
    assert "equal value" not in everything.content.decode()


def test_many_equal_metrics_are_folded(client, victor, scored, base, other):
    for version in (base, other):
        version.run.summary = {f"metric{number:03}": number for number in range(60)}
        version.run.save(update_fields=["summary"])
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    assert len(rows_in(response, "Metrics of the runs")) == 50
    assert ">10 equal values</a>" in response.content.decode()


def test_an_object_of_the_sdk_is_one_value_without_a_difference(client, victor, scored):
    """Alone and in a list: no pixels more, no kilobytes less."""
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1"))
    rows = rows_in(response, "Metrics of the runs")
    media = {name: row.leaf for name, row in rows.items() if name.startswith("img")}
    assert {name: (leaf.state, leaf.change) for name, leaf in media.items()} == {
        "img": ("changed", None),
        "imgs[0]": ("changed", None),
    }
    assert media["img"].base == "image-file a.png"
    assert "height" not in response.content.decode()


def test_a_run_that_one_may_not_see(client, victor, alice, acme, measured, other, registry):
    secret = factories.make_project(factories.make_team("nlp", acme), "secret")
    other.run = factories.make_run(secret, alice, summary={"secret_score": 1})
    other.save(update_fields=["run"])
    client.force_login(victor)
    response = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1") + "&values=all")
    text = response.content.decode()
    assert "The run that logged iris-model:v1 is in a project that you cannot open." in text
    assert "secret_score" not in text
    assert leaves_in(response)["Metrics of the runs"] == {"accuracy": ("removed", None, None)}


def test_long_metadata_is_cut(client, victor, base, other):
    base.metadata = {f"key{number:05}": number for number in range(2_100)}
    base.save(update_fields=["metadata"])
    client.force_login(victor)
    text = client.get(compare_url(f"{NAME}:v0", f"{NAME}:v1")).content.decode()
    assert "Of each version the first 2,000 values are compared." in text
    assert "500 of 2,000 values are shown." in text


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


def test_the_last_of_the_ticked_versions_is_the_base(client, bob):
    """A table of versions begins with the newest, and the older one is compared with it."""
    client.force_login(bob)
    response = client.get("/-/compare", {"version": ["a/b/c:v2", "a/b/c:v1"], "base": "last"})
    assert response.url == "/-/compare?version=a/b/c:v1&version=a/b/c:v2"
