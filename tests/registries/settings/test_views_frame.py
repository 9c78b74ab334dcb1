"""The gear: every tab for everybody who sees the registry, and why some may not change it."""

import pytest

from tests import factories
from tests.helpers.queries import count_queries

TABS = [
    "settings_general",
    "settings_members",
    "settings_aliases",
    "settings_keeping",
    "settings_delete",
]
SETTINGS = "/orgs/Acme/registry/model/settings"
ADDRESSES = [SETTINGS] + [f"{SETTINGS}/{tab.removeprefix('settings_')}" for tab in TABS[1:]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_admin_opens_every_tab(client, alice, registry, address):
    client.force_login(alice)
    page = client.get(address).content.decode()
    assert "Settings of model" in page
    assert f'href="{address}" aria-current="page"' in page
    assert "Managing" not in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_others_read_why_they_may_not_change_it(client, bob, registry, address):
    client.force_login(bob)
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Managing the registry model needs the role Admin; yours is Member." in page
    assert "Admins who can help: alice." in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_and_visitors_see_no_settings(client, charlie, registry, address):
    assert client.get(address)["Location"].startswith("/login")
    client.force_login(charlie)
    assert client.get(address).status_code == 404


def test_htmx_gets_the_tab_alone(client, alice, registry):
    client.force_login(alice)
    page = client.get(f"{SETTINGS}/members", headers={"HX-Request": "true"}).content.decode()
    assert 'id="settings"' in page
    assert "<html" not in page


def test_the_gear_is_on_the_registry_page(client, victor, registry):
    client.force_login(victor)
    assert f'href="{SETTINGS}"' in client.get("/orgs/Acme/registry/model").content.decode()


@pytest.mark.slow
def test_members_take_no_query_each(client, alice, registry):
    client.force_login(alice)

    def add(count):
        for number in range(count):
            user = factories.make_user(f"person{number}{count}")
            registry.project.members.create(user=user, role="viewer")

    add(1)
    one = count_queries(client, f"{SETTINGS}/members")
    add(19)
    assert count_queries(client, f"{SETTINGS}/members") == one


def test_general_is_found_by_its_name_too(client, victor, charlie, registry):
    first_tab = f"{SETTINGS}/general"  # settings_first_tab
    client.force_login(victor)
    assert client.get(first_tab)["Location"] == SETTINGS
    client.force_login(charlie)
    assert client.get(first_tab).status_code == 404
