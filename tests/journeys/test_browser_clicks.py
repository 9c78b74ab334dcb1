"""Six jobs of every day from the home page, each click counted.

Typing, and choosing in a native field, are no clicks. What opens, chooses or sends is one, whether
by the mouse or by Enter.
"""

import re

import pytest
from playwright.sync_api import expect

from artifacts.models import Version
from artifacts.services.aliases.aliases import add_aliases
from artifacts.services.collections.collections import update_collection
from registry_site.accounts.models import Organization
from tests import factories
from tests.journeys.test_background import until

PICKER = re.compile("^People and teams")


class Hand:
    """Clicks on a page, and knows how often it did."""

    def __init__(self, page):
        self.page, self.clicks = page, 0
        page.goto("/")

    def click(self, place):
        self.clicks += 1
        place.click()

    def link(self, name, within=None, **options):
        self.click((within or self.page).get_by_role("link", name=name, **options).first)

    def button(self, name, within=None, **options):
        self.click((within or self.page).get_by_role("button", name=name, **options).first)

    def enter(self):
        self.clicks += 1
        self.page.keyboard.press("Enter")


@pytest.fixture
def hand(world, open_page, alice):
    """Alice's, on her home page; `production` has just moved from v0 to v1."""
    add_aliases(by=alice, membership=world.linked, names=["production"])
    return Hand(open_page(alice))


def section(hand, name):
    return hand.page.get_by_role("region", name=name, exact=True)


def test_give_a_colleague_access(hand):
    page = hand.page
    hand.link("Archive", section(hand, "Registries"))
    hand.link("Settings")
    hand.link("Members")
    page.get_by_role("combobox", name=PICKER).press_sequentially("victor")
    page.get_by_role("option", name="victor").wait_for()
    hand.enter()
    page.get_by_label("Role", exact=True).select_option("member")
    hand.button("Add", exact=True)
    expect(page.get_by_label("Role of victor", exact=True)).to_have_value("member")
    assert hand.clicks <= 5


def test_who_put_it_in_production_and_when(hand):
    line = section(hand, "Recent activity").locator("li", has_text="production").first
    expect(line).to_contain_text("alice moved production from v0 to v1")
    expect(line.locator("time")).to_have_text("just now")
    hand.link(re.compile("iris-classifier"), line)  # where the strip says it, too
    strip = section(hand, "Released versions")
    expect(strip).to_contain_text(re.compile(r"production\s+v1\s+set just now by alice"))
    assert hand.clicks <= 2


def test_roll_it_back(hand):
    line = section(hand, "Recent activity").locator("li", has_text="production").first
    hand.link("model/iris-classifier", line)
    hand.link("Roll back to v0", section(hand, "Released versions"))
    hand.page.get_by_label("Note").fill("too many false alarms")
    hand.button("Roll back to v0", hand.page.get_by_role("dialog"))
    strip = section(hand, "Released versions")
    expect(strip).to_contain_text(re.compile(r"production\s+v0"))
    expect(strip).to_contain_text("too many false alarms")
    assert hand.clicks <= 4


def test_what_changed_in_the_card(world, open_page, bob):
    collection = world.linked.collection
    update_collection(by=bob, collection=collection, description="Tells **all** irises apart.")
    hand = Hand(open_page(bob))
    line = section(hand, "Recent activity").locator("li").first
    expect(line).to_contain_text("bob changed the card of iris-classifier")
    hand.link("What changed", line)
    expect(hand.page.locator("del").first).to_have_text("Tells **irises** apart.")
    expect(hand.page.locator("ins").first).to_have_text("Tells **all** irises apart.")
    assert hand.clicks <= 3


def test_delete_all_old_versions_but_the_last_ten(world, open_page, bob):
    sequence = world.logged.collection
    for _number in range(13):
        factories.make_version(sequence, by=bob)
    hand = Hand(open_page(bob))
    page = hand.page
    hand.link("iris", section(hand, "Teams and projects"), exact=True)
    hand.link("iris-model")
    hand.button("Delete versions")
    page.get_by_label("All but the newest").wait_for()
    if not page.get_by_label("All but the newest").is_checked():
        hand.click(page.get_by_label("All but the newest"))
    page.get_by_label("Newest versions that stay").fill("10")
    page.keyboard.press("Tab")
    delete = page.get_by_role("button", name=re.compile("^Delete [0-9]+ versions?$"))
    expect(delete).to_have_text("Delete 3 versions")  # v0, v1 and v2 have an alias, a tag or a link
    hand.click(delete)
    left = Version.objects.filter(sequence=sequence, deleted_at=None)
    until(lambda: left.count() < 16)
    kept = set(left.values_list("version_index", flat=True))
    assert kept == {0, 1, 2} | set(range(6, 16))
    assert hand.clicks <= 7


def test_make_a_restricted_registry_for_a_team(hand):
    page = hand.page
    hand.link("All registries")
    hand.link("Create registry")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Launch")
    hand.click(dialog.get_by_label("Restricted"))
    dialog.get_by_role("combobox", name=PICKER).press_sequentially("vision")
    dialog.get_by_role("option", name="vision").first.wait_for()
    hand.enter()
    hand.button("Create registry", dialog)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Launch")
    acme = Organization.objects.get(name="Acme")
    registry = acme.registries.get(name="Launch")
    assert registry.project.access == "restricted"
    assert str(registry.project.members.get(team__isnull=False).team) == "vision"
    assert hand.clicks <= 5
