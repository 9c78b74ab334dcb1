"""The same flows with nothing but a keyboard: the focus is seen, kept near, and given back."""

import pytest
from playwright.sync_api import expect

REGISTRY = "/orgs/Acme/registry/model"
SOURCE = "/vision/iris/artifacts/model/iris-model/v2"

# what has the focus shows a ring of 2 px, and nothing lies on top of it
SEEN = """
() => {
  const element = document.activeElement;
  if (element === document.body) return true;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && element.contains(top);
}
"""


@pytest.fixture
def page(world, open_page, bob):
    return open_page(bob)


def tab_to(page, target, key="Tab"):
    """Press Tab until the target has the focus; on the way the focus is always seen."""
    for _press in range(60):
        page.keyboard.press(key)
        seen = page.evaluate(SEEN)
        html = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert seen, html
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by {key}")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_the_first_tab_leads_past_the_rail(page):
    page.goto(REGISTRY)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Acme"))


def test_a_menu_opens_moves_and_closes(page):
    page.goto(REGISTRY)
    button = page.get_by_role("button", name="Actions for iris-classifier")
    tab_to(page, button)
    press(page, "Enter")
    items = page.locator("[popover]:popover-open .menu-item")
    expect(items.first).to_be_focused()
    press(page, "ArrowDown")
    expect(items.nth(1)).to_be_focused()
    press(page, "End", "ArrowDown")
    expect(items.first).to_be_focused()
    press(page, "Escape")
    expect(items).to_have_count(0)
    expect(button).to_be_focused()


def test_link_by_the_sidebar(page):
    page.goto(REGISTRY)
    button = page.get_by_role("button", name="Actions for iris-classifier")
    tab_to(page, button)
    press(page, "Space")
    expect(page.locator("[popover]:popover-open .menu-item").first).to_be_focused()
    press(page, "Enter")
    drawer = page.get_by_role("dialog", name="Link new version")
    expect(drawer.get_by_label("Team", exact=True)).to_be_focused()
    version = drawer.get_by_label("Version", exact=True)
    tab_to(page, version)
    page.keyboard.type("v2")
    press(page, "Enter")
    expect(drawer.locator(".sentence")).to_contain_text("iris-model:v2")
    expect(version).to_be_focused()
    tab_to(page, drawer.get_by_label("Aliases"))
    page.keyboard.type("stag")
    press(page, "ArrowDown", "Enter")
    expect(drawer.locator(".sentence")).to_contain_text("with alias staging")
    tab_to(page, drawer.get_by_role("button", name="Link version"))
    press(page, "Enter")
    expect(page.locator("#messages")).to_contain_text("linked to iris-classifier as v2.")
    expect(drawer).to_have_count(0)
    expect(button).to_be_focused()  # the new row's, where the old one was


def test_escape_closes_the_drawer_and_gives_the_focus_back(page):
    page.goto(f"{REGISTRY}/iris-classifier")
    opener = page.get_by_role("link", name="Link new version")
    tab_to(page, opener)
    press(page, "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_link_by_the_dialog(page):
    page.goto(SOURCE)
    opener = page.get_by_role("link", name="Link to registry")
    tab_to(page, opener)
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    press(page, "Enter")
    tab_to(page, dialog.get_by_role("radio").first)
    press(page, "Space", "ArrowDown")
    expect(dialog.get_by_label("iris-classifier")).to_be_checked()
    press(page, "Enter")  # as in any form
    expect(dialog.locator("[aria-current]")).to_contain_text("Aliases")
    expect(dialog.get_by_label("Aliases")).to_be_focused()
    page.keyboard.type("candidate, best")
    press(page, "Enter")  # takes the name
    press(page, "Enter")  # as in any form
    expect(page.locator("#messages")).to_contain_text("iris-classifier:v2")


def test_a_modal_dialog_keeps_the_focus(page):
    page.goto(SOURCE)
    tab_to(page, page.get_by_role("link", name="Link to registry"))
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _press in range(30):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert page.evaluate(inside)


def test_create_copy_and_delete(page):
    page.goto(REGISTRY)
    tab_to(page, page.get_by_role("link", name="Create collection"))
    press(page, "Enter")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("tulips")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("tulips")
    tab_to(page, page.get_by_role("button", name="Copy target path"))
    press(page, "Space")
    expect(page.locator("#announcer")).to_have_text("Copied")
    path = "acme/wandb-registry-model/tulips"
    assert page.evaluate("navigator.clipboard.readText()") == path
    tab_to(page, page.get_by_role("link", name="Delete collection"))
    press(page, "Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Close")).to_be_focused()
    tab_to(page, page.get_by_role("dialog").get_by_role("button", name="Delete collection"))
    press(page, "Enter")
    expect(page.locator("#messages")).to_contain_text("Collection tulips deleted.")


def test_an_exact_time_shows_on_focus(page):
    page.goto(SOURCE)
    time = page.locator("main time").first
    tab_to(page, time)
    expect(page.locator(".tip")).to_have_text(time.get_attribute("title"))
    press(page, "Escape")
    expect(page.locator(".tip")).to_have_count(0)


def test_removing_a_chip_keeps_the_focus_near(page):
    page.goto(f"{REGISTRY}/iris-classifier")
    tab_to(page, page.get_by_role("button", name="Remove tag tabular"))
    press(page, "Enter")
    expect(page.get_by_role("button", name="Remove tag tabular")).to_have_count(0)
    expect(page.get_by_role("group", name="Tags")).to_be_focused()


def test_the_menu_of_a_phone(world, open_page, bob):
    page = open_page(bob, width=390)
    page.goto(REGISTRY)
    button = page.get_by_role("button", name="Menu", exact=True)
    tab_to(page, button)
    press(page, "Enter")
    rail = page.get_by_role("navigation", name="Main")
    expect(rail).to_be_visible()
    tab_to(page, rail.get_by_role("link", name="iris"))
    press(page, "Escape")
    expect(rail).to_be_hidden()
    expect(button).to_be_focused()
