"""A view of a table is saved, shared, found again and deleted; by keyboard, without JavaScript."""

import pytest
from playwright.sync_api import expect

from artifacts.models import SavedView
from registry_site.accounts.models import User

RUNS = "/vision/iris"
CLASSIFIER = "/orgs/Acme/registry/model/iris-classifier"


@pytest.fixture
def bob(world):
    return User.objects.get(username="bob")


def open_menu(page):
    page.locator(".saved-views > button").click()
    page.locator(".saved-views [popover]").wait_for()


def test_what_one_filters_by_is_what_one_saves(bob, open_page, assert_accessible):
    page = open_page(bob)
    page.goto(RUNS)
    page.fill("#run-filter", "train")
    page.wait_for_url("**q=train**")
    expect(page.locator("#runs .pagination-summary")).to_contain_text("3 runs")
    open_menu(page)
    assert_accessible(page, "the menu")
    page.click("text=Save this view…")
    dialog = page.locator("dialog")
    dialog.wait_for()
    assert_accessible(page, "the dialog")
    dialog.locator("[name=name]").fill("Trainings")
    dialog.locator("text=Share with the team").click()
    dialog.locator("text=Save view").last.click()
    expect(page.locator("#messages")).to_contain_text("View Trainings saved.")
    assert page.url.endswith(f"{RUNS}?q=train")
    expect(page.locator(".saved-views > button")).to_contain_text("Trainings")
    view = SavedView.objects.get(name="Trainings")
    assert (view.query, view.is_shared) == ("q=train", True)
    # another filter is another view
    page.fill("#run-filter", "prepare")
    expect(page.locator("#runs .pagination-summary")).to_contain_text("1 run ")
    expect(page.locator(".saved-views > button")).to_have_text("Views")


def test_somebody_else_opens_it_and_an_admin_deletes_it(world, open_page):
    alice, victor = (User.objects.get(username=name) for name in ("alice", "victor"))
    page = open_page(victor)
    page.goto(RUNS)
    open_menu(page)
    assert page.locator(".saved-view .button-icon").count() == 0
    page.click(".saved-view >> text=Failed")
    page.wait_for_url("**state=failed")
    expect(page.locator("#runs")).to_contain_text("No run fits this filter.")
    page = open_page(alice, theme="dark", width=390)
    page.goto(RUNS)
    open_menu(page)
    page.click(".saved-view .button-icon")
    page.locator("dialog").wait_for()
    page.click("dialog >> text=Delete view")
    expect(page.locator("#messages")).to_contain_text("View Failed deleted.")
    assert not SavedView.objects.exists()


def test_by_keyboard_alone(bob, open_page):
    page = open_page(bob)
    page.goto(f"{CLASSIFIER}?q=staging")
    page.locator(".saved-views > button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".saved-views .menu-item")).to_be_focused()
    page.keyboard.press("Enter")  # Save this view…
    expect(page.locator("dialog [name=name]")).to_be_focused()
    page.keyboard.type("On staging")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("View On staging saved.")
    assert page.url.endswith("?q=staging")
    assert SavedView.objects.get(name="On staging").is_shared is False


def test_without_javascript(bob, open_page):
    page = open_page(bob, javascript=False)
    page.goto("/orgs/Acme/registry/model?sort=name")
    open_menu(page)
    page.click("text=Save this view…")
    page.fill("[name=name]", "By name")
    page.click("button:has-text('Save view')")
    expect(page.locator("#messages")).to_contain_text("View By name saved.")
    assert page.url.endswith("?sort=name")
    open_menu(page)
    page.click(".saved-view .button-icon")
    page.click("button:has-text('Delete view')")
    expect(page.locator("#messages")).to_contain_text("View By name deleted.")
    with page.expect_download() as download:
        page.click(".list-files > button")
        page.click(".list-files >> text=CSV")
    assert download.value.suggested_filename == "orgs-Acme-registry-model-collections.csv"
