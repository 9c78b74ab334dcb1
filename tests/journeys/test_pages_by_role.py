"""Who gets which page: the statuses of pages.py for everybody, and no page left out."""

import pytest
from django.urls import resolve

from registry_site.accounts.models import User
from tests.journeys.pages import PAGES, PEOPLE
from tests.test_consistency import addresses

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


@pytest.mark.slow
def test_everybody_gets_what_the_table_says(client, world):
    found = []
    for person in PEOPLE:
        client.force_login(User.objects.get(username=person))
        found.append([client.get(world.fill(address)).status_code for address, *_ in PAGES])
    rows = [(page[0], *statuses) for page, *statuses in zip(PAGES, *found, strict=True)]
    wrong = set(rows) - set(PAGES)
    assert not wrong


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
