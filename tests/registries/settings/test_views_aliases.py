"""The tab Aliases of a registry's settings."""

import re

import pytest
from django.urls import reverse

from artifacts.services.aliases.aliases import add_aliases
from tests import factories
from tests.helpers.htmx import htmx

URL = "/orgs/Acme/registry/model/settings/aliases"
UNPROTECT = f"{URL}/-/unprotect"


@pytest.fixture
def linked(registry, collection, version):
    return factories.make_membership(collection, version, aliases=["prod-eu", "production"])


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def names_of(rows):
    return sorted(rows.values_list("name", flat=True))


def test_addresses():
    names = {"organization": "Acme", "registry": "model"}
    assert reverse("registries:settings_aliases", kwargs=names) == URL
    assert reverse("registries:settings_alias_unprotect", kwargs=names) == UNPROTECT


def test_settings_aliases_protects_a_pattern_and_says_what_that_means(
    client, alice, registry, linked
):
    client.force_login(alice)
    response = client.post(URL, {"do": "protect", "names": "prod*, gold"}, follow=True)
    assert response.redirect_chain == [(URL, 302)]
    text = words(response)
    assert "gold , prod* are protected. That covers 1 version in 1 collection today" in text
    assert "only admins move these aliases" in text
    assert re.search(r"prod\* pattern 1 version in 1 collection prod-eu , production", text)
    assert "gold no version has it yet" in text
    assert names_of(registry.project.protected_aliases) == ["gold", "prod*", "production"]
    response = client.post(URL, {"do": "protect", "names": "prod*"}, follow=True)
    assert "Nothing changed" in words(response)


def test_settings_aliases_by_htmx(client, alice, registry):
    client.force_login(alice)
    response = client.post(URL, {"do": "pin", "names": "staging"}, headers=htmx())
    assert response["HX-Redirect"] == URL
    assert names_of(registry.project.pinned_aliases) == ["staging"]
    response = client.post(URL, {"do": "pin", "names": "prod*"}, headers=htmx())
    assert response.status_code == 422
    assert b"<html" not in response.content
    assert "give one alias" in response.content.decode()
    assert 'value="prod*"' in response.content.decode()
    client.post(URL, {"do": "unpin", "name": "staging"})
    assert names_of(registry.project.pinned_aliases) == []


@pytest.mark.parametrize("names", ["", "a/b", "latest", "v1"])
def test_what_is_no_alias_comes_back(client, alice, registry, names):
    client.force_login(alice)
    assert client.post(URL, {"do": "protect", "names": names}).status_code == 422
    assert names_of(registry.project.protected_aliases) == ["production"]


@pytest.mark.slow
def test_settings_alias_unprotect_asks_first(client, alice, registry, linked):
    registry.project.protected_aliases.create(name="prod*")
    client.force_login(alice)
    for headers in ({}, htmx()):
        text = words(client.get(f"{UNPROTECT}?name=production", headers=headers))
        assert "Today: 1 version in 1 collection." in text
        assert "goes on protecting: production" in text
    response = client.post(UNPROTECT, {"name": "production"}, follow=True)
    assert "production is no longer protected" in words(response)
    assert names_of(registry.project.protected_aliases) == ["prod*"]
    response = client.get(f"{UNPROTECT}?name=production", follow=True)
    assert "Nothing changed" in words(response)


@pytest.mark.slow
def test_who_may_not(client, bob, victor, charlie, registry, linked):
    for person, status in ((bob, 403), (victor, 403), (charlie, 404)):
        client.force_login(person)
        for data in ({"do": "protect", "names": "x"}, {"do": "unpin", "name": "x"}):
            assert client.post(URL, data).status_code == status
        assert client.get(f"{UNPROTECT}?name=production").status_code == status
        assert client.post(UNPROTECT, {"name": "production"}).status_code == status
    client.force_login(bob)
    page = client.get(URL)
    assert "Unprotect" not in page.content.decode()
    assert "production" in page.content.decode()
    client.logout()
    assert client.get(URL).status_code == 302


def test_takes_as_many_statements_for_one_name_as_for_many(
    client, alice, registry, collection, linked, django_assert_max_num_queries
):
    client.force_login(alice)
    client.get(URL)
    for number in range(20):
        registry.project.protected_aliases.create(name=f"a{number}*")
        add_aliases(by=alice, membership=linked, names=[f"a{number}-x"])
    with django_assert_max_num_queries(16):
        client.get(URL)


def test_says_in_words_what_is_protected(client, alice, registry, linked):
    client.force_login(alice)
    page = words(client.get(URL))
    assert "Protected alias production" in page
