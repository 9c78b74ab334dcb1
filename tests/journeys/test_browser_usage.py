"""The tab Usage by keyboard, without JavaScript, and its accessibility in both themes."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_axe import assert_fits

COLLECTION = "/orgs/Acme/registry/model/iris-classifier"
USAGE = f"{COLLECTION}/v1/usage"


def test_by_keyboard(world, open_page, bob):
    page = open_page(bob)
    page.goto(USAGE)
    page.locator("main a.chip", has_text="staging").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The alias moves")).to_be_visible()
    assert page.url.endswith(f"{COLLECTION}/staging/usage")
    expect(page.locator("pre").nth(1)).to_contain_text("iris-classifier:staging")
    page.get_by_role("link", name="Downloads 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Runs that used it")).to_have_count(0)
    expect(page.get_by_role("row", name="bob in the browser")).to_be_visible()
    assert page.url.endswith(f"{COLLECTION}/staging/usage?kind=downloads")
    page.go_back()
    expect(page.get_by_role("heading", name="Runs that used it")).to_be_visible()


def test_without_javascript(world, open_page, bob):
    page = open_page(bob, javascript=False)
    page.goto(COLLECTION)
    page.get_by_role("link", name="1 run · 1 person already on v1").click()
    assert page.url.endswith(USAGE)
    page.get_by_role("link", name="Runs 1").click()
    expect(page.get_by_role("row", name="score")).to_be_visible()
    expect(page.get_by_role("heading", name="Downloads")).to_have_count(0)
    page.locator("main a.chip", has_text="staging").click()
    expect(page.locator("pre").nth(1)).to_contain_text("iris-classifier:staging")


def test_accessible_and_within_the_window(world, open_page, assert_accessible, bob):
    for width in (1440, 390):
        page = open_page(bob, width=width)
        for address in (USAGE, f"{USAGE}?as=production", COLLECTION):
            page.goto(address)
            assert_accessible(page)
            assert_fits(page, address)


@pytest.mark.parametrize("javascript", [True, False])
def test_production_by_curl_in_three_clicks(world, open_page, bob, javascript):
    """From the collection's page; without a script the line is there to be marked."""
    page = open_page(bob, javascript=javascript)
    page.goto(COLLECTION)
    versions = page.get_by_role("region", name="Versions", exact=True)
    versions.get_by_role("link", name="production").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("iris-classifier:production v0")
    page.get_by_role("link", name="Usage", exact=True).click()
    block = page.locator("figure", has_text="All files by curl")
    expect(block).to_contain_text("/iris-classifier/production/-/files.zip")
    if javascript:
        block.get_by_role("button").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "/iris-classifier/production/-/files.zip" in copied
        assert "v0" not in copied


def test_number_and_alias_are_one_click_apart(world, open_page, bob, assert_accessible):
    page = open_page(bob, width=390)
    page.goto(f"{COLLECTION}/v0/metadata")
    choice = page.get_by_role("navigation", name="Name of this version")
    choice.get_by_role("link", name="production").click()
    expect(page).to_have_url(re.compile("/iris-classifier/production/metadata$"))
    expect(page.get_by_text("production is v0 now, and moves.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page, page.url)
    choice.get_by_role("link", name="v0").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/iris-classifier/v0/metadata$"))
    expect(page.get_by_text("v0 always means this version.")).to_be_visible()
