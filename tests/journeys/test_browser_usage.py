"""The tab Usage by keyboard, without JavaScript, and its accessibility in both themes."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_axe import assert_fits

COLLECTION = "/orgs/Acme/registry/model/iris-classifier"
USAGE = f"{COLLECTION}/v1/usage"


def test_by_keyboard(world, open_page, bob):
    page = open_page(bob)
    page.goto(USAGE)
    page.get_by_role("link", name="staging", exact=True).focus()
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
    page.get_by_role("link", name="staging", exact=True).click()
    expect(page.locator("pre").nth(1)).to_contain_text("iris-classifier:staging")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible_and_within_the_window(world, open_page, assert_accessible, bob, theme):
    for width in (1440, 390):
        page = open_page(bob, theme=theme, width=width)
        for address in (USAGE, f"{USAGE}?as=production", COLLECTION):
            page.goto(address)
            assert_accessible(page)
            assert_fits(page, address)
