"""Each state has an address, dialogs survive what goes wrong, and nothing private stays behind."""

import re

from playwright.sync_api import expect

from artifacts.services.collections.collections import delete_collection
from registry_site.accounts.services.members import set_team_member

REGISTRY = "/orgs/Acme/registry/model"
BACK = "setTimeout(() => history.back())"  # Playwright's own waits for a load that may not come


def test_a_filter_has_an_address_that_back_leaves(world, open_page, bob):
    page = open_page(bob)
    page.goto(REGISTRY)
    rows = page.get_by_role("region", name="Collections").locator("tbody tr")
    page.get_by_role("searchbox").fill("shelf")
    expect(rows).to_have_count(1)
    expect(page.locator("#announcer")).to_contain_text("1 collection")
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert "q=shelf" in page.url
    assert "sort=name" in page.url
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("shelf")
    page.evaluate(BACK)
    expect(page).not_to_have_url(re.compile("sort=name"))
    expect(rows).to_have_count(1)
    page.wait_for_load_state()
    page.evaluate(BACK)
    expect(rows).to_have_count(2)
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_search_finds_registries_tags_and_aliases(world, open_page, bob):
    page = open_page(bob)
    page.goto("/orgs/Acme/registry/")
    page.get_by_role("searchbox").fill("tabular")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="iris-classifier")).to_be_visible()
    page.get_by_role("searchbox").fill("staging")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="iris-classifier:v1")).to_be_visible()
    page.get_by_role("searchbox").fill("Vault")  # which Bob doesn't know of
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("Nothing")).to_be_visible()


def test_a_refusal_shows_in_the_dialog_that_asked(world, open_page, bob, alice):
    page = open_page(bob)
    page.goto(f"{REGISTRY}/empty-shelf")
    page.get_by_role("link", name="Delete collection").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    delete_collection(by=alice, collection=world.empty)
    dialog.get_by_role("button", name="Delete collection").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert page.url.endswith("/empty-shelf")


def test_a_role_that_was_lost_meanwhile_is_told(world, open_page, bob, vision):
    page = open_page(bob)
    page.goto("/vision/iris/artifacts/model/iris-model/v2")
    page.get_by_role("link", name="Link to registry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("empty-shelf").check()
    set_team_member(by=None, team=vision, user=bob, role="viewer")
    dialog.get_by_role("button", name="Next step").click()
    expect(dialog).to_contain_text("needs the role Member or above; yours is Viewer.")


def test_a_session_that_ended_leads_to_the_login(world, open_page, bob):
    page = open_page(bob)
    page.goto(f"{REGISTRY}/iris-classifier")
    page.context.clear_cookies()
    page.get_by_role("link", name="Link new version").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_dead_network_is_told(world, open_page, bob):
    page = open_page(bob)
    page.goto(f"{REGISTRY}/iris-classifier")
    page.context.set_offline(True)
    page.get_by_role("link", name="Link new version").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
