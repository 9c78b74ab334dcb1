"""The same flows in a browser without JavaScript: forms, links and redirects only."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from artifacts.models import Collection, Membership

REGISTRY = "/orgs/Acme/registry/model"


@pytest.fixture
def page(world, open_page, bob):
    return open_page(bob, javascript=False)


def choose(page, label, value):
    page.get_by_label(label, exact=True).select_option(value)
    page.get_by_role("button", name="Next", exact=True).click()


def test_link_by_the_dialogs_pages(page):
    page.goto("/vision/iris/artifacts/model/iris-model/v2")
    page.get_by_role("link", name="Link to registry").click()
    page.get_by_label("iris-classifier").check()
    page.get_by_role("button", name="Next step").click()
    page.get_by_text("2 aliases in use or protected").click()
    expect(page.get_by_label("production")).to_be_disabled()
    page.get_by_label("staging").check()
    page.get_by_role("textbox", name="Aliases").fill("candidate best")
    page.get_by_role("button", name="Link to registry").click()
    expect(page.locator("#messages")).to_contain_text("iris-classifier:v2")
    expect(page.get_by_role("heading", level=1)).to_have_text("iris-model:v2")
    assert Membership.objects.get(collection__name="iris-classifier", index=2).aliases.count() == 3


def test_link_to_a_new_collection(page):
    page.goto("/vision/iris/artifacts/model/iris-model/v2")
    page.get_by_role("link", name="Link to registry").click()
    page.get_by_role("button", name="Next step").click()
    expect(page.get_by_text("Choose a collection, or name a new one.")).to_be_visible()
    page.get_by_label("Name").fill("brand-new")
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("Name")).to_have_value("brand-new")
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("button", name="Link to registry").click()
    expect(page.locator("#messages")).to_contain_text("brand-new:v0")


def test_link_by_the_sidebars_page(page):
    page.goto(f"{REGISTRY}/empty-shelf")
    page.get_by_role("link", name="Link new version").click()
    choose(page, "Team", "vision")
    choose(page, "Project", "iris")
    choose(page, "Artifact", "iris-model")
    choose(page, "Version", "v1")
    expect(page.locator(".sentence")).to_contain_text("as the next version (now v0)")
    page.get_by_role("textbox", name="Aliases").fill("first")
    page.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("linked to empty-shelf as v0.")
    expect(page.get_by_role("region", name="Versions", exact=True)).to_contain_text("first")


def test_a_full_name_fills_all_steps(page):
    page.goto(f"{REGISTRY}/empty-shelf/-/link")
    page.get_by_label("Full name or address").fill("vision/iris/iris-model:v1")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_label("Version", exact=True)).to_have_value("v1")
    page.get_by_label("Version", exact=True).select_option("v2")  # what is shown counts
    page.get_by_label("Full name or address").fill("")
    page.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("vision/iris-model:v2 linked to empty-shelf")


def test_changing_ones_mind_about_aliases(world, open_page, alice):
    page = open_page(alice, javascript=False)
    page.goto(f"{REGISTRY}/iris-classifier/v1")
    page.get_by_role("link", name="Add alias").click()
    page.get_by_role("textbox", name="Aliases").fill("production")
    page.get_by_role("button", name="Add aliases").click()
    expect(page.locator("main")).to_contain_text("production names v0 now.")
    page.get_by_role("button", name="Move aliases").click()
    messages = page.locator("#messages")
    expect(messages).to_contain_text("production moved from v0 to v1.")
    messages.get_by_role("button", name="Undo").click()
    expect(messages).to_contain_text("production moved from v1 to v0.")
    expect(page.get_by_role("heading", level=1)).to_have_text("iris-classifier:v1")
    page.goto(f"{REGISTRY}/iris-classifier/v0/usage")
    page.get_by_role("link", name="Remove alias production").click()
    page.get_by_role("button", name="Remove alias").click()
    messages.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Remove alias production")).to_be_visible()
    page.get_by_role("button", name="Remove tag softmax").click()
    messages.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Remove tag softmax")).to_be_visible()


def test_a_row_of_a_registry_leads_to_all_its_actions(page):
    page.goto(REGISTRY)
    page.get_by_role("button", name="Actions for empty-shelf").click()  # a popover needs no script
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete collection")


def test_create_read_the_path_and_delete(page):
    page.goto(REGISTRY)
    page.get_by_role("link", name="Create collection").click()
    page.get_by_label("Name").fill("tulips")
    page.get_by_label("Tags").fill("planned, spring")
    page.get_by_role("button", name="Create collection").click()
    expect(page.locator("main")).to_contain_text("acme/wandb-registry-model/tulips")
    expect(page.get_by_role("button", name="Copy target path")).to_be_hidden()  # it needs a script
    page.get_by_role("button", name="Remove tag planned").click()
    expect(page.get_by_role("group", name="Tags")).not_to_contain_text("planned")
    expect(page.get_by_role("group", name="Tags")).to_contain_text("spring")
    page.get_by_role("link", name="Delete collection").click()
    page.get_by_role("button", name="Delete collection").click()
    expect(page.locator("#messages")).to_contain_text("Collection tulips deleted.")
    assert not Collection.objects.filter(name="tulips").exists()


def test_aliases_tags_and_description_of_a_version(page):
    page.goto(f"{REGISTRY}/iris-classifier/v1")
    page.get_by_role("link", name="Add alias").click()
    page.get_by_role("textbox", name="Aliases").fill("latest")
    page.get_by_role("button", name="Add aliases").click()
    expect(page.locator("main")).to_contain_text("latest")
    page.get_by_role("textbox", name="Aliases").fill("good")
    page.get_by_role("button", name="Add aliases").click()
    expect(page.get_by_role("button", name="Remove alias good")).to_be_visible()
    page.get_by_role("button", name="Remove alias staging").click()
    expect(page.get_by_role("button", name="Remove alias staging")).to_have_count(0)
    page.get_by_role("link", name="Edit description").click()
    page.get_by_role("textbox", name="Description").fill("The **one**.")
    page.get_by_role("button", name="Save description").click()
    expect(page.locator(".prose strong")).to_have_text("one")


def test_filter_sort_and_unlink(page):
    page.goto(f"{REGISTRY}/iris-classifier")
    page.get_by_role("searchbox").fill("staging")
    page.get_by_role("searchbox").press("Enter")
    rows = page.get_by_role("region", name="Versions", exact=True).get_by_role("row")
    expect(rows).to_have_count(2)  # the head and v1
    page.get_by_role("button", name="Actions for v1").click()
    page.get_by_role("link", name="Unlink").click()
    page.get_by_role("button", name="Unlink version").click()
    expect(page.locator("#messages")).to_contain_text("iris-classifier:v1 unlinked.")


def test_settings_keys_and_logout(page):
    page.goto("/authorize")
    page.get_by_role("button", name="Create API key").click()
    key = page.locator(".copy-line code").first.inner_text()
    assert len(key) == 40
    page.goto("/settings")
    expect(page.locator("main")).to_contain_text(key[-4:])
    page.get_by_role("button", name="Revoke wandb login").click()
    expect(page.locator("#messages")).to_contain_text("revoked")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.mark.parametrize("address", [REGISTRY, "/vision/iris"])
def test_what_filters_a_table_stands_on_one_line(page, address):
    page.goto(address)
    form = page.get_by_role("search").filter(has=page.get_by_role("combobox"))
    parts = [form.get_by_role(role) for role in ("searchbox", "combobox", "button")]
    boxes = [part.bounding_box() for part in parts]
    assert {(box["y"], box["height"]) for box in boxes} == {(boxes[0]["y"], 32)}
    gaps = [right["x"] - left["x"] - left["width"] for left, right in pairwise(boxes)]
    assert gaps == pytest.approx([8, 8], abs=1)
