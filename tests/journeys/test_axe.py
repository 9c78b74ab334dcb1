"""Every page and everything that opens on it: accessible, within its window, free of errors."""

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from registry_site.accounts.models import User
from tests.journeys.pages import PAGES, PEOPLE

WIDTHS = [1440, 390]


def addresses_of(person):
    """The pages that the person gets, or is refused, as an htmx-less browser would ask."""
    column = PEOPLE.index(person) + 1
    return [row[0] for row in PAGES if row[column] == 200 and not row[0].endswith("/-/tree")]


def assert_fits(page, name):
    """Nothing is wider than the window, on a phone or on a desk."""
    before = page.viewport_size
    for width in sorted(WIDTHS, key=lambda width: width != before["width"]):
        if width != page.viewport_size["width"]:
            page.set_viewport_size({"width": width, "height": 900})
        wanted = page.evaluate("document.documentElement.scrollWidth")
        assert wanted <= width, (name, f"{wanted} px wide in a window of {width} px")
    page.set_viewport_size(before)


# each language, each width and each theme, but not each with each
@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 1440, "light"), ("ja", 390, "dark")],
    ids=["en", "ja"],
)
def test_every_page_is_accessible_and_fits(
    world, open_page, assert_accessible, language, width, theme
):
    seen = set()
    walks = {
        None: ["/login"],
        "alice": addresses_of("alice"),
        "root": [each for each in addresses_of("root") if each.startswith("/settings/")],
        # who may not: disabled actions, the refusal, both error pages
        "bob": ["/orgs/Acme/registry/Zoo", "/registry/-/link?version={personal}"],
        "victor": [
            "/orgs/Acme/registry/model/iris-classifier",
            "/orgs/Acme/registry/model/empty-shelf",
            "/registry/-/link?version={logged}",
            "/vision/settings",
        ],
        # nothing there yet
        "charlie": ["/", "/charlie", "/registry/", "/nobody"],
    }
    for person, addresses in walks.items():
        user = person and User.objects.get(username=person)
        page = open_page(user, language=language, width=width, theme=theme)
        for address in addresses:
            page.goto(world.fill(address))
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert_accessible(page)
            assert_fits(page, address)
            for opener in new_openers(page, seen):
                opener.dispatch_event("click")  # also within a closed menu
                expect(page.locator("dialog")).to_be_visible()
                assert_accessible(page, f"{opener} on {address}")
                assert_fits(page, f"{opener} on {address}")
                page.keyboard.press("Escape")
                expect(page.locator("dialog")).to_have_count(0)


def new_openers(page, seen):
    """Links that open a dialog or drawer of a kind that was not open yet."""
    for link in page.locator("main a[hx-target='#overlay']").all():
        view = resolve(link.get_attribute("href").partition("?")[0]).view_name
        if view not in seen:
            seen.add(view)
            yield link
