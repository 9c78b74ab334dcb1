import pytest
from django.urls import reverse

from artifacts.models import Alias
from tests import factories
from tests.helpers.forms import opened
from tests.helpers.htmx import assert_swap_equals_reload, htmx


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def linked(collection, version):
    return factories.make_membership(collection, version)


def url_of(name, membership):
    return reverse(f"artifacts:{name}", args=[membership.pk])


def aliases_of(membership):
    return sorted(membership.aliases.values_list("name", flat=True))


def tags_of(version):
    return sorted(version.tags.values_list("name", flat=True))


# ------------------------------------------------------------------ aliases


def test_alias_add(client, bob, membership):
    client.force_login(bob)
    url = url_of("alias_add", membership)
    assert url in client.get(membership.get_absolute_url()).content.decode()
    assert "<html" not in client.get(url, headers=htmx()).content.decode()
    response = client.post(url, {"names": "best,  second best ,"})
    assert response["Location"] == membership.get_absolute_url()
    assert aliases_of(membership) == ["best", "second best"]


def test_alias_add_goes_back_to_the_page_it_came_from(client, bob, membership):
    client.force_login(bob)
    given = {"names": "best", "next": membership.tab_url("files")}
    response = client.post(url_of("alias_add", membership), given)
    assert response["Location"] == membership.tab_url("files")
    given = {"names": "best", "next": "https://elsewhere.example/"}
    response = client.post(url_of("alias_add", membership), given)
    assert response["Location"] == membership.get_absolute_url()


def test_alias_add_by_htmx_shows_the_page_again(client, bob, membership):
    client.force_login(bob)
    response = client.post(url_of("alias_add", membership), {"names": "best"}, headers=htmx())
    assert response["HX-Refresh"] == "true"
    assert aliases_of(membership) == ["best"]


def test_alias_add_moves(client, bob, sequence, membership):
    other = factories.make_version(sequence, aliases=["best"]).memberships.get()
    client.force_login(bob)
    client.post(url_of("alias_add", membership), {"names": "best"})
    assert (aliases_of(membership), aliases_of(other)) == (["best"], [])


@pytest.mark.parametrize("names", ["", " , ", "latest", "v3", "a/b", "a:b", "x" * 129])
def test_alias_add_when_wrong(client, bob, membership, names):
    client.force_login(bob)
    for headers in ({}, htmx()):
        response = client.post(url_of("alias_add", membership), {"names": names}, headers=headers)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert not Alias.objects.exists()


def test_alias_remove(client, bob, sequence):
    membership = factories.make_version(sequence, aliases=["a", "b", "c"]).memberships.get()
    client.force_login(bob)
    url = url_of("alias_remove", membership)
    assert url in client.get(membership.get_absolute_url()).content.decode()
    assert client.post(url, {"alias": "a"}).status_code == 302
    assert client.post(url, {"alias": "b"}, headers=htmx())["HX-Refresh"] == "true"
    assert aliases_of(membership) == ["c"]
    assert client.get(url).status_code == 405


def test_protected_aliases_are_for_admins(client, alice, bob, linked):
    add, remove = url_of("alias_add", linked), url_of("alias_remove", linked)
    client.force_login(bob)
    assert "production" in client.get(add).content.decode()
    refused = client.post(add, {"names": "production"})
    assert refused.status_code == 403
    assert "Admin" in refused.content.decode()
    client.force_login(alice)
    assert client.post(add, {"names": "production, plain"}).status_code == 302
    client.force_login(bob)
    assert client.post(remove, {"alias": "production"}).status_code == 403
    assert client.post(remove, {"alias": "plain"}).status_code == 302
    assert aliases_of(linked) == ["production"]


def test_aliases_for_others(client, victor, charlie, membership):
    urls = [url_of("alias_add", membership), url_of("alias_remove", membership)]
    given = {"names": "x", "alias": "x"}
    client.force_login(victor)
    assert "alias_add" not in client.get(membership.get_absolute_url()).content.decode()
    assert client.get(urls[0]).status_code == 403
    assert [client.post(url, given).status_code for url in urls] == [403, 403]
    client.force_login(charlie)
    assert [client.post(url, given).status_code for url in urls] == [404, 404]
    client.logout()
    assert [client.post(url, given).status_code for url in urls] == [302, 302]


# ------------------------------------------------------------------ tags


def test_tag_add_and_remove(client, bob, membership):
    version = membership.version
    client.force_login(bob)
    assert client.get(url_of("tag_add", membership)).status_code == 200
    response = client.post(url_of("tag_add", membership), {"names": "tabular, two words"})
    assert response["Location"] == membership.get_absolute_url()
    assert tags_of(version) == ["tabular", "two words"]
    assert client.post(url_of("tag_remove", membership), {"tag": "tabular"}).status_code == 302
    assert tags_of(version) == ["two words"]


@pytest.mark.parametrize(
    ("name", "given"), [("tag_add", {"names": "new"}), ("tag_remove", {"tag": "old"})]
)
def test_tags_swap_as_they_load(client, bob, membership, name, given):
    membership.version.tags.create(name="old")
    client.force_login(bob)
    swapped = client.post(url_of(name, membership), given, headers=htmx())
    assert swapped["HX-Retarget"] == "#tags"
    assert "closeOverlay" in swapped["HX-Trigger"]
    assert 'id="messages"' in swapped.content.decode()
    assert_swap_equals_reload(swapped, client.get(membership.get_absolute_url()), "tags")


@pytest.mark.parametrize("names", ["", "bad/tag", "x" * 129])
def test_tag_add_when_wrong(client, bob, membership, names):
    client.force_login(bob)
    response = client.post(url_of("tag_add", membership), {"names": names}, headers=htmx())
    assert response.status_code == 422
    assert 'id="dialog"' in response.content.decode()


def test_tags_belong_to_the_version(client, bob, victor, linked):
    """A member of a registry where it is linked edits them, without any right in the source."""
    client.force_login(bob)
    assert client.post(url_of("tag_add", linked), {"names": "shared"}).status_code == 302
    assert tags_of(linked.version) == ["shared"]
    client.force_login(victor)
    assert client.post(url_of("tag_add", linked), {"names": "mine"}).status_code == 403
    assert client.post(url_of("tag_remove", linked), {"tag": "shared"}).status_code == 403


# ------------------------------------------------------------------ description


def test_description_edit(client, bob, membership):
    client.force_login(bob)
    url = url_of("description_edit", membership)
    assert client.get(url, headers=htmx()).status_code == 200
    assert client.post(url, opened(client, url, description="## New")).status_code == 302
    assert ">New</h4>" in client.get(membership.get_absolute_url()).content.decode()
    assert client.post(url, opened(client, url, description=""), headers=htmx())["HX-Refresh"]
    membership.version.refresh_from_db()
    assert membership.version.description == ""


def test_description_edit_for_others(client, victor, charlie, membership):
    url = url_of("description_edit", membership)
    client.force_login(victor)
    assert client.post(url, {"description": "x"}).status_code == 403
    client.force_login(charlie)
    assert client.post(url, {"description": "x"}).status_code == 404
