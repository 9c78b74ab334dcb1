"""Who gets which page: the statuses of pages.py for everybody, and no page left out."""

import re
from urllib.parse import unquote

import pytest
from django.urls import resolve

from registry_site.accounts.models import User
from tests.helpers.addresses import addresses
from tests.helpers.htmx import htmx
from tests.journeys.pages import LISTS, PAGES, PEOPLE

# not pages: the API, health, and what takes only a POST or streams a file
NO_PAGES = {
    "healthz", "readyz", "graphql", "logout", "password", "preferences", "default_entity",
    "api_key_create", "api_key_delete", "invitation_withdraw", "collection_tag_remove",
    "invitation_accept", "invitation_decline", "invitation_allow", "invitation_refuse",
    "alias_undo", "tag_remove", "view_delete", "event_restore", "job_stop", "job_undo",
    "access_request_grant", "access_request_withdraw", "people_suggestions",
    "settings_member_owner",
    "signup",  # 404 unless it is switched on
    "run_file_download", "version_file", "version_zip", "version_checksums",
    "version_metadata", "run_config", "run_summary",
}  # fmt: skip
EMPTY_LISTS = {
    *(f"/vision/iris/-/trash/-/{things}" for things in ("versions", "runs", "collections")),
    "/orgs/Acme/registry/model/-/trash/-/collections",
}


@pytest.mark.slow
def test_everybody_gets_what_the_tables_say(client, world):
    """One walk, for the statuses of all pages and for the lists that lie behind them as files."""
    rows, links = [[address] for address, *_ in PAGES], set()
    for person in PEOPLE:
        client.force_login(User.objects.get(username=person))
        for row in rows:
            answer = client.get(world.fill(row[0]))
            row.append(answer.status_code)
            if person in ("bob", "victor"):  # htmx may ask for a piece of any page
                piece = client.get(world.fill(row[0]), headers=htmx())
                assert piece.status_code < 500, (person, row[0])
            if person in ("root", "bob"):
                links |= lists_behind(answer, world.fill(row[0]))
    wrong = {tuple(row) for row in rows} - set(PAGES)
    assert not wrong
    for address in {page for page, _ in LISTS} - {page for page, *_ in PAGES}:
        links |= lists_behind(client.get(world.fill(address)), world.fill(address))
    linked = {listing for _, listing in links}
    assert {world.fill(listing) for _, listing in LISTS} - linked == EMPTY_LISTS
    for page, listing in links:
        query = page.partition("?")[2]
        assert client.get(f"{listing}.json?{query}").status_code == 200, listing


def lists_behind(response, page):
    """The lists that a page offers as files, each with the page."""
    if response.status_code != 200 or response.streaming:
        return set()
    menus = re.findall(r'<div class="menu list-files">.*?</div>', response.text, re.S)
    links = re.findall(r'href="([^"?]+)\.csv', " ".join(menus))
    return {(page, unquote(link)) for link in links}


def test_a_visitor_is_sent_to_the_login_from_every_page(client, world):
    for address, *_ in PAGES:
        answer = client.get(world.fill(address))
        if address != "/login":
            assert answer.status_code == 302, address
            assert answer.url.startswith("/login?next="), address


def test_the_table_has_every_page(world):
    tested = {resolve(world.fill(address).partition("?")[0]).view_name for address, *_ in PAGES}
    pages = {
        name
        for name, _ in addresses()
        if name.rpartition(":")[2] not in NO_PAGES and not name.endswith(("_export", "_feed"))
    }
    assert {name for name in pages if not name.startswith("api:")} == tested
