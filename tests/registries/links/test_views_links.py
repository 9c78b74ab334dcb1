import pytest

from artifacts.models import Membership
from tests import factories
from tests.helpers.htmx import assert_swap_equals_reload, element, htmx

REGISTRY = "/orgs/Acme/registry/model"
COLLECTION = f"{REGISTRY}/iris-classifier"
URL = f"{COLLECTION}/-/link"
CHOICE = {"team": "vision", "project": "iris", "artifact": "iris-model", "version": "v0"}


def behind(address):
    return htmx(current_url=f"http://testserver{address}")


def test_link_version_works(client, bob, collection, version):
    client.force_login(bob)
    data = CHOICE | {"new_aliases": "staging, good"}
    response = client.post(URL, data, follow=True)
    assert response.redirect_chain[-1][0] == COLLECTION
    assert "vision/iris-model:v0 linked to iris-classifier as v0." in response.content.decode()
    membership = Membership.objects.get(collection=collection)
    assert membership.version == version
    assert sorted(alias.name for alias in membership.aliases.all()) == ["good", "staging"]


@pytest.mark.slow
def test_link_version_again_says_truthfully_what_happened(client, bob, collection, version):
    factories.make_membership(collection, version, aliases=["staging"])
    client.force_login(bob)
    already = "vision/iris-model:v0 is linked to iris-classifier already, as v0."
    page = client.post(URL, CHOICE | {"alias": ["staging"]}, follow=True).content.decode()
    assert f"{already} No alias was added." in page
    data = CHOICE | {"alias": ["staging"], "new_aliases": "new"}
    page = client.post(URL, data, follow=True).content.decode()
    assert f"{already} <code>new</code> added to iris-classifier:v0." in page
    assert ">Undo</button>" in page
    assert collection.memberships.count() == 1
    assert collection.aliases.count() == 2


@pytest.mark.slow
def test_link_version_says_from_where_an_alias_moves(client, bob, collection, sequence, version):
    factories.make_membership(collection, factories.make_version(sequence), aliases=["staging"])
    client.force_login(bob)
    data = CHOICE | {"alias": ["staging"], "new_aliases": "new"}
    sentence = element(client.get(URL, data), "link-sentence")
    assert "with aliases <code>staging</code> (moves from v0), <code>new</code>." in sentence
    page = client.post(URL, data, follow=True).content.decode()
    assert "vision/iris-model:v0 linked to iris-classifier as v1." in page
    assert "<code>staging</code> moved from v0 to v1. <code>new</code> added to" in page


def test_link_version_asks_before_a_protected_alias_moves(client, alice, collection, sequence):
    first, second = (factories.make_version(sequence) for _ in range(2))
    factories.make_membership(collection, first, aliases=["production"])
    client.force_login(alice)
    data = CHOICE | {"version": "v1", "alias": ["production"]}
    asked = client.post(URL, data, headers=behind(COLLECTION))
    assert asked.status_code == 422
    assert "<code>production</code> names v0 now." in asked.content.decode()
    assert not collection.memberships.filter(version=second).exists()
    assert client.post(URL, data | {"confirmed": "production:v0"}).status_code == 302
    assert collection.aliases.get().membership.version == second


@pytest.mark.slow
def test_link_version_from_the_collection_swaps_its_page(client, bob, collection, version):
    client.force_login(bob)
    swapped = client.post(URL, CHOICE, headers=behind(COLLECTION))
    assert swapped["HX-Retarget"] == "#collection"
    assert swapped["HX-Reswap"] == "outerHTML"
    assert "closeOverlay" in swapped["HX-Trigger"]
    assert "linked to iris-classifier as v0." in element(swapped, "messages")
    assert_swap_equals_reload(swapped, client.get(COLLECTION), "collection")


def test_link_version_from_the_registry_swaps_its_table(client, bob, collection, version):
    client.force_login(bob)
    swapped = client.post(URL, CHOICE, headers=behind(f"{REGISTRY}?sort=name&q=iris"))
    assert swapped["HX-Retarget"] == "#collections"
    reloaded = client.get(f"{REGISTRY}?sort=name&q=iris")
    assert_swap_equals_reload(swapped, reloaded, "collections")


def test_link_version_from_its_own_page_leads_to_the_collection(client, bob, collection, version):
    client.force_login(bob)
    response = client.post(URL, CHOICE, headers=behind(f"{URL}?team=vision"))
    assert response["HX-Redirect"] == COLLECTION


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a team."),
        ({"team": "vision"}, "Choose a project."),
        (CHOICE | {"version": ""}, "Choose a version."),
        (CHOICE | {"version": "v9"}, "Nothing here is called “v9”. Choose a version."),
        (CHOICE | {"team": "nothing"}, "Nothing here is called “nothing”. Choose a team."),
        (CHOICE | {"team": "bob"}, "bob can&#x27;t be chosen: personal account"),
        (CHOICE | {"version": "", "version_filter": "v7"}, "Nothing here is called “v7”."),
        ({"source": "vision/iris/iris-model:v7"}, "There is no version <code>vision/iris/"),
        (CHOICE | {"new_aliases": "latest"}, "given by hand"),
        (CHOICE | {"new_aliases": "v3"}, "v and a number name versions"),
        (CHOICE | {"new_aliases": "a/b"}, "leave out"),
        (CHOICE | {"alias": ["latest"]}, "given by hand"),
        (CHOICE | {"alias": ["production"]}, "Protected aliases of"),
        (CHOICE | {"new_aliases": "production"}, "Protected aliases of"),
    ],
)
def test_link_version_of_bad_input(client, bob, collection, sequence, data, words):
    factories.make_version(sequence)
    factories.make_version(sequence)
    client.force_login(bob)
    for headers in ({}, behind(COLLECTION)):
        response = client.post(URL, data, headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert not collection.memberships.exists()


def test_link_version_with_a_protected_alias_by_an_admin(client, alice, collection, version):
    client.force_login(alice)
    assert client.post(URL, CHOICE | {"alias": ["production"]}).status_code == 302
    assert collection.aliases.get().name == "production"


def test_link_version_refused_to_a_viewer(client, victor, collection, version):
    client.force_login(victor)
    assert client.get(URL).status_code == 403
    response = client.post(URL, CHOICE)
    assert response.status_code == 403
    assert "needs the role Member or above" in response.content.decode()
    assert not collection.memberships.exists()


def test_link_version_to_others(client, charlie, collection, version):
    assert client.post(URL, CHOICE)["Location"] == f"/login?next={URL}"
    client.force_login(charlie)
    assert client.get(URL).status_code == 404
    assert client.post(URL, CHOICE).status_code == 404
    assert client.delete(URL).status_code == 405
