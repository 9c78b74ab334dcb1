import pytest
from django.urls import reverse

from artifacts.services.collections.tags import add_collection_tags
from tests import factories
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, element
from tests.helpers.queries import count_queries

URL = "/orgs/Acme/registry/model"


def test_registry_detail_works(client, bob, registry, collection, version):
    factories.make_membership(collection, version, by=bob, aliases=["staging"])
    client.force_login(bob)
    response = client.get(URL)
    text = response.content.decode()
    assert reverse("registries:registry_detail", args=["Acme", "model"]) == URL
    assert response.status_code == 200
    assert "acme/wandb-registry-model/COLLECTION_NAME" in text
    assert "iris-classifier" in text
    assert "staging" in text
    assert f"{URL}/-/new-collection" in text
    assert f"{URL}/iris-classifier/-/link" in text


def test_registry_detail_shows_a_viewer_why_not(client, victor, registry, collection):
    client.force_login(victor)
    text = client.get(URL).content.decode()
    assert f"{URL}/-/new-collection" not in text
    assert f"{URL}/iris-classifier/-/link" not in text
    assert "Needs the role Member; yours is Viewer." in text


def test_registry_detail_when_restricted(client, victor, bob, registry):
    registry.project.access = "restricted"
    registry.project.save(update_fields=["access"])
    client.force_login(bob)
    assert client.get(URL).status_code == 404
    registry.project.members.create(user=victor, role="viewer")
    client.force_login(victor)
    assert client.get(URL).status_code == 200


def test_registry_detail_to_a_stranger(client, charlie, registry):
    client.force_login(charlie)
    assert client.get(URL).status_code == 404


def test_registry_detail_to_a_visitor(client, registry):
    assert client.get(URL)["Location"] == f"/login?next={URL}"


def test_registry_detail_by_wrong_method(client, bob, registry):
    client.force_login(bob)
    assert client.post(URL).status_code == 405


def test_registry_detail_swap_equals_reload(client, bob, registry, collection):
    client.force_login(bob)
    address = f"{URL}?q=iris&sort=name"
    swapped = client.get(address, headers=HTMX)
    assert_swap_equals_reload(swapped, client.get(address), "collections")
    assert "HX-Request" in swapped["Vary"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["c", "a", "b"]),
        ("sort=name", ["a", "b", "c"]),
        ("sort=-name", ["c", "b", "a"]),
        ("sort=-versions", ["b", "c", "a"]),
        ("sort=nonsense", ["c", "a", "b"]),
        ("q=B", ["b"]),
        ("q=tagged", ["a"]),
        ("type=model", ["c", "a", "b"]),
        ("type=dataset", []),
    ],
)
def test_registry_detail_sorts_and_filters(client, bob, registry, version, query, names):
    b = factories.make_collection(registry.project, "b")
    a = factories.make_collection(registry.project, "a")
    factories.make_collection(registry.project, "c")
    type(b).objects.filter(pk=b.pk).update(version_count=1)
    add_collection_tags(by=bob, collection=a, names=["tagged"])
    client.force_login(bob)
    rows = client.get(f"{URL}?{query}").context["table"].page.rows
    assert [row.name.name for row in rows] == names


def test_registry_detail_says_what_no_collection_means(client, bob, registry):
    client.force_login(bob)
    assert "No collections yet" in element(client.get(URL), "collections")
    assert "No collection fits" in element(client.get(f"{URL}?q=x"), "collections")


@pytest.mark.slow
def test_registry_detail_pages_by_key(client, bob, registry):
    for number in range(51):
        factories.make_collection(registry.project, f"c{number:02}")
    client.force_login(bob)
    first = client.get(f"{URL}?sort=name").context["table"].page
    assert len(first.rows) == 50
    assert first.summary == "51 collections · by name"
    second = client.get(first.next_url).context["table"].page
    assert [row.name.name for row in second.rows] == ["c50"]
    assert second.next_url == ""


@pytest.mark.slow
def test_registry_detail_takes_as_many_queries_for_50_rows(client, bob, registry, version):
    client.force_login(bob)
    project = registry.project
    factories.make_membership(factories.make_collection(project, "first"), version, aliases=["x"])
    one = count_queries(client, URL)
    for number in range(49):
        collection = factories.make_collection(project, f"c{number}")
        factories.make_membership(collection, version, aliases=["x"])
    assert count_queries(client, URL) == one


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize("given", ["acme", "ACME"])
def test_other_names_lead_to_the_display_name(client, bob, registry, given):
    client.force_login(bob)
    response = client.get(f"/orgs/{given}/registry/model?q=x%20y")
    assert response["Location"] == f"{URL}?q=x%20y"


@pytest.mark.slow
def test_display_names_have_spaces(client, alice, registry, version):
    organization = registry.organization
    organization.name = "Acme Research"
    organization.save(update_fields=["name"])
    collection = factories.make_collection(registry.project, "my model")
    factories.make_membership(collection, version)
    client.force_login(alice)
    path = "selectionPath=acme%2Fwandb-registry-model%2Fmy%20model&view=membership&version=v0"
    for organization_name in ("Acme%20Research", "Acme Research", "acme"):
        response = client.get(f"/orgs/{organization_name}/registry/model?{path}", follow=True)
        target = "/orgs/Acme%20Research/registry/model/my%20model/v0"
        assert response.redirect_chain[-1][0] == target


@pytest.mark.parametrize("version_name", ["v0", "latest", "staging"])
def test_selection_opens_the_version(client, bob, registry, collection, version, version_name):
    factories.make_membership(collection, version, aliases=["staging"])
    client.force_login(bob)
    path = "selectionPath=acme%2Fwandb-registry-model%2Firis-classifier&view=membership"
    response = client.get(f"{URL}?{path}&version={version_name}")
    assert response["Location"] == f"{URL}/iris-classifier/v0"


def test_selection_opens_the_collection(client, bob, registry, collection):
    client.force_login(bob)
    response = client.get(f"{URL}?selectionPath=acme/wandb-registry-model/iris-classifier")
    assert response["Location"] == f"{URL}/iris-classifier"


@pytest.mark.parametrize("path", ["", "a", "acme/wandb-registry-model/nothing", "a/b/c/d", "x/y/z"])
def test_selection_of_nothing(client, bob, registry, collection, path):
    client.force_login(bob)
    assert client.get(URL, {"selectionPath": path, "version": "v0"}).status_code == 404


def test_selection_open_from_the_old_address(client, bob, charlie, project, sequence, version):
    address = reverse("registries:selection_open", args=["vision", "model"])
    query = {"selectionPath": "vision/iris/iris-model", "view": "membership", "version": "v0"}
    assert address == "/vision/registry/model"
    assert client.get(address, query).status_code == 302
    client.force_login(bob)
    response = client.get(address, query)
    assert response["Location"] == "/vision/iris/artifacts/model/iris-model/v0"
    assert client.post(address).status_code == 405
    client.force_login(charlie)
    assert client.get(address, query).status_code == 404
