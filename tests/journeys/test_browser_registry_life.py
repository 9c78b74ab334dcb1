"""A registry from its making to its end, as its admins do it in a browser."""

import re

import pytest
from playwright.sync_api import expect

from registries.models import Registry
from tests import factories


class Clicks:
    """Clicks, counted; typing and keys are free."""

    def __init__(self):
        self.count = 0

    def __call__(self, locator):
        self.count += 1
        locator.click()


@pytest.fixture
def click():
    return Clicks()


def test_a_restricted_registry_for_a_team_in_five_clicks(world, open_page, bob, victor, click):
    page = open_page(bob)
    page.goto("/")
    click(page.get_by_role("navigation").get_by_role("link", name="Registry", exact=True))
    click(page.get_by_role("link", name="Create registry"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("secret")
    click(dialog.get_by_label("Restricted: only its members know of it"))
    dialog.get_by_role("combobox").first.press_sequentially("visi")
    click(page.get_by_role("option", name=re.compile(r"^vision(?!-)")))
    click(dialog.get_by_role("button", name="Create registry"))
    said = "Given the role Viewer in the registry secret: vision."
    expect(page.locator("#messages")).to_contain_text(said)
    assert click.count <= 5
    project = Registry.objects.get(name="secret").project
    assert project.access == "restricted"
    assert project.role_of(factories.fresh(victor)) == "viewer"


def test_the_same_without_a_script(world, open_page, bob, victor):
    page = open_page(bob, javascript=False)
    page.goto("/orgs/Acme/registry/")
    page.get_by_role("link", name="Create registry").click()
    page.get_by_label("Name", exact=True).fill("secret")
    page.get_by_label("Restricted: only its members know of it").check()
    page.get_by_label("People and teams (optional)").fill("vision, nobdy")
    page.get_by_role("button", name="Create registry").click()
    expect(page.get_by_text("Nobody and no team in Acme")).to_be_visible()
    page.get_by_label("People and teams (optional)").fill("vision, nora")
    page.get_by_label("Role of these people and teams").select_option("member")
    page.get_by_role("button", name="Create registry").click()
    expect(page.locator("#messages")).to_contain_text(
        "Given the role Member in the registry secret: nora, vision"
    )
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("Violet").check()
    page.get_by_label("Owner").fill("victor")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator("#messages")).to_contain_text("Settings of secret saved.")
    page.get_by_role("link", name="Rename registry").click()
    page.get_by_label("New name").fill("very-secret")
    page.get_by_role("button", name="Rename registry").click()
    expect(page.locator("#former-names")).to_contain_text("secret")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_label("Name of the registry").fill("very-secret")
    page.get_by_role("button", name="Delete registry").click()
    expect(page.locator("#messages")).to_contain_text("Registry very-secret deleted.")


def test_its_settings_in_dialogs(world, open_page, assert_accessible, alice):
    page = open_page(alice)
    page.goto("/orgs/Acme/registry/Zoo")
    page.get_by_role("link", name="Settings").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings of Zoo")
    dialog = page.get_by_role("dialog")

    page.get_by_role("link", name="Restrict registry").click()
    expect(dialog).to_contain_text("people lose access: bob")
    assert_accessible(page)
    dialog.get_by_role("button", name="Restrict registry").click()
    expect(page.locator("#messages")).to_contain_text("Only members of Zoo see it from now on.")
    expect(page.get_by_text("A restricted registry has none")).to_be_visible()

    page.get_by_role("link", name="Rename registry").click()
    dialog.get_by_label("New name").fill("model")
    dialog.get_by_role("button", name="Rename registry").click()
    expect(dialog).to_contain_text("already has a registry")
    assert_accessible(page)
    dialog.get_by_label("New name").fill("Garden")
    dialog.get_by_role("button", name="Rename registry").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings of Garden")
    expect(page.locator("#former-names tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_label("Name of the registry").fill("Zoo")
    page.get_by_role("button", name="Delete registry").click()
    expect(page.locator("#settings")).to_contain_text("The registry is called “Garden”.")
    assert_accessible(page)
    page.get_by_label("Name of the registry").fill("Garden")
    page.get_by_role("button", name="Delete registry").click()
    expect(page.locator("#messages")).to_contain_text("Registry Garden deleted.")
