"""What is in production, who put it there and why, and the way back: a few clicks from home."""

import re

import pytest
from playwright.sync_api import expect

from artifacts.models import Membership
from artifacts.services.aliases.aliases import add_aliases


@pytest.fixture
def released(world, alice):
    """`production` went from v0 to v1."""
    add_aliases(by=alice, membership=world.linked, names=["production"], note="passed field test")
    return world.linked.collection


def test_who_put_it_in_production_and_back_again(released, open_page, alice):
    page = open_page(alice)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="model", exact=True).first.click()  # 1
    page.get_by_role("link", name="iris-classifier", exact=True).first.click()  # 2
    strip = page.get_by_role("region", name="Released versions")
    line = strip.get_by_role("listitem").filter(has_text="production")
    expect(line).to_contain_text(re.compile(r"v1\s+set just now by alice\s+“passed field test”"))
    line.get_by_role("link", name=re.compile("Roll back to v0")).click()  # 3
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Files: 0 added, 0 removed, 1 changed")
    dialog.get_by_label("Note").fill("slow in the field")
    dialog.get_by_role("button", name="Roll back to v0").click()  # 4
    messages = page.locator("#messages")
    expect(messages).to_contain_text("production moved from v1 to v0.")
    expect(line).to_contain_text("slow in the field")
    messages.get_by_role("button", name="Undo").click()
    expect(messages).to_contain_text("production moved from v0 to v1.")
    line.get_by_role("link", name="History").click()
    expect(page.get_by_role("img", name="Time line of production")).to_be_visible()
    rows = page.get_by_role("region", name="Periods").get_by_role("row")
    expect(rows).to_have_count(1 + 4)
    expect(rows.nth(2)).to_contain_text("slow in the field")


def test_moving_compares_with_the_version_that_one_chooses(released, open_page, alice):
    page = open_page(alice)
    url = released.get_absolute_url()
    page.goto(url)
    strip = page.get_by_role("region", name="Released versions")
    strip.get_by_role("link", name="Move production").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("by the way")
    dialog.get_by_label("To which version").select_option("v0")
    expect(dialog.get_by_role("button", name="Move production to v0")).to_be_enabled()
    expect(dialog.get_by_label("Note")).to_have_value("by the way")
    dialog.get_by_role("button", name="Move production to v0").click()
    expect(page.locator("#messages")).to_contain_text("production moved from v1 to v0.")
    place = Membership.objects.get(collection=released, aliases__name="production")
    assert place.aliases.get(name="production").event.note == "by the way"


def test_what_is_typed_while_a_version_is_compared_stays(released, open_page, alice):
    """The answer is held back until the note is typed."""
    page, answers = open_page(alice), []
    page.goto(released.get_absolute_url())
    strip = page.get_by_role("region", name="Released versions")
    strip.get_by_role("link", name="Move production").click()
    dialog = page.get_by_role("dialog")
    page.route(
        "**/aliases/move?*to=*", lambda route: answers.append(route)
    )  # held back until the note is typed
    with page.expect_request("**/aliases/move?*to=*"):
        dialog.get_by_label("To which version").select_option("v0")
    while not answers:
        page.wait_for_timeout(10)
    dialog.get_by_label("Note").fill("as typed")
    answers.pop().continue_()
    dialog.get_by_role("button", name="Move production to v0").wait_for()
    expect(dialog.get_by_label("Note")).to_have_value("as typed")
    page.unroute_all()
    page.get_by_role("button", name="Close").click()
    strip.get_by_role("link", name="Move production").click()
    expect(dialog.get_by_label("Note")).to_have_value("")


def test_a_chip_says_on_focus_who_set_it(released, open_page, bob):
    page = open_page(bob)
    page.goto(released.get_absolute_url())
    chip = page.locator("td").get_by_role("link", name="production")
    expect(chip).to_have_accessible_description(re.compile("set by alice .*passed field test"))
    chip.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".tip")).to_contain_text("passed field test")
