"""What is typed is what is chosen: at any speed, however slow the server, from the first moment."""

import re
import time

import pytest
from playwright.sync_api import expect

from registries.choices.source_choice import SourceChoice
from tests import factories

REGISTRY = "/orgs/Acme/registry/model"
COLLECTION = f"{REGISTRY}/iris-classifier"


@pytest.fixture
def many(world):
    """`vision/iris/iris-model` has v0 to v24, of which v21 is also called `nightly`."""
    sequence = world.logged.collection
    for _number in range(22):
        factories.make_version(sequence, files={})
    sequence.aliases.create(membership=sequence.memberships.get(index=21), name="nightly")
    return world


def open_drawer(page, address=COLLECTION):
    page.goto(address)
    page.get_by_role("link", name="Link new version").click()
    drawer = page.get_by_role("dialog", name="Link new version")
    expect(drawer).to_be_visible()
    return drawer


def step(drawer, label):
    return drawer.get_by_role("combobox", name=label)


@pytest.mark.parametrize("delay", [0, 20, 60, 120])
def test_what_is_typed_is_chosen_at_any_speed(many, open_page, bob, delay):
    page = open_page(bob)
    page.goto(COLLECTION)
    for _time in range(6):
        page.get_by_role("link", name="Link new version").click()
        drawer = page.get_by_role("dialog", name="Link new version")
        version = step(drawer, "Version")
        version.press_sequentially("v1", delay=delay)  # at once: nothing is waited for
        page.keyboard.press("Tab")
        expect(version).to_have_value("v1")
        expect(drawer.locator(".sentence")).to_contain_text("vision/iris-model:v1 is v1 of")
        expect(drawer.get_by_role("combobox", name="Aliases")).to_be_focused()
        version.press_sequentially("nightly", delay=delay)
        page.keyboard.press("Enter")
        expect(version).to_have_value("v21 (nightly)")
        expect(version).to_be_focused()
        expect(drawer.locator(".sentence")).to_contain_text("Link vision/iris-model:v21 to")
        page.keyboard.press("Escape")
        expect(drawer).to_have_count(0)


@pytest.mark.parametrize("keys", [("Tab",), ("Enter", "Tab")])
@pytest.mark.parametrize("wait", [0, 0.03, 0.4])
def test_all_steps_are_typed_through_although_the_server_is_slow(
    many, open_page, bob, acme, monkeypatch, wait, keys
):
    nlp = factories.make_team("letters", acme, bob="member")
    for name in ("words", "wordings"):
        project = factories.make_project(nlp, name)
        for artifact in ("iris", "iris-model"):
            sequence = factories.make_collection(project, artifact)
            for _number in range(12):
                factories.make_version(sequence, files={})

    def late(**options):
        time.sleep(wait)
        return SourceChoice(**options)

    monkeypatch.setattr("registries.views.links.link_version.SourceChoice", late)
    page = open_page(bob)
    drawer = open_drawer(page)
    step(drawer, "Team").press_sequentially("letters")
    for text in ("words", "iris", "v1", "typed"):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.type(text)
    expect(drawer.locator(".sentence")).to_contain_text("Link letters/iris:v1 to iris-classifier")
    expect(drawer.locator(".sentence")).to_contain_text("with alias typed")
    for label, value in {
        "Team": "letters",
        "Project": "words",
        "Artifact": "iris",
        "Version": "v1",
        "Aliases": "typed",
    }.items():
        expect(step(drawer, label)).to_have_value(value)
    expect(step(drawer, "Aliases")).to_be_focused()


def test_what_is_typed_and_sent_at_once_is_linked(many, open_page, bob):
    page = open_page(bob)
    drawer = open_drawer(page)
    step(drawer, "Version").press_sequentially("v1")
    step(drawer, "Version").fill("v13")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("vision/iris-model:v13 linked to")


def test_what_names_nothing_is_not_linked_and_stays(many, open_page, bob):
    page = open_page(bob)
    drawer = open_drawer(page)
    step(drawer, "Version").fill("v2")
    page.keyboard.press("Enter")
    expect(drawer.locator(".sentence")).to_contain_text("iris-model:v2")
    step(drawer, "Version").fill("v99")
    drawer.get_by_role("button", name="Link version").click()
    expect(drawer.get_by_text("Nothing here is called “v99”. Choose a version.")).to_be_visible()
    expect(step(drawer, "Version")).to_have_value("v99")
    expect(step(drawer, "Version")).to_be_focused()
    step(drawer, "Version").fill("v24")
    page.keyboard.press("Tab")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("vision/iris-model:v24 linked to")


def test_a_long_list_is_searched_while_one_types(many, open_page, bob, monkeypatch):
    monkeypatch.setattr("registries.choices.source_choice.SHOWN", 3)
    page = open_page(bob)
    for keys in ("Enter", "Tab"):
        drawer = open_drawer(page)
        version = step(drawer, "Version")
        version.press_sequentially("v1")
        page.keyboard.press(keys)  # the answer of the search is still to come
        expect(version).to_have_value("v1")
        expect(drawer.locator(".sentence")).to_contain_text("vision/iris-model:v1")
    version.press_sequentially("nightly")
    expect(drawer.get_by_role("option")).to_have_count(1)
    drawer.get_by_role("option").click()
    expect(version).to_have_value("v21 (nightly)")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Team", "vision/iris/iris-model:nightly"),
        ("Version", "{host}{path}"),
        ("Project", "{path}"),
    ],
)
def test_a_pasted_name_or_address_fills_all_steps(many, open_page, bob, live_server, label, text):
    path = "/vision/iris/artifacts/model/iris-model/v21/files"
    page = open_page(bob)
    drawer = open_drawer(page)
    page.evaluate(
        "text => navigator.clipboard.writeText(text)",
        text.format(host=live_server.url, path=path),
    )
    step(drawer, label).focus()
    page.keyboard.press("Control+v")
    expect(step(drawer, "Version")).to_have_value("v21 (nightly)")
    values = {"Team": "vision", "Project": "iris", "Artifact": "iris-model"}
    for name, value in values.items():
        expect(step(drawer, name)).to_have_value(value)
    expect(step(drawer, label)).to_be_focused()
    expect(drawer.locator(".sentence")).to_contain_text("Link vision/iris-model:v21")
    step(drawer, label).fill("vision/iris/iris-data:v0")
    page.keyboard.press("Enter")
    expect(drawer.get_by_text("doesn't accept the type “dataset”")).to_be_visible()
    expect(step(drawer, label)).to_have_value("vision/iris/iris-data:v0")


def test_by_keyboard_and_by_mouse(many, open_page, bob, assert_accessible):
    page = open_page(bob)
    drawer = open_drawer(page)
    team, version = step(drawer, "Team"), step(drawer, "Version")
    team.press("ArrowDown")
    assert_accessible(page, "an open list")
    options = drawer.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(team).to_have_attribute("aria-activedescendant", re.compile("-1$"))
    expect(options.nth(1)).to_contain_text("personal account: only what a team logged")
    page.keyboard.press("Enter")  # it can't be chosen
    expect(options).to_have_count(2)
    expect(drawer.locator("[data-announcer]")).to_contain_text("personal account")
    page.keyboard.press("Escape")  # closes the list first
    expect(options).to_have_count(0)
    expect(drawer).to_be_visible()
    version.press_sequentially("v2")
    expect(options.first).to_have_text("v2")
    page.keyboard.press("Escape")
    expect(version).to_have_value("")
    version.click()
    options.nth(1).click()
    expect(version).to_have_value("v23")
    page.keyboard.press("ArrowUp")
    expect(drawer.get_by_role("option", selected=True)).to_have_text("v23")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


# ------------------------------------------------------------------ aliases


def test_aliases_are_tokens_in_one_field(many, open_page, bob, assert_accessible):
    for number in range(60):
        many.linked.collection.aliases.create(membership=many.linked, name=f"alias-{number}")
    page = open_page(bob)
    drawer = open_drawer(page)
    step(drawer, "Version").press_sequentially("v24")
    page.keyboard.press("Tab")
    field, tokens = step(drawer, "Aliases"), drawer.locator(".tokens > li")
    expect(drawer.get_by_role("checkbox")).to_have_count(0)
    page.keyboard.type("new, b")
    expect(tokens).to_have_text(["new"])
    expect(drawer.locator(".sentence")).to_contain_text("with aliases new, b.")  # as it stands
    page.keyboard.press("Enter")
    expect(tokens).to_have_text(["new", "b"])
    page.keyboard.type("alias-7")
    expect(drawer.get_by_role("option").first).to_contain_text("alias-7 now v1")
    page.keyboard.press("Tab")
    expect(drawer.locator(".sentence")).to_contain_text("new, b, alias-7 (moves from v1).")
    field.focus()
    page.keyboard.type("production")
    option = drawer.get_by_role("option")
    expect(option).to_have_attribute("aria-disabled", "true")
    expect(option).to_contain_text("Protected: only the role Admin may move it; yours is Member.")
    assert_accessible(page, "tokens and an open list")
    page.keyboard.press("Escape")
    field.fill("")
    page.keyboard.press("Backspace")
    expect(tokens).to_have_text(["new", "b"])
    drawer.get_by_role("button", name="Take b out").click()
    expect(field).to_be_focused()
    expect(tokens).to_have_text(["new"])
    page.keyboard.type("two words,")
    expect(tokens).to_have_text(["new", "two words"])
    page.keyboard.type("left")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("iris-model:v24 linked to")
    place = many.linked.collection.memberships.get(index=2)
    assert {alias.name for alias in place.aliases.all()} == {"new", "two words", "left"}


def test_tokens_stay_when_the_form_comes_back(world, open_page, bob):
    page = open_page(bob)
    drawer = open_drawer(page)
    step(drawer, "Aliases").press_sequentially("staging,kept,")
    expect(drawer.locator(".tokens > li")).to_have_text(["staging", "kept"])
    step(drawer, "Aliases").fill("open")
    drawer.get_by_role("button", name="Link version").click()
    expect(drawer.get_by_text("Choose a version.")).to_be_visible()
    expect(drawer.locator(".tokens > li")).to_have_text(["kept", "staging"])
    expect(step(drawer, "Aliases")).to_have_value("open")


def test_moving_an_alias_is_told_and_undone(world, open_page, bob):
    page = open_page(bob)
    page.goto(f"{COLLECTION}/v0")
    page.get_by_role("link", name="Add alias").click()
    dialog = page.get_by_role("dialog")
    expect(step(dialog, "Aliases")).to_be_focused()
    page.keyboard.type("stag")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    messages = page.locator("#messages")
    expect(messages).to_contain_text("staging moved from v1 to v0.")
    messages.get_by_role("button", name="Undo").click()
    expect(messages).to_contain_text("staging moved from v0 to v1.")
    expect(page.get_by_role("button", name="Remove alias staging")).to_have_count(0)


def test_a_protected_alias_asks_first(world, open_page, alice, assert_accessible):
    page = open_page(alice)
    page.goto(f"{COLLECTION}/v0")
    remove = page.get_by_role("link", name="Remove alias production")
    remove.click()
    dialog = page.get_by_role("dialog", name="Remove production from iris-classifier:v0")
    expect(dialog).to_contain_text("In the last 30 days")
    assert_accessible(page, "the question")
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    remove.click()
    dialog.get_by_role("button", name="Remove alias").click()
    messages = page.locator("#messages")
    expect(messages).to_contain_text("production removed from iris-classifier:v0.")
    messages.get_by_role("button", name="Undo").click()
    expect(messages).to_contain_text("production added to iris-classifier:v0.")
    page.goto(f"{COLLECTION}/v1")
    page.get_by_role("link", name="Add alias").click()
    step(dialog_of(page), "Aliases").fill("production")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(dialog_of(page)).to_contain_text("production names v0 now.")
    dialog_of(page).get_by_role("button", name="Move aliases").click()
    expect(messages).to_contain_text("production moved from v0 to v1.")


def dialog_of(page):
    return page.get_by_role("dialog")


def test_removing_a_tag_is_undone_in_place(world, open_page, bob):
    page = open_page(bob)
    for address in (COLLECTION, "/vision/iris/artifacts/model/iris-model/v2"):
        page.goto(address)
        tag = {COLLECTION: "tabular"}.get(address, "softmax")
        page.evaluate("document.body.dataset.kept = 'yes'")
        page.get_by_role("button", name=f"Remove tag {tag}").click()
        expect(page.locator("#messages")).to_contain_text(f"Tag {tag} removed from")
        expect(page.get_by_role("button", name=f"Remove tag {tag}")).to_have_count(0)
        page.locator("#messages").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name=f"Remove tag {tag}")).to_be_visible()
        assert page.evaluate("document.body.dataset.kept") == "yes"
