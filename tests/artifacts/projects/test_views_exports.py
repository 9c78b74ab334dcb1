"""Lists of projects as files: the rows of all pages of the table, for the same query and rights."""

import csv
import gc
import io
import json
import tracemalloc
from datetime import timedelta
from operator import attrgetter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from artifacts.models import ManifestEntry, Membership, Run, RunLine, Version
from artifacts.services.paths.placeholders import hidden_path
from tests import factories

HOSTILE = '=HYPERLINK("http://x")\r\n"a",b;c'


def read(client, address):
    """The rows of a list's file, and how many queries they took."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        body = b"".join(response)
    assert response.status_code == 200, body
    assert response["Content-Disposition"].startswith("attachment")
    text = body.decode()
    path = address.partition("?")[0]
    rows = json.loads(text) if path.endswith("json") else list(csv.DictReader(io.StringIO(text)))
    return rows, len(queries)


def pages(client, address, table):
    """The rows of all pages of the table that `table` takes from a page's object."""
    rows = []
    while address:
        page = table(client.get(address).context["page"])
        rows += page.rows
        address = page.next_url
    return rows


def add_runs(project, count, **fields):
    existing = Run.objects.count()
    Run.objects.bulk_create(
        Run(project=project, name=f"r{existing + n}", display_name=f"run {existing + n}", **fields)
        for n in range(count)
    )


def add_versions(collection, count):
    first = collection.next_index
    versions = Version.objects.bulk_create(
        Version(
            sequence=collection, state="COMMITTED", version_index=first + n, digest=f"{first + n}"
        )
        for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(collection=collection, version=version, index=version.version_index)
        for version in versions
    )
    collection.next_index += count
    collection.save(update_fields=["next_index"])


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?q=7", "?state=failed", "?q=nothing", "?state=odd&x=1"])
def test_runs_are_those_of_all_pages(client, bob, project, query):
    add_runs(project, 70)
    add_runs(project, 5, state="failed")
    client.force_login(bob)
    on_pages = [run.name for run in pages(client, f"/vision/iris{query}", attrgetter("runs"))]
    for kind in ("csv", "json"):
        rows, _count = read(client, f"/vision/iris/-/runs.{kind}{query}")
        assert [row["run"] for row in rows] == on_pages
    # where the page stands makes no difference
    after = client.get(f"/vision/iris{query}").context["page"].runs.next_url.partition("?")[2]
    assert len(read(client, f"/vision/iris/-/runs.csv?{after}")[0]) >= len(on_pages)


def test_runs_say_all_in_plain_values(client, bob, project):
    run = factories.make_run(
        project,
        bob,
        display_name=HOSTILE,
        tags=["a", "=b"],
        group="-1+1",
        job_type="-2",
        config={"lr": {"value": 0.1}, "_wandb": {"value": {}}, "net": {"value": {"kind": "=x"}}},
        summary={"acc": 0.5, "_step": 3, "classes": ["a"]},
        exit_code=-1,
    )
    client.force_login(bob)
    (row,), _count = read(client, "/vision/iris/-/runs.json")
    assert row["name"] == HOSTILE
    assert row["tags"] == ["a", "=b"]
    assert row["config"] == {"lr": 0.1, "net": {"kind": "=x"}}
    assert row["summary"] == {"acc": 0.5, "classes": ["a"]}
    assert row["full_name"] == f"vision/iris/{run.name}"
    assert row["url"] == f"http://testserver/vision/iris/runs/{run.name}"
    assert row["created_at"] == run.created_at.isoformat().replace("+00:00", "Z")
    assert row["exit_code"] == -1
    (row,), _count = read(client, "/vision/iris/-/runs.csv")
    assert row["name"] == f"'{HOSTILE}"
    assert (row["group"], row["job_type"], row["exit_code"]) == ("'-1+1", "-2", "-1")
    assert (row["tags"], row["by"]) == ("a;=b", "bob")
    assert (row["config.lr"], row["config.net.kind"]) == ("0.1", "'=x")
    assert row["summary.acc"] == "0.5"
    assert {"config", "summary.classes", "summary._step"}.isdisjoint(row)


def test_runs_have_a_column_for_each_number_that_one_of_them_has(client, bob, project):
    for number in range(120):
        factories.make_run(project, summary={"all": number, f"only{number % 110:03}": True})
    client.force_login(bob)
    rows, queries = read(client, "/vision/iris/-/runs.csv")
    assert [name for name in rows[0] if name.startswith("summary.")] == [
        "summary.all",
        *(f"summary.only{number:03}" for number in range(110)),
    ]
    assert [row["summary.all"] for row in rows] == [str(number) for number in range(119, -1, -1)]
    assert (rows[0]["summary.only009"], rows[0]["summary.only010"]) == ("true", "")
    few, _count = read(client, "/vision/iris/-/runs.csv?q=nothing")
    assert few == []


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("rows", [1, 50, 250])
def test_versions_take_as_many_queries_per_chunk(client, bob, sequence, rows, kind):
    add_versions(sequence, rows)
    sequence.memberships.first().aliases.create(collection=sequence, name="best")
    client.force_login(bob)
    client.get("/bob")
    address = f"{sequence.get_absolute_url()}/-/versions.{kind}"
    found, queries = read(client, address)
    assert len(found) == rows
    assert queries == 6


@pytest.mark.slow
def test_many_versions_take_five_chunks_and_no_more_memory(client, bob, sequence):
    client.force_login(bob)
    add_versions(sequence, 500)
    address = f"{sequence.get_absolute_url()}/-/versions.csv"

    def walk():
        """The most that is kept after any piece, how many queries, and how many bytes."""
        size, kept = 0, []
        tracemalloc.start()
        try:
            with CaptureQueriesContext(connection) as queries:
                for piece in client.get(address):
                    size += len(piece)
                    gc.collect()
                    kept.append(tracemalloc.get_traced_memory()[0])
            return max(kept), len(queries), size
        finally:
            tracemalloc.stop()

    read(client, address)
    memory, queries, size = walk()
    add_versions(sequence, 750)
    more_memory, more_queries, more_size = walk()
    assert more_size > 2.4 * size
    # three more chunks of memberships, with their aliases and tags
    assert more_queries == queries + 9
    assert more_memory < 1.2 * memory


def test_versions_are_those_of_the_table(client, bob, sequence, alice, project):
    run = factories.make_run(project, alice)
    first = factories.make_version(sequence, by=alice, aliases=["best", "=x"], run=run)
    first.tags.create(name="gold")
    factories.make_version(sequence, by=bob, metadata={"acc": [1, {"deep": True}]})
    client.force_login(bob)
    page = sequence.get_absolute_url()
    rows, _count = read(client, f"{page}/-/versions.json")
    assert [row["version"] for row in rows] == ["v1", "v0"]
    assert rows[0]["metadata"] == {"acc": [1, {"deep": True}]}
    assert rows[0]["aliases"] == ["latest"]
    assert rows[1]["aliases"] == ["=x", "best"]
    assert rows[1]["tags"] == ["gold"]
    assert rows[1]["full_name"] == "vision/iris/iris-model:v0"
    assert rows[1]["run"] == f"vision/iris/{run.name}"
    assert rows[1]["size"] == first.size
    rows, _count = read(client, f"{page}/-/versions.csv?v=best")
    assert [(row["version"], row["aliases"]) for row in rows] == [("v0", "'=x;best")]
    assert "metadata" not in rows[0]


def test_what_one_may_not_see_is_in_no_file(client, bob, sequence, acme, vision, alice):
    """A version linked from a project that Bob can't open says neither source nor run."""
    others = factories.make_team("others", acme, alice="admin")
    hidden = factories.make_project(others, "secret")
    source = factories.make_collection(hidden, "hush")
    version = factories.make_version(source, by=alice, run=factories.make_run(hidden, alice))
    portfolio = factories.make_collection(sequence.project, "shown", kind="portfolio")
    factories.make_membership(portfolio, version)
    client.force_login(bob)
    address = f"{portfolio.get_absolute_url()}/-/versions"
    for kind in ("csv", "json"):
        text = b"".join(client.get(f"{address}.{kind}")).decode()
        assert "hush" not in text
        assert "secret" not in text
    client.force_login(alice)
    assert b"others/secret/hush:v0" in b"".join(client.get(f"{address}.csv"))
    client.force_login(bob)
    assert client.get("/others/secret/-/runs.csv").status_code == 404
    assert b"secret" not in b"".join(client.get("/vision/-/projects.csv"))


def test_two_sources_that_one_may_not_see_are_two_in_a_file(client, bob, sequence, charlie):
    """Scripts join by the source: each has what the API calls it, and no two the same."""
    portfolio = factories.make_collection(sequence.project, "shown", kind="portfolio")
    project = factories.make_project(charlie, "secret")
    sources = [factories.make_collection(project, name) for name in ("hush", "hum")]
    for source in sources:
        for _number in range(2):
            factories.make_membership(portfolio, factories.make_version(source))
    client.force_login(bob)
    rows, _count = read(client, f"{portfolio.get_absolute_url()}/-/versions.json")
    paths = [hidden_path(source) for source in sources]
    assert sorted(row["source"] for row in rows) == sorted(
        f"{path}:v{number}" for path in paths for number in (0, 1)
    )


def test_files_of_a_version_are_all_or_those_of_a_folder(client, bob, sequence):
    version = factories.make_version(
        sequence, files={"a/b/c.txt": b"1", "a/=d.txt": b"22", "A/x": b"", "e.txt": b"333"}
    )
    ManifestEntry.objects.create(version=version, path="ref", digest="etag", ref="s3://x/y", size=9)
    client.force_login(bob)
    page = f"{sequence.get_absolute_url()}/v0"
    rows, _count = read(client, f"{page}/-/files.csv")
    assert [row["path"] for row in rows] == ["A/x", "a/=d.txt", "a/b/c.txt", "e.txt", "ref"]
    assert [row["size"] for row in rows] == ["0", "2", "1", "3", "9"]
    assert rows[-1]["ref"] == "s3://x/y"
    assert rows[-1]["digest"] == "etag"
    rows, _count = read(client, f"{page}/-/files.json?folder=a")
    assert [row["path"] for row in rows] == ["a/=d.txt", "a/b/c.txt"]
    assert f"{page}/-/files.csv?folder=a" in client.get(f"{page}/files?folder=a").content.decode()


def test_console_is_read_from_top_to_bottom(client, bob, project):
    run = factories.make_run(project, bob)
    RunLine.objects.bulk_create(
        RunLine(run=run, stream="console", line=number, text=text)
        for number, text in enumerate(
            [
                "2026-11-23T03:36:26.499 begins",
                "ERROR 2026-11-23T03:36:27 =broken",
                '{"content": "half \\ud800 a pair", "level": "info"}',
                *["x"] * 600,
            ]
        )
    )
    client.force_login(bob)
    rows, _count = read(client, f"{run.get_absolute_url()}/-/console.csv")
    assert [row["line"] for row in rows] == [str(number) for number in range(603)]
    assert rows[0]["at"] == "2026-11-23T03:36:26.499000Z"
    assert (rows[1]["level"], rows[1]["content"]) == ("error", "'=broken")
    assert rows[2]["content"] == "half ? a pair"


def test_the_trash_and_what_a_run_saved(client, bob, project, version):
    version.deleted_at = version.created_at
    version.save(update_fields=["deleted_at"])
    run = factories.make_run(project, bob)
    run.files.create(name="output.log", blob=factories.make_blob(b"12345"))
    run.files.create(name="promised.log")
    client.force_login(bob)
    (row,), _count = read(client, "/vision/iris/-/trash/-/versions.json")
    assert row["version"] == "iris-model:v0"
    assert row["kept_until"] > row["deleted_at"]
    assert version.created_at + timedelta(days=6) < version.created_at + timedelta(days=7)
    (row,), _count = read(client, f"{run.get_absolute_url()}/-/files.json")
    assert (row["file"], row["size"]) == ("output.log", 5)


def test_collections_of_a_project_of_one_type_and_of_all(client, bob, project, version):
    factories.make_version(factories.make_collection(project, "iris-data", "dataset"))
    client.force_login(bob)
    for address in ("/vision/iris/-/collections", "/vision/iris/artifacts/-/collections"):
        rows, _count = read(client, f"{address}.json")
        assert {row["collection"] for row in rows} == {"iris-data", "iris-model"}
        assert {row["newest"] for row in rows} == {"v0"}
    rows, _count = read(client, "/vision/iris/artifacts/dataset/-/collections.csv")
    assert [(row["collection"], row["newest_aliases"]) for row in rows] == [("iris-data", "latest")]


def test_people_and_projects_of_a_team(client, bob, project):
    client.force_login(bob)
    rows, _count = read(client, "/vision/-/members.csv")
    assert [(row["username"], row["role"]) for row in rows] == [
        ("alice", "admin"),
        ("bob", "member"),
        ("victor", "viewer"),
    ]
    rows, _count = read(client, "/vision/-/projects.json")
    assert [(row["full_name"], row["runs"]) for row in rows] == [("vision/iris", 0)]


def test_a_cursor_or_a_sort_made_up_breaks_nothing(client, bob, project):
    add_runs(project, 2)
    client.force_login(bob)
    for query in ("after=nonsense", "before=%5B%5D", "sort=nothing", "q=%F0%9F%92%A9", "state="):
        response = client.get(f"/vision/iris/-/runs.csv?{query}")
        assert response.status_code == 200
        assert b"".join(response).startswith(b"run,full_name,name,")
