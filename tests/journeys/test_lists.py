"""Every list of every page as a file: who gets it, by which way in, and which page has it."""

import base64
import json

import pytest
from django.urls import resolve

from registry_site.accounts.models import User
from registry_site.accounts.services.keys.api_keys import set_api_key
from tests.helpers.addresses import addresses
from tests.helpers.graphql import auth_of, key_of
from tests.journeys.pages import LISTS, PAGES, PEOPLE

WRONG_KEY = base64.b64encode(f"api:{'x' * 40}".encode()).decode()


@pytest.mark.slow
def test_whoever_sees_the_page_gets_its_lists_and_nobody_else(client, world):
    statuses = {
        (world.fill(page), person): status
        for page, *row in PAGES
        for person, status in zip(PEOPLE, row, strict=True)
    }  # which test_pages_by_role.py holds against the pages
    for person in PEOPLE:
        client.force_login(User.objects.get(username=person))
        for page, listing in LISTS:
            page, listing = world.fill(page), world.fill(listing)
            if page == "/vision/settings":
                continue  # the team's own page shows its members, too
            status = statuses.get((page, person)) or client.get(page).status_code
            query = page.partition("?")[2]
            for kind in ("csv", "json"):
                assert client.get(f"{listing}.{kind}?{query}").status_code == status, (
                    person,
                    listing,
                )


def test_the_table_has_every_list(world):
    tested = {resolve(f"{world.fill(listing)}.csv").view_name for _, listing in LISTS}
    assert tested == {name for name, _ in addresses() if name.endswith("_export")}


@pytest.mark.slow
def test_a_visitor_is_sent_to_the_login_and_a_wrong_key_is_refused(client, world):
    for _page, listing in LISTS:
        address = f"{world.fill(listing)}.csv"
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.url.startswith("/login?next="), address
        for credentials in (f"Basic {WRONG_KEY}", "Basic %%%", "Bearer x", ""):
            answer = client.get(address, HTTP_AUTHORIZATION=credentials)
            assert answer.status_code == 401, address
            assert "API key is not valid" in answer.json()["errors"][0]["message"]


def test_an_api_key_gives_the_same_file_as_the_browser(client, world):
    bob = User.objects.get(username="bob")
    set_api_key(by=None, user=bob, name="test", text=key_of(bob))
    address = "/vision/iris/-/runs.json?q=train"
    with_key = b"".join(client.get(address, **auth_of(bob)))
    assert len(json.loads(with_key)) == 3
    client.force_login(bob)
    assert b"".join(client.get(address)) == with_key
    refused = client.get("/settings/people/-/people.csv", **auth_of(bob))
    assert refused.status_code == 403
    assert "admin" in refused.json()["errors"][0]["message"]
    hidden = client.get("/orgs/Acme/registry/Vault/-/collections.csv", **auth_of(bob))
    assert hidden.status_code == 404
    assert client.post(address, **auth_of(bob)).status_code == 405


def test_an_address_in_other_capitals_leads_to_the_right_one(client, world):
    client.force_login(User.objects.get(username="bob"))
    answer = client.get("/orgs/acme/registry/MODEL/-/collections.csv?q=iris")
    assert answer.status_code == 302
    assert answer.url == "/orgs/Acme/registry/model/-/collections.csv?q=iris"


def test_no_other_kind_and_no_other_list(client, world):
    client.force_login(User.objects.get(username="bob"))
    for address in (
        "/vision/iris/-/runs.xml",
        "/vision/iris/-/nothing.csv",
        "/orgs/Acme/registry/-/search/-/people.csv",
    ):
        assert client.get(address).status_code == 404
    assert client.head("/vision/iris/-/runs.csv").status_code == 200
