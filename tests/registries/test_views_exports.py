"""Lists of registries as files: the rows of the pages, for the same query and rights."""

import pytest
from django.urls import reverse

from artifacts.services.collections.collections import update_collection
from artifacts.services.collections.tags import add_collection_tags
from registries.models import Registry
from tests import factories
from tests.artifacts.projects.test_views_exports import HOSTILE, pages, read

URL = "/orgs/Acme/registry/model"


@pytest.fixture
def shelf(registry, bob):
    """Sixty collections more or less empty, of two types."""
    for number in range(60):
        factories.make_collection(
            registry.project,
            f"c{number:02}",
            "dataset" if number % 3 else "model",
            version_count=number % 7,
            updated_by=bob,
        )
    return registry


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", ["", "?sort=name", "?sort=-versions", "?sort=versions&type=model&q=c1", "?sort=x"]
)
def test_collections_are_those_of_all_pages_in_their_order(client, bob, shelf, query):
    client.force_login(bob)
    on_pages = []
    address = f"{URL}{query}"
    while address:
        page = client.get(address).context["table"].page
        on_pages += [row.name.name for row in page.rows]
        address = page.next_url
    for kind in ("csv", "json"):
        rows, _count = read(client, f"{URL}/-/collections.{kind}{query}")
        assert [row["collection"] for row in rows] == on_pages
    assert rows[0]["full_name"] == f"acme/wandb-registry-model/{on_pages[0]}"
    assert rows[0]["updated_by"] == "bob"
    page = client.get(f"{URL}{query}").content.decode()
    assert f"{URL}/-/collections.csv{query}".replace("&", "&amp;") in page


@pytest.mark.slow
def test_a_linked_version_and_its_history(client, bob, collection, version):
    factories.make_membership(collection, version, by=bob, aliases=["best"])
    add_collection_tags(by=bob, collection=collection, names=["gold"])
    update_collection(by=bob, collection=collection, description=HOSTILE)
    client.force_login(bob)
    page = collection.get_absolute_url()
    (row,), _count = read(client, f"{page}/-/versions.json?q=best")
    assert row["full_name"] == "acme/wandb-registry-model/iris-classifier:v0"
    assert (row["aliases"], row["source"]) == (["latest", "best"], "vision/iris/iris-model:v0")
    assert row["url"] == f"http://testserver{page}/v0"
    assert read(client, f"{page}/-/versions.csv?q=nothing")[0] == []
    (update, tag), _count = read(client, f"{page}/-/history/-/events.json")
    assert (tag["who"], tag["what"], tag["after"]) == ("bob", "add_tags", ["gold"])
    assert update["after"]["description"] == HOSTILE
    (file,), _count = read(client, f"{page}/v0/-/files.csv")
    assert file["path"] == "weights.txt"


def test_a_history_does_not_name_sources(client, bob, alice, collection, registry):
    """They may lie in a project that whoever reads this can't open."""
    from registry_site.accounts.services.events import record_event

    record_event(
        by=alice,
        verb="link",
        kind="collection",
        subject="x",
        subject_id=collection.pk,
        after={"source": "others/secret/hush:v0", "version": "v0"},
    )
    client.force_login(bob)
    place = ["Acme", "model", collection.name, "json"]
    address = reverse("registries:collection_history_export", args=place)
    (event,), _count = read(client, address)
    assert event["after"] == {"version": "v0"}


@pytest.mark.slow
def test_registries_and_search_show_what_one_may_see(client, bob, alice, acme, registry):
    hidden = factories.make_registry_project(acme, "vault", access="restricted")
    Registry.objects.create(organization=acme, project=hidden, name="vault")
    factories.make_collection(hidden, "iris-secret")
    factories.make_collection(registry.project, "iris-open")
    home = "/orgs/Acme/registry/-/registries"
    search = "/orgs/Acme/registry/-/search/-"
    for person, names, found in (
        (bob, ["model"], {"iris-open"}),
        (alice, ["model", "vault"], {"iris-open", "iris-secret"}),
    ):
        client.force_login(person)
        rows, _count = read(client, f"{home}.json")
        assert [row["registry"] for row in rows] == names
        rows, _count = read(client, f"{search}/collections.csv?q=iris")
        assert {row["collection"] for row in rows} == found
        rows, _count = read(client, f"{search}/registries.json?q=l&in=registries")
        assert [row["registry"] for row in rows] == names
    assert rows[0]["types"] == ["model"]
    assert rows[1]["types"] is None
    assert read(client, f"{search}/versions.csv")[0] == []


@pytest.mark.slow
def test_people_of_an_organization_and_of_the_server(client, alice, root):
    client.force_login(alice)
    rows, _count = read(client, "/orgs/Acme/registry/-/people/-/people.json")
    assert [(row["username"], row["role"]) for row in rows] == [
        ("alice", "admin"),
        ("bob", "member"),
        ("victor", "viewer"),
    ]
    client.force_login(root)
    rows, _count = read(client, "/settings/people/-/people.csv")
    assert [user.username for user in pages(client, "/settings/people", lambda page: page)] == [
        row["username"] for row in rows
    ]
    assert rows[0]["organizations"] == "Acme: admin"
    assert "password" not in " ".join(rows[0])


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 60])
def test_collections_take_as_many_queries_per_chunk(client, bob, registry, version, count):
    for number in range(count):
        made = factories.make_collection(registry.project, f"c{number}")
        factories.make_membership(made, version, aliases=["best"])
        made.tags.create(name="gold")
    client.force_login(bob)
    client.get(URL)
    rows, queries = read(client, f"{URL}/-/collections.json")
    assert len(rows) == count
    assert queries == 7
