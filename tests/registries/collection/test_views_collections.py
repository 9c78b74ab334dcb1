import pytest
from django.urls import reverse

from artifacts.models import Collection
from artifacts.services.collections.links import link_version
from artifacts.services.usage.usage import record_download
from tests import factories
from tests.helpers.forms import opened
from tests.helpers.htmx import HTMX, assert_swap_equals_reload, htmx
from tests.helpers.queries import count_queries

REGISTRY = "/orgs/Acme/registry/model"
URL = f"{REGISTRY}/iris-classifier"
CREATE = f"{REGISTRY}/-/new-collection"
UPDATE, DELETE, HISTORY = f"{URL}/-/edit", f"{URL}/-/delete", f"{URL}/-/history"
TAG_ADD, TAG_REMOVE = f"{URL}/-/tags/add", f"{URL}/-/tags/remove"
BEHIND = htmx(current_url=f"http://testserver{URL}")


def test_addresses():
    membership = ["Acme", "model", "iris-classifier"]
    assert reverse("registries:collection_create", args=membership[:2]) == CREATE
    assert reverse("registries:collection_detail", args=membership) == URL
    assert reverse("registries:collection_update", args=membership) == UPDATE
    assert reverse("registries:collection_delete", args=membership) == DELETE
    assert reverse("registries:collection_history", args=membership) == HISTORY
    assert reverse("registries:collection_tag_add", args=membership) == TAG_ADD
    assert reverse("registries:collection_tag_remove", args=membership) == TAG_REMOVE


# ------------------------------------------------------------------ rights, for all of them


@pytest.mark.slow
@pytest.mark.parametrize("address", [URL, HISTORY])
def test_reading(client, victor, charlie, collection, address):
    assert client.get(address)["Location"] == f"/login?next={address}"
    client.force_login(victor)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    client.force_login(charlie)
    assert client.get(address).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("address", [CREATE, UPDATE, DELETE, TAG_ADD])
def test_changing(client, bob, victor, charlie, collection, address):
    assert client.get(address)["Location"] == f"/login?next={address}"
    client.force_login(bob)
    assert client.get(address).status_code == 200
    assert client.put(address).status_code == 405
    client.force_login(victor)
    response = client.get(address)
    assert response.status_code == 403
    assert "needs the role Member or above; yours is Viewer" in response.content.decode()
    client.force_login(charlie)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "data"),
    [
        (CREATE, {"name": "new", "type_name": "model"}),
        (UPDATE, {"name": "other"}),
        (DELETE, {}),
        (TAG_ADD, {"names": "x"}),
        (TAG_REMOVE, {"tag": "old"}),
    ],
)
def test_changing_by_post(client, victor, charlie, collection, address, data):
    collection.tags.create(name="old")
    assert client.post(address, data)["Location"] == f"/login?next={address}"
    client.force_login(victor)
    assert client.post(address, data).status_code == 403
    client.force_login(charlie)
    assert client.post(address, data).status_code == 404
    assert [tag.name for tag in collection.tags.all()] == ["old"]
    assert Collection.objects.get().name == "iris-classifier"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a b?#50%&\"<i>'+", "日本語 モデル", "-v1.0_~", "%2F", "a\\b"])
def test_hostile_names(client, bob, registry, version, name):
    collection = factories.make_collection(registry.project, name)
    client.force_login(bob)
    client.post(f"{collection.get_absolute_url()}/-/tags/add", {"names": "x"})
    link = link_version(by=bob, version=version, project=registry.project, collection_name=name)[0]
    address = collection.get_absolute_url()
    for page in ("", "/-/link", "/-/edit", "/-/delete", "/-/history", "/v0", "/v0/-/unlink"):
        response = client.get(address + page)
        assert response.status_code == 200
        assert "<i>" not in response.content.decode()
    assert name in client.get(link.get_absolute_url()).context["page"].full_name
    assert (
        client.get(REGISTRY).context["table"].page.rows[0].newest.names.get_absolute_url()
        == link.get_absolute_url()
    )
    assert client.post(f"{address}/v0/-/unlink")["Location"] == address


@pytest.mark.parametrize("address", [URL, UPDATE, DELETE, HISTORY, TAG_ADD])
def test_no_such_collection(client, bob, registry, address):
    client.force_login(bob)
    assert client.get(address).status_code == 404


# ------------------------------------------------------------------ edit


@pytest.mark.slow
def test_collection_update_works(client, bob, collection):
    client.force_login(bob)
    response = client.post(UPDATE, opened(client, UPDATE, name="iris-2", description="New *card*"))
    assert response["Location"] == f"{REGISTRY}/iris-2"
    assert "<em>card</em>" in client.get(f"{REGISTRY}/iris-2").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "a:b", "other"])
def test_collection_update_of_bad_input(client, bob, registry, collection, name):
    factories.make_collection(registry.project, "other")
    client.force_login(bob)
    assert client.post(UPDATE, opened(client, UPDATE, name=name)).status_code == 422
    assert client.get(URL).status_code == 200


# ------------------------------------------------------------------ delete


def test_collection_delete_works(client, bob, collection):
    client.force_login(bob)
    assert "can be deleted" not in client.get(DELETE, headers=HTMX).content.decode()
    assert Collection.objects.exists()
    response = client.post(DELETE, follow=True)
    assert response.redirect_chain[-1][0] == REGISTRY
    assert "Collection iris-classifier deleted." in response.content.decode()
    assert not Collection.objects.exists()


def test_collection_delete_by_htmx(client, bob, collection):
    client.force_login(bob)
    assert client.post(DELETE, headers=HTMX)["HX-Redirect"] == REGISTRY


def test_collection_delete_says_what_goes(client, bob, collection, version):
    names = [f"a{number:02}" for number in range(22)]
    membership = factories.make_membership(collection, version, aliases=names)
    record_download(by=bob, membership=membership)
    client.force_login(bob)
    text = client.get(DELETE).content.decode()
    for words in ("1 version is unlinked", "<code>a00</code>", "and 2 more", "by 1 person: bob"):
        assert words in text
    assert "Got from here in the last 30 days:" in text
    assert "For 7 days it can be restored" in text
    assert "a20" not in text
    assert client.post(DELETE)["Location"] == REGISTRY
    assert [str(membership) for membership in version.memberships.live()] == ["iris-model:v0"]


@pytest.mark.slow
def test_collection_delete_with_a_protected_alias(client, alice, bob, collection, version):
    factories.make_membership(collection, version, aliases=["production"])
    client.force_login(bob)
    text = client.get(DELETE).content.decode()
    assert "It carries a protected alias. Needs the role Admin; yours is Member." in text
    assert client.post(DELETE).status_code == 403
    assert client.get(URL).status_code == 200
    client.force_login(alice)
    assert "It carries" not in client.get(DELETE).content.decode()
    assert client.post(DELETE).status_code == 302


# ------------------------------------------------------------------ tags


def test_collection_tag_add_works(client, bob, collection):
    client.force_login(bob)
    assert client.post(TAG_ADD, {"names": "a, b c"})["Location"] == URL
    assert sorted(tag.name for tag in collection.tags.all()) == ["a", "b c"]


def test_collection_tag_add_swap_equals_reload(client, bob, collection):
    client.force_login(bob)
    swapped = client.post(TAG_ADD, {"names": "a"}, headers=BEHIND)
    assert swapped["HX-Retarget"] == "#tags"
    assert "closeOverlay" in swapped["HX-Trigger"]
    assert_swap_equals_reload(swapped, client.get(URL), "tags")


@pytest.mark.parametrize("tags", ["", " , ", "a/b"])
def test_collection_tag_add_of_bad_input(client, bob, collection, tags):
    client.force_login(bob)
    assert client.post(TAG_ADD, {"names": tags}).status_code == 422


@pytest.mark.slow
def test_collection_tag_remove_works(client, bob, collection):
    collection.tags.create(name="a")
    collection.tags.create(name="b")
    client.force_login(bob)
    assert client.post(TAG_REMOVE, {"tag": "a"})["Location"] == URL
    swapped = client.post(TAG_REMOVE, {"tag": "b"}, headers=BEHIND)
    assert_swap_equals_reload(swapped, client.get(URL), "tags")
    assert not collection.tags.exists()
    assert client.get(TAG_REMOVE).status_code == 405


# ------------------------------------------------------------------ history


def test_collection_history_works(client, bob, collection, version):
    link_version(
        by=bob,
        version=version,
        project=collection.project,
        collection_name=collection.name,
        aliases=["staging"],
    )
    client.force_login(bob)
    page = client.get(HISTORY)
    text = page.content.decode()
    for words in ("gave the alias", "</a>linked<a", "bob", "2 events · newest first"):
        assert words in text
    assert_swap_equals_reload(client.get(HISTORY, headers=HTMX), page, "events")


@pytest.mark.slow
def test_collection_history_takes_as_many_queries_for_50_rows(client, bob, collection, version):
    from registry_site.accounts.services.events import record_event

    client.force_login(bob)
    membership = {"kind": "collection", "subject": "x", "subject_id": collection.pk}
    record_event(by=bob, verb="update", **membership)
    one = count_queries(client, HISTORY)
    for _number in range(50):
        record_event(by=bob, verb="update", **membership)
    assert count_queries(client, HISTORY) == one


def test_who_may_not_move_its_protected_alias_keeps_the_text(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["production"])
    client.force_login(bob)
    address = f"{collection.get_absolute_url()}/-/edit"
    given = opened(client, address, name="other", description="a long card")
    response = client.post(address, given)
    assert response.status_code == 422
    assert "can be moved only by the role Admin; yours is Member" in response.content.decode()
    assert "a long card" in response.content.decode()
    collection.refresh_from_db()
    assert collection.name == "iris-classifier"
