import pytest
from django.urls import reverse

from tests import factories
from tests.helpers.forms import fields_of, opened
from tests.helpers.htmx import assert_swap_equals_reload, htmx


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def linked(collection, version):
    return factories.make_membership(collection, version)


def url_of(name, membership):
    return reverse(f"artifacts:{name}", args=[membership.pk])


def tags_of(version):
    return sorted(version.tags.values_list("name", flat=True))


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


def test_removing_a_tag_can_be_undone(client, bob, membership):
    membership.version.tags.create(name="two words")
    client.force_login(bob)
    url = url_of("tag_remove", membership)
    page = client.post(url, {"tag": "two words"}, follow=True)
    again = fields_of(page, url_of("tag_add", membership))
    assert again == {"names": "two words", "next": membership.get_absolute_url()}
    swapped = client.post(url_of("tag_add", membership), again, headers=htmx())
    assert_swap_equals_reload(swapped, client.get(membership.get_absolute_url()), "tags")
    assert tags_of(membership.version) == ["two words"]


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
