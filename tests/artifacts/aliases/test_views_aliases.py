import re

import pytest
from django.urls import reverse

from artifacts.models import Alias
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.usage.usage import record_download
from registry_site.accounts.models import Event
from tests import factories
from tests.helpers.forms import fields_of
from tests.helpers.htmx import element, htmx


@pytest.fixture
def membership(version):
    return version.memberships.get()


@pytest.fixture
def linked(collection, version):
    return factories.make_membership(collection, version)


@pytest.fixture
def newer(collection, sequence, linked):
    return factories.make_membership(collection, factories.make_version(sequence))


def url_of(name, membership):
    return reverse(f"artifacts:{name}", args=[membership.pk])


def aliases_of(membership):
    return sorted(membership.aliases.values_list("name", flat=True))


def message(response):
    """The messages of a page as somebody reads them."""
    text = re.sub(r"<(form|button).*?</\1>|<[^>]*>", " ", element(response, "messages"))
    return re.sub(r"\s+", " ", text).strip()


def undo_on(page):
    """What the form sends that undoes; one field per change."""
    changes = re.findall(r'name="change" value="(\d+)"', element(page, "messages"))
    following = re.search(r'name="next" value="([^"]*)"', element(page, "messages"))
    return {"change": changes, "next": following[1]}


@pytest.mark.parametrize("tab", ["", "usage"])
def test_a_page_opened_by_an_alias_stays_open_when_the_alias_goes(client, bob, linked, tab):
    linked.aliases.create(collection=linked.collection, name="a b")
    client.force_login(bob)
    behind = f"http://testserver{linked.url_as('a b', tab)}?kind=runs"
    headers = htmx(current_url=behind)
    response = client.post(url_of("alias_remove", linked), {"alias": "a b"}, headers=headers)
    assert response["HX-Redirect"] == linked.url_as(linked.number, tab)
    assert client.get(response["HX-Redirect"]).status_code == 200


def test_a_page_opened_by_another_name_is_shown_again(client, bob, linked):
    linked.aliases.create(collection=linked.collection, name="best")
    client.force_login(bob)
    headers = htmx(current_url=f"http://testserver{linked.url_as('latest')}")
    response = client.post(url_of("alias_remove", linked), {"alias": "best"}, headers=headers)
    assert response["HX-Refresh"] == "true"


# ------------------------------------------------------------------ giving


def test_alias_add(client, bob, membership):
    client.force_login(bob)
    url = url_of("alias_add", membership)
    assert url in client.get(membership.get_absolute_url()).content.decode()
    assert "<html" not in client.get(url, headers=htmx()).content.decode()
    response = client.post(url, {"new_aliases": "best,  second best ,"})
    assert response["Location"] == membership.get_absolute_url()
    assert aliases_of(membership) == ["best", "second best"]


@pytest.mark.parametrize(
    ("text", "names"),
    [("a b", ["a", "b"]), ("a, b c", ["a", "b c"]), ("a b,", ["a b"]), ("a\tb  a", ["a", "b"])],
)
def test_alias_add_takes_several_by_commas_or_spaces(client, bob, membership, text, names):
    client.force_login(bob)
    client.post(url_of("alias_add", membership), {"new_aliases": text, "alias": ["chosen"]})
    assert aliases_of(membership) == [*names, "chosen"]


def test_alias_add_goes_back_to_the_page_it_came_from(client, bob, membership):
    client.force_login(bob)
    given = {"new_aliases": "best", "next": membership.tab_url("files")}
    response = client.post(url_of("alias_add", membership), given)
    assert response["Location"] == membership.tab_url("files")
    given = {"new_aliases": "good", "next": "https://elsewhere.example/"}
    response = client.post(url_of("alias_add", membership), given)
    assert response["Location"] == membership.get_absolute_url()


def test_alias_add_by_htmx_shows_the_page_again(client, bob, membership):
    client.force_login(bob)
    given = {"new_aliases": "best"}
    response = client.post(url_of("alias_add", membership), given, headers=htmx())
    assert response["HX-Refresh"] == "true"
    assert aliases_of(membership) == ["best"]


@pytest.mark.parametrize("names", ["", " , ", "latest", "v3", "a/b", "a:b", "x" * 129])
def test_alias_add_when_wrong(client, bob, membership, names):
    client.force_login(bob)
    for headers in ({}, htmx()):
        given = {"new_aliases": names}
        response = client.post(url_of("alias_add", membership), given, headers=headers)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert not Alias.objects.exists()


def test_the_field_comes_first_and_the_list_is_folded(client, bob, collection, linked, newer):
    for number in range(60):
        Alias.objects.create(collection=collection, membership=linked, name=f"alias-{number}")
    client.force_login(bob)
    page = client.get(url_of("alias_add", newer)).content.decode()
    field, folded = page.index('name="new_aliases"'), page.index('<details class="no-js">')
    assert field < folded < page.index('value="alias-0"')
    assert "61 aliases in use or protected" in page
    assert "Protected: only the role Admin may move it; yours is Member." in page
    chosen = {"alias": ["alias-7", "unheard of"], "new_aliases": "a/b"}
    page = client.post(url_of("alias_add", newer), chosen).content.decode()
    assert '<details class="no-js" open>' in page
    for name in chosen["alias"]:
        assert f'value="{name}" checked' in page


# ------------------------------------------------------------------ what is said, and undoing


@pytest.mark.slow
def test_a_move_says_from_where_to_where_and_can_be_undone(client, bob, linked, newer):
    add_aliases(by=bob, membership=linked, names=["best"])
    client.force_login(bob)
    page = client.post(url_of("alias_add", newer), {"new_aliases": "best new"}, follow=True)
    assert message(page) == "best moved from v0 to v1. new added to iris-classifier:v1."
    undo = url_of("alias_undo", newer)
    page = client.post(undo, undo_on(page), follow=True)
    assert page.redirect_chain == [(newer.get_absolute_url(), 302)]
    assert message(page) == "best moved from v1 to v0. new removed from iris-classifier:v1."
    assert (aliases_of(linked), aliases_of(newer)) == (["best"], [])
    page = client.post(undo, undo_on(page), follow=True)  # and undone again
    assert (aliases_of(linked), aliases_of(newer)) == ([], ["best", "new"])
    verbs = Event.objects.filter(subject__endswith=":best").order_by("pk")
    assert [(each.verb, each.before, each.after) for each in verbs] == [
        ("add_alias", None, "v0"),
        ("move_alias", "v0", "v1"),
        ("move_alias", "v1", "v0"),
        ("move_alias", "v0", "v1"),
    ]


def test_giving_what_it_has_says_so(client, bob, linked):
    add_aliases(by=bob, membership=linked, names=["best"])
    client.force_login(bob)
    page = client.post(url_of("alias_add", linked), {"new_aliases": "best"}, follow=True)
    assert message(page).startswith("Nothing changed: the aliases of iris-classifier:v0")
    assert "alias_undo" not in page.content.decode()


@pytest.mark.slow
def test_alias_remove(client, bob, sequence):
    membership = factories.make_version(sequence, aliases=["a", "b", "c"]).memberships.get()
    client.force_login(bob)
    url = url_of("alias_remove", membership)
    assert url in client.get(membership.get_absolute_url()).content.decode()
    page = client.post(url, {"alias": "a"}, follow=True)
    assert message(page) == "a removed from iris-model:v0."
    assert client.post(url, {"alias": "b"}, headers=htmx())["HX-Refresh"] == "true"
    assert aliases_of(membership) == ["c"]
    undo = url_of("alias_undo", membership)
    client.post(undo, undo_on(page))
    assert aliases_of(membership) == ["a", "c"]
    asked = client.get(url, {"alias": "c"}).content.decode()
    assert "finds nothing" in asked
    assert client.get(url, {"alias": "x"}).status_code == 404
    assert client.post(url, {"alias": "x"}, follow=True).status_code == 200  # a repetition


def test_undo_is_refused_once_somebody_moved_it(client, alice, bob, sequence, linked, newer):
    last = factories.make_membership(linked.collection, factories.make_version(sequence))
    add_aliases(by=bob, membership=linked, names=["best"])
    client.force_login(bob)
    page = client.post(url_of("alias_add", newer), {"new_aliases": "best, new"}, follow=True)
    undo = url_of("alias_undo", newer)
    given = undo_on(page)
    add_aliases(by=alice, membership=last, names=["best"])
    add_aliases(by=alice, membership=newer, names=["best"])  # back where it was, but not unmoved
    refused = client.post(undo, given)
    assert refused.status_code == 409
    assert (
        "The change of <code>best</code> can&#x27;t be undone: alice changed it again since."
        in (refused.content.decode())
    )
    assert aliases_of(newer) == ["best", "new"]  # nor is the other one


def test_undo_by_others(client, bob, victor, charlie, linked):
    add_aliases(by=bob, membership=linked, names=["best"])
    given = {"change": Event.objects.filter(verb="add_alias").get().pk}
    undo = url_of("alias_undo", linked)
    for user, status in ((None, 302), (charlie, 404), (victor, 403)):
        client.force_login(user) if user else client.logout()
        assert client.post(undo, given).status_code == status
    client.force_login(bob)
    assert client.get(undo).status_code == 405
    for wrong in ({}, {"change": "x"}, {"change": "9" * 30}, {"change": "999999"}):
        assert client.post(undo, wrong).status_code == 404
    assert client.post(undo, given).status_code == 302
    assert aliases_of(linked) == []


# ------------------------------------------------------------------ protected ones


def test_protected_aliases_are_for_admins(client, alice, bob, linked):
    add, remove = url_of("alias_add", linked), url_of("alias_remove", linked)
    client.force_login(bob)
    assert "production" in client.get(add).content.decode()
    refused = client.post(add, {"new_aliases": "production"})
    assert refused.status_code == 403
    assert "Admin" in refused.content.decode()
    client.force_login(alice)
    assert client.post(add, {"new_aliases": "production, plain"}).status_code == 302
    undo = {"change": Event.objects.get(subject__endswith=":production").pk}
    client.force_login(bob)
    assert client.get(remove, {"alias": "production"}).status_code == 403
    assert client.post(remove, {"alias": "production"}).status_code == 403
    assert client.post(url_of("alias_undo", linked), undo).status_code == 403
    assert client.post(remove, {"alias": "plain"}).status_code == 302
    assert aliases_of(linked) == ["production"]


def test_moving_a_protected_alias_asks_first_and_names_its_consumers(
    client, alice, bob, victor, linked, newer
):
    add_aliases(by=alice, membership=linked, names=["production"])
    record_download(by=bob, membership=linked, reference="production")
    record_download(by=victor, membership=linked, reference="v0")  # doesn't go by the alias
    client.force_login(alice)
    url = url_of("alias_add", newer)
    asked = client.post(url, {"new_aliases": "production, good"}, headers=htmx())
    text = element(asked, "dialog")
    assert asked.status_code == 422
    assert "<code>production</code> names v0 now." in text
    assert "by 1 person: bob" in text
    assert "victor" not in text
    assert (aliases_of(linked), aliases_of(newer)) == (["production"], [])
    said = fields_of(asked, url)
    assert said.pop("note") == ""
    assert said == {"confirmed": "production:v0", "new_aliases": "production, good"}
    page = client.post(url, said, follow=True)
    assert message(page) == "production moved from v0 to v1. good added to iris-classifier:v1."
    # what was said of v0 is not said of v1
    assert client.post(url_of("alias_add", linked), said).status_code == 422
    assert aliases_of(newer) == ["good", "production"]


@pytest.mark.slow
def test_removing_a_protected_alias_asks_first(client, alice, bob, linked):
    add_aliases(by=alice, membership=linked, names=["production"])
    record_download(by=bob, membership=linked)  # nobody knows by which name
    client.force_login(alice)
    url = url_of("alias_remove", linked)
    page = client.get(linked.get_absolute_url()).content.decode()
    assert f'<a class="chip-remove" href="{url}?alias=production"' in page
    asked = client.get(url, {"alias": "production"}, headers=htmx())
    assert "by 1 person: bob" in element(asked, "dialog")
    assert client.post(url, {"alias": "production"}).status_code == 422
    assert aliases_of(linked) == ["production"]
    page = client.post(url, fields_of(asked, url), follow=True)
    assert message(page) == "production removed from iris-classifier:v0."
    assert aliases_of(linked) == []
    undo = url_of("alias_undo", linked)
    client.post(undo, undo_on(page))
    assert aliases_of(linked) == ["production"]


def test_aliases_for_others(client, victor, charlie, membership):
    urls = [url_of("alias_add", membership), url_of("alias_remove", membership)]
    given = {"new_aliases": "x", "alias": "x"}
    client.force_login(victor)
    assert "alias_add" not in client.get(membership.get_absolute_url()).content.decode()
    assert [client.get(url, {"alias": "x"}).status_code for url in urls] == [403, 403]
    assert [client.post(url, given).status_code for url in urls] == [403, 403]
    client.force_login(charlie)
    assert [client.post(url, given).status_code for url in urls] == [404, 404]
    client.logout()
    assert [client.post(url, given).status_code for url in urls] == [302, 302]
