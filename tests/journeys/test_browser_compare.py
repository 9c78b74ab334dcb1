"""Two versions compared in a browser: from a version, by keyboard, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_browser_keyboard import press, tab_to

CLASSIFIER = "/orgs/Acme/registry/model/iris-classifier"
NAME = "vision/iris/iris-model"
BOTH = f"/-/compare?version={NAME}:v0&version={NAME}:v2"


@pytest.fixture
def page(world, open_page, bob):
    return open_page(bob)


def test_with_production_in_one_click(page):
    page.goto(f"{CLASSIFIER}/v1")
    page.get_by_role("link", name="Compare with production").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare versions")
    metadata = page.get_by_role("region", name="Metadata", exact=False).first
    expect(page.get_by_role("region", name="Facts")).to_contain_text("iris-classifier:v0")
    expect(page.locator("#values")).to_contain_text("+0.4")
    expect(page.locator("#values")).to_contain_text("+400.0 %")
    expect(metadata).to_be_visible()


def test_filters_show_in_the_address_and_in_the_history(page):
    page.goto(BOTH)
    files = page.locator("#files")
    expect(files.get_by_role("row")).to_have_count(2)  # the head and model.json
    files.get_by_role("link", name="All files").click()
    expect(files.get_by_role("row")).to_have_count(4)
    expect(page).to_have_url(re.compile("state=all"))
    page.get_by_role("searchbox", name="Filter by path").fill("REPORTS")
    expect(files.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("state=all.*path=REPORTS"))
    expect(page.get_by_role("searchbox", name="Filter by path")).to_be_focused()
    page.reload()
    expect(files.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="All, differences first").click()
    expect(page.locator("#values")).to_contain_text("shape")
    expect(files.get_by_role("row")).to_have_count(2)  # its filter stays
    page.go_back()
    expect(page.locator("#values")).not_to_contain_text("shape")


def test_by_keyboard(page):
    page.goto(f"{CLASSIFIER}/v1")
    tab_to(page, page.get_by_role("button", name="Compare", exact=True))
    press(page, "Enter")
    expect(page.locator("[popover]:popover-open .menu-item").first).to_be_focused()
    press(page, "End", "Enter")
    other = page.get_by_label("Compared with it")
    expect(other).to_have_value("")
    tab_to(page, other)
    page.keyboard.type(f"{NAME}:v2")
    press(page, "Enter")
    expect(page.locator(".compare-head")).to_contain_text(f"{NAME}:v2")
    tab_to(page, page.get_by_role("link", name="Swap"))
    press(page, "Enter")
    expect(page.get_by_label("Baseline")).to_have_value(f"{NAME}:v2")
    tab_to(page, page.get_by_role("link", name="model.json"))
    press(page, "Enter")
    expect(page.get_by_role("region", name="Difference")).to_contain_text("rate")
    tab_to(page, page.get_by_role("link", name="Compare line by line"))
    press(page, "Enter")
    expect(page.locator("ins")).to_have_text('{"rate": 0.5}')
    expect(page.locator("del")).to_have_text('{"rate": 0.9}')


def test_without_javascript(world, open_page, bob):
    page = open_page(bob, javascript=False)
    page.goto("/-/compare")
    page.get_by_role("link", name=f"{NAME}:v0").click()
    page.get_by_role("link", name=f"{NAME}:v2").click()
    expect(page.get_by_label("Baseline")).to_have_value(f"{NAME}:v0")
    page.get_by_role("link", name="All, differences first").click()
    expect(page.locator("#values")).to_contain_text("shape")
    page.get_by_role("link", name="All files").click()
    page.get_by_role("searchbox").fill("readme")
    page.get_by_role("searchbox").press("Enter")
    files = page.locator("#files")
    expect(files.get_by_role("row")).to_have_count(2)
    expect(page.locator("#values")).to_contain_text("shape")  # the other filter stays
    files.get_by_role("link", name="README.md").click()
    expect(page.locator("#file")).to_contain_text("Both versions have the same file.")
    page.get_by_role("link", name="All files").click()
    page.get_by_label("Compared with it").fill("nonsense")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is no full name of a version")


def test_values_are_on_screen_in_a_narrow_window(world, open_page, bob, assert_accessible):
    """Both of them and their difference, below the name, in the table that it still is."""
    for width in (390, 1024):
        page = open_page(bob, width=width)
        page.goto(BOTH)
        row = page.get_by_role("row", name="accuracy")
        expect(row.get_by_role("cell")).to_have_count(3)
        for cell in row.get_by_role("cell").all():
            box = cell.bounding_box()
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
        cells = row.get_by_role("cell").all_inner_texts()
        assert "better" in cells[2]
        assert "★" not in cells[0]
        assert_accessible(page)


def test_what_is_best_is_turned_without_leaving(page):
    page.goto(BOTH)
    row = page.get_by_role("row", name="accuracy")
    row.get_by_role("link", name="highest is best").click()
    expect(row).to_contain_text("worse")
    expect(page).to_have_url(re.compile("best=run.accuracy:min"))
    page.reload()
    expect(row.get_by_role("link", name="lowest is best")).to_be_visible()
    page.go_back()
    expect(row).to_contain_text("better")
