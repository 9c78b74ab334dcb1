"""What one meets first: the table of versions in sight, the folded card, ticks that stay."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests import factories

PAGE = "/orgs/Acme/registry/model/iris-classifier"
CARD = "# Petals\n\n" + "\n\n".join(
    f"Line {number} of the [card](#x{number})." for number in range(40)
)


@pytest.fixture
def versions(collection, sequence, alice):
    collection.description = CARD
    collection.save(update_fields=["description"])
    for number in range(60):
        aliases = ["champion"] if number == 40 else []
        version = factories.make_version(sequence, by=alice, files={})
        factories.make_membership(collection, version, aliases=aliases)


def ticked(page):
    return parse_qs(urlsplit(page.url).query).get("version", [])


def test_the_first_version_is_in_sight(alice, versions, open_page):
    page = open_page(alice)
    page.goto(PAGE)
    assert page.locator("#versions tbody tr").first.bounding_box()["y"] < 480
    heights = {page.locator(each).bounding_box()["y"] for each in ("#filter", "#show-metrics")}
    assert max(heights) - min(heights) <= 2, "one toolbar"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_card_is_folded_and_opens(alice, versions, open_page, javascript):
    page = open_page(alice, javascript=javascript)
    page.goto(PAGE)
    card = page.locator("#card-fold .prose")
    assert card.bounding_box()["height"] < 100
    page.click("#card-fold summary")
    assert card.bounding_box()["height"] > 800
    page.click("#card-fold summary")
    assert card.bounding_box()["height"] < 100
    page.locator("#card-fold a").last.focus()
    assert card.bounding_box()["height"] > 800, "what has the focus is seen"


def test_ticks_survive_a_filter_and_pages(alice, versions, open_page):
    page = open_page(alice)
    page.goto(PAGE)
    page.check("[aria-label='Choose v59']")
    assert [name.rpartition(":")[2] for name in ticked(page)] == ["v59"]
    page.fill("#filter", "champion")
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    expect(page.locator("#chosen-versions label")).to_have_text("v59")
    page.check("[aria-label='Choose v40']")
    page.fill("#filter", "")
    expect(page.locator("[aria-label='Choose v40']")).to_be_checked()
    expect(page.locator("[aria-label='Choose v59']")).to_be_checked()
    page.click("#page-next")
    expect(page.locator("[aria-label='Choose v0']")).not_to_be_checked()
    expect(page.locator("#chosen-versions label")).to_have_count(2)
    page.uncheck("#chosen-versions label:has-text('v40') input")
    page.check("[aria-label='Choose v0']")
    page.click("button:has-text('Compare') >> nth=0")
    page.wait_for_url("**/-/compare?**")
    assert [name.rpartition(":")[2] for name in ticked(page)] == ["v0", "v59"]


def test_ticks_without_a_script(alice, versions, open_page):
    page = open_page(alice, javascript=False)
    page.goto(PAGE)
    page.check("[aria-label='Choose v59']")
    page.click("text=Keep the ticks")
    page.fill("#filter", "champion")
    page.press("#filter", "Enter")
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    page.check("[aria-label='Choose v40']")
    page.click("button:has-text('Compare') >> nth=0")
    assert [name.rpartition(":")[2] for name in ticked(page)] == ["v40", "v59"]
