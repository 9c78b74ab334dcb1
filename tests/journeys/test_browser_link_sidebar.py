"""Link new version: from the registry's side, in a drawer of dependent choices."""

from playwright.sync_api import expect

from artifacts.services.collections.links import unlink_version

REGISTRY = "/orgs/Acme/registry/model"
COLLECTION = f"{REGISTRY}/iris-classifier"


def open_from_row(page, name):
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("link", name="Link new version").click()
    return page.get_by_role("dialog", name="Link new version")


def step(drawer, label):
    return drawer.get_by_role("combobox", name=label)


def choose(drawer, **levels):
    """Team → Project → Artifact → Version, typed and taken by Enter."""
    for label, value in levels.items():
        step(drawer, label.title()).fill(value)
        step(drawer, label.title()).press("Enter")


def test_link_from_the_row_menu(world, open_page, bob, assert_accessible):
    page = open_page(bob)
    page.goto(REGISTRY)
    drawer = open_from_row(page, "iris-classifier")
    # whoever has one team with one project has nothing to choose there
    expect(step(drawer, "Team")).to_have_value("vision")
    expect(step(drawer, "Artifact")).to_have_value("iris-model")
    choose(drawer, version="v2")
    sentence = "Link vision/iris-model:v2 to iris-classifier as the next version (now v2)"
    expect(drawer.locator(".sentence")).to_contain_text(sentence)
    step(drawer, "Aliases").fill("staging")
    expect(drawer.locator(".sentence")).to_contain_text("with alias staging (moves from v1)")
    assert_accessible(page, "the drawer, filled in")
    page.evaluate("document.body.dataset.kept = 'yes'")
    drawer.get_by_role("button", name="Link version").click()
    expect(drawer).to_have_count(0)
    text = "vision/iris-model:v2 linked to iris-classifier as v2."
    expect(page.locator("#messages")).to_contain_text(text)
    row = page.get_by_role("row", name="iris-classifier")
    expect(row.get_by_role("link", name="v2")).to_be_visible()
    expect(row.locator(".chip", has_text="staging")).to_be_visible()
    assert page.evaluate("document.body.dataset.kept") == "yes"  # in place, without a reload


def test_link_from_the_collection_page(world, open_page, bob):
    page = open_page(bob)
    page.goto(COLLECTION)
    page.get_by_role("link", name="Link new version").click()
    drawer = page.get_by_role("dialog")
    choose(drawer, version="v2")
    step(drawer, "Aliases").fill("candidate")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("linked to iris-classifier as v2.")
    rows = page.get_by_role("region", name="Versions", exact=True).get_by_role("row")
    expect(rows.nth(1)).to_contain_text("v2")
    expect(rows.nth(1)).to_contain_text("candidate")


def test_the_first_version_of_an_empty_collection(world, open_page, bob):
    page = open_page(bob)
    page.goto(f"{REGISTRY}/empty-shelf")
    page.get_by_role("link", name="Link new version").click()
    drawer = page.get_by_role("dialog")
    choose(drawer, version="v0")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.get_by_role("region", name="Versions", exact=True)).to_contain_text("v0")
    expect(page.get_by_role("region", name="Link to this collection")).to_have_count(0)


def test_the_next_number_is_never_one_that_was_given(world, open_page, bob, alice):
    unlink_version(by=alice, membership=world.linked)
    page = open_page(bob)
    page.goto(f"{COLLECTION}/-/link?version=v2")
    expect(page.locator(".sentence")).to_contain_text("(now v2)")


def test_what_is_shown_is_linked_although_the_server_is_slow(world, open_page, bob):
    page = open_page(bob)
    page.goto(COLLECTION)
    page.get_by_role("link", name="Link new version").click()
    drawer = page.get_by_role("dialog")
    choose(drawer, version="v1")
    expect(drawer.locator(".sentence")).to_contain_text("is v1 of iris-classifier already")
    page.route("**/-/link?*", lambda route: route.abort())  # no answer to the next choice
    choose(drawer, version="v2")
    drawer.get_by_role("button", name="Link version").click()
    expect(page.locator("#messages")).to_contain_text("iris-model:v2 linked to iris-classifier")


def test_a_protected_alias_is_disabled_for_a_member(world, open_page, bob, alice):
    for user, is_off in ((bob, "true"), (alice, None)):
        page = open_page(user)
        page.goto(f"{COLLECTION}/-/link")
        step(page, "Aliases").fill("prod")
        option = page.get_by_role("option", name="production")
        text = "only the role Admin may move it; yours is Member"
        expect(option).to_contain_text(text if is_off else "production")
        assert option.get_attribute("aria-disabled") == is_off


def test_what_cannot_be_chosen_says_why(world, open_page, bob):
    page = open_page(bob)
    page.goto(f"{COLLECTION}/-/link")
    step(page, "Team").click()
    personal = page.get_by_role("option", name="personal account")
    expect(personal).to_have_text("bobpersonal account: only what a team logged can be linked")
    expect(personal).to_have_attribute("aria-disabled", "true")
    step(page, "Version").click()
    expect(page.get_by_role("option", name="here already as v1")).to_have_count(1)


def test_a_missing_choice_is_asked_for_in_the_drawer(world, open_page, bob):
    page = open_page(bob)
    page.goto(COLLECTION)
    page.get_by_role("link", name="Link new version").click()
    drawer = page.get_by_role("dialog")
    step(drawer, "Aliases").fill("kept")
    drawer.get_by_role("button", name="Link version").click()
    expect(step(drawer, "Version")).to_be_focused()
    expect(drawer.get_by_text("Choose a version.")).to_be_visible()
    expect(step(drawer, "Aliases")).to_have_value("kept")


def test_whoever_may_not_link_sees_why(world, open_page, victor):
    page = open_page(victor)
    page.goto(COLLECTION)
    action = page.get_by_role("link", name="Link new version")
    expect(action).to_have_attribute("aria-disabled", "true")
    expect(action).to_contain_text("Needs the role Member; yours is Viewer.")
