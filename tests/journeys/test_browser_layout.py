"""Real data doesn't break the pages: nothing is cut, squeezed or out of sight, at any width."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.crowd import LONG, addresses, make_crowd

SIZES = [(1440, 900), (1024, 768), (390, 844)]
HIGHEST_ROW = {1440: 135, 1024: 160, 390: 270}  # px, of names of 120 characters

LOOK = Path(__file__).with_name("layout.js").read_text()


@pytest.fixture
def crowd(world):
    return make_crowd()


def test_real_data_fits_at_every_width(crowd, open_page, alice):
    troubles = []
    page = open_page(alice)
    for address in addresses(crowd):
        answer = page.goto(address)
        assert answer.status == 200, address
        assert len(answer.body()) < 150 * 1024, address
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            seen = page.evaluate(LOOK, HIGHEST_ROW[width])
            troubles += [(width, address.replace(LONG, "LONG"), each) for each in seen]
    assert not troubles


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_head_and_actions_stay_in_sight(crowd, open_page, alice, width, height):
    page = open_page(alice)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/orgs/Acme/registry/model/{LONG}?metrics=1")
    box = page.get_by_role("region", name="Versions", exact=True)
    box.evaluate("box => box.scrollIntoView()")
    row = box.locator("tbody tr").first
    expect(row.get_by_role("link", name="View v2")).to_be_in_viewport(ratio=1)
    row.get_by_role("button", name="Actions for v2").click()
    expect(page.locator(".menu-items:popover-open a").first).to_be_in_viewport(ratio=1)

    page.goto(f"/vision/{LONG}")
    box = page.get_by_role("region", name="Runs")
    box.evaluate("box => (box.scrollIntoView(), (box.scrollTop = box.scrollHeight))")
    last = box.locator("tbody tr").last.get_by_role("rowheader")
    expect(last).to_be_in_viewport(ratio=1)
    expect(box.get_by_role("columnheader", name="Run", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_folded_opens(crowd, open_page, alice, javascript):
    page = open_page(alice, javascript=javascript)
    page.goto(crowd.get_absolute_url())
    last = page.get_by_text(crowd.aliases.order_by("name").last().name, exact=True)
    expect(last).to_be_hidden()
    page.get_by_text("+16 aliases").click()
    expect(last.first).to_be_visible()


def test_the_rail_scrolls_by_itself_and_keeps_the_account(crowd, open_page, alice):
    page = open_page(alice)
    page.set_viewport_size({"width": 1024, "height": 500})
    page.goto(f"/vision/{LONG}")
    rail = page.get_by_role("navigation", name="Main")
    expect(rail.get_by_role("link", name="alice")).to_be_in_viewport(ratio=1)
    expect(rail.locator("[aria-current]").get_by_text(LONG)).to_be_in_viewport()
    rail.get_by_role("link", name="All projects (61) of vision").click()
    expect(page).to_have_url(f"{page.url.partition('/vision')[0]}/vision")


def test_a_value_and_its_path_are_copied_from_its_row(crowd, open_page, alice):
    page = open_page(alice)
    page.goto(f"{crowd.get_absolute_url()}/metadata")
    tree = page.get_by_role("region", name="Metadata", exact=True)
    row = tree.locator(".leaf", has_text="learning_rate")
    row.hover()
    row.get_by_role("button", name="Copy path").click()
    assert page.evaluate("navigator.clipboard.readText()") == "zeta.inner.learning_rate"
    tree.focus()
    for _step in range(3):  # zeta, inner, its learning rate
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("navigator.clipboard.readText()") == "0.001"


def test_metadata_of_two_hundred_keys_is_a_short_page_with_a_filter(crowd, open_page, alice):
    page = open_page(alice)
    page.goto(f"{crowd.get_absolute_url()}/metadata")
    assert page.evaluate("document.documentElement.scrollHeight") < 3_000
    page.get_by_role("searchbox", name="Filter Metadata").fill("parameter_19")
    expect(page.get_by_text("10 values fit")).to_be_visible()
    expect(page.get_by_text("more.parameter_199")).to_be_visible()
    page.reload()
    expect(page.get_by_text("more.parameter_199")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_real_data_are_accessible(crowd, open_page, assert_accessible, alice, width):
    page = open_page(alice, width=width)
    url = crowd.get_absolute_url()
    for address in (
        "/",
        "/orgs/Acme/registry/model",
        f"{crowd.collection.get_absolute_url()}?metrics=1",
        url,
        f"{url}/metadata?metadata_q=rate",
        f"{url}/files?file=table.csv",
        f"{url}/files?file=README.md",
        f"/vision/{LONG}",
        crowd.version.run.get_absolute_url(),
    ):
        page.goto(address)
        assert_accessible(page)
