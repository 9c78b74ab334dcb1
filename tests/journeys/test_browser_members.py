"""Giving access, roles in place, asking for a role and why not: as people do it."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories

MEMBERS = "/orgs/Acme/registry/Zoo/settings/members"


@pytest.fixture
def zoo(world):
    from registries.models import Registry

    return Registry.objects.get(name="Zoo")


def _given(role, names):
    return f"Given the role {role} in the registry Zoo: {names}."


def test_a_colleague_gets_access_in_four_clicks_from_home(
    world, zoo, open_page, alice, bob, assert_accessible
):
    page = open_page(alice)
    page.goto("/")
    page.get_by_role("link", name="Zoo").first.click()  # 1
    page.get_by_role("link", name="Settings").click()  # 2
    page.get_by_role("link", name="Members").click()  # 3
    field = page.get_by_role("combobox", name="People and teams")
    field.focus()
    field.press_sequentially("bo")
    expect(page.get_by_role("option", name=re.compile("^bob"))).to_be_visible()
    field.press("Enter")
    field.press_sequentially("vis")
    expect(page.get_by_role("option", name="vision team")).to_be_visible()
    field.press("Enter")
    assert_accessible(page, "the picker with tokens")
    page.get_by_role("button", name="Add", exact=True).click()  # 4
    expect(page.locator("#messages")).to_contain_text(_given("Viewer", "bob, vision"))
    assert zoo.project.role_of(factories.fresh(bob)) == "viewer"


def test_a_role_is_saved_as_it_is_chosen(world, zoo, open_page, alice, bob):
    zoo.project.members.create(user=bob, role="viewer")
    page = open_page(alice)
    page.goto(MEMBERS)
    page.get_by_role("combobox", name="Role of bob").focus()
    page.get_by_role("combobox", name="Role of bob").select_option("member")
    expect(page.locator("#messages")).to_contain_text("bob now has the role Member")
    row = page.get_by_role("region", name="Who has access").get_by_role("row", name="bob")
    expect(row).to_contain_text("own membership")
    expect(page.get_by_role("combobox", name="Role of bob")).to_be_focused()
    page.get_by_role("searchbox", name="Filter people and teams by name").fill("victor")
    expect(row).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Filter people and teams by name")).to_be_focused()
    page.get_by_role("searchbox", name="Filter people and teams by name").fill("bo")
    page.get_by_role("button", name="Actions for bob").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove bob from Zoo").click()
    expect(page.locator("#messages")).to_contain_text("bob no longer has a role of its own")


def test_an_unknown_name_stays_as_a_token_and_is_named(world, open_page, alice):
    page = open_page(alice)
    page.goto(MEMBERS)
    field = page.get_by_role("combobox", name="People and teams")
    field.press_sequentially("bob, nobody@example.org,")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("'nobody@example.org'")
    page.get_by_role("button", name="Take nobody@example.org out").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text(_given("Viewer", "bob"))


def test_access_is_asked_for_and_granted_in_one_click(
    world, zoo, open_page, alice, victor, assert_accessible
):
    page = open_page(victor)
    page.goto("/orgs/Acme/registry/Zoo")
    page.get_by_role("link", name="Request access").first.click()
    dialog = page.get_by_role("dialog", name="Request access to Zoo")
    assert_accessible(page, "the dialog that asks")
    dialog.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("region", name="You asked for access")).to_contain_text("waiting")
    assert_accessible(page, "the home page of who asked")
    admin = open_page(alice)
    admin.goto("/")
    assert_accessible(admin, "the home page of who answers")
    admin.get_by_role("button", name="Grant Member in Zoo to victor").click()
    expect(admin.locator("#messages")).to_contain_text("victor now has the role Member in Zoo")
    page.reload()
    expect(page.get_by_role("region", name="You asked for access")).to_contain_text("granted")


def test_an_unseen_registry_is_asked_for_on_its_404_page(world, open_page, victor):
    page = open_page(victor)
    for name in ("Vault", "Never"):
        page.goto(f"/orgs/Acme/registry/{name}")
        page.get_by_role("link", name="Request access").click()
        page.get_by_role("dialog").get_by_role("button", name="Request access").click()
        expect(page.locator("#messages")).to_contain_text(f"asked for {name}. If Acme has such")


def test_all_of_it_without_a_script(world, zoo, open_page, alice, bob):
    page = open_page(alice, javascript=False)
    page.goto(MEMBERS)
    page.get_by_label("People and teams", exact=True).fill("bob, vision")
    page.get_by_label("Role", exact=True).select_option("member")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text(_given("Member", "bob, vision"))
    page.get_by_label("Role of bob", exact=True).select_option("admin")
    page.get_by_role("button", name="Save role of bob").click()
    expect(page.locator("#messages")).to_contain_text("bob now has the role Admin")
    page.get_by_role("link", name="Explain access").click()
    page.get_by_label("People", exact=True).fill("bob")
    page.get_by_role("button", name="Show why").click()
    expect(page.locator("#answers")).to_contain_text("bob can link versions here: Admin, own")
