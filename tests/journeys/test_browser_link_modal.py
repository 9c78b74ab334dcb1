"""Link to registry: from an artifact's page, in a dialog of two steps."""

from playwright.sync_api import expect

from artifacts.models import Membership

SOURCE = "/vision/iris/artifacts/model/iris-model/v2"


def open_dialog(page, address=SOURCE):
    page.goto(address)
    page.get_by_role("link", name="Link to registry").click()
    return page.get_by_role("dialog")


def test_link_to_a_collection_with_aliases(world, open_page, bob, assert_accessible):
    page = open_page(bob)
    dialog = open_dialog(page)
    expect(dialog.locator("[aria-current]")).to_contain_text("Select a registry collection")
    dialog.get_by_label("iris-classifier").check()
    dialog.get_by_role("button", name="Next step").click()
    expect(dialog.locator("[aria-current]")).to_contain_text("Aliases")
    field = dialog.get_by_role("combobox", name="Aliases")
    field.press_sequentially("prod")
    protected = dialog.get_by_role(
        "option", name="only the role Admin may move it; yours is Member"
    )
    expect(protected).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")  # the list, not the dialog
    field.fill("")
    expect(dialog.get_by_text("as the next version (now v2)")).to_be_visible()
    field.press_sequentially("staging,candidate, best")
    expect(dialog.locator(".tokens > li")).to_have_text(["staging", "candidate"])
    sentence = "with aliases staging (moves from v1), candidate, best."
    expect(dialog.locator(".sentence")).to_contain_text(sentence)
    expect(field).to_be_focused()
    assert_accessible(page, "the second step")
    dialog.get_by_role("button", name="Link to registry").click()
    expect(dialog).to_have_count(0)
    name = "acme/wandb-registry-model/iris-classifier:v2"
    expect(page.locator("#messages")).to_contain_text(f"iris-model:v2 linked as {name}")
    expect(page.locator("#messages")).to_contain_text("staging moved from v1 to v2.")
    links = page.locator("dl", has_text="Linked to")
    for alias in ("staging", "candidate", "best"):
        expect(links.locator(".chip", has_text=alias)).to_be_visible()
    links.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris-classifier:v2")
    assert not world.linked.aliases.filter(name="staging").exists()  # it moved


def test_link_to_a_new_collection(world, open_page, bob):
    page = open_page(bob)
    dialog = open_dialog(page)
    dialog.get_by_label("New collection in").check()
    dialog.get_by_label("Name").fill("with/slash")
    dialog.get_by_role("button", name="Next step").click()
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill("brand-new")
    dialog.get_by_role("button", name="Next step").click()
    expect(dialog.get_by_text("as the next version (now v0)")).to_be_visible()
    dialog.get_by_role("button", name="Link to registry").click()
    expect(page.locator("#messages")).to_contain_text("brand-new:v0")
    assert Membership.objects.filter(collection__name="brand-new", index=0).exists()


def test_only_what_fits_is_offered(world, open_page, bob):
    page = open_page(bob)
    dialog = open_dialog(page)
    expect(dialog.get_by_role("radio")).to_have_count(3)  # two of the registry model, a new one
    dialog.get_by_role("searchbox").fill("shelf")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    expect(dialog.get_by_label("empty-shelf")).to_be_visible()


def test_a_search_loses_nothing(world, open_page, bob):
    page = open_page(bob)
    dialog = open_dialog(page)
    dialog.get_by_label("Name").fill("brand-new")
    dialog.get_by_label("iris-classifier").check()
    dialog.get_by_role("searchbox").press_sequentially("shelf")
    expect(dialog.get_by_text("empty-shelf")).to_be_visible()
    expect(dialog.get_by_role("radio")).to_have_count(3)
    expect(dialog.get_by_label("iris-classifier")).to_be_checked()
    expect(dialog.get_by_label("Name")).to_have_value("brand-new")
    expect(dialog.get_by_role("searchbox")).to_be_focused()


def test_back_keeps_the_choice(world, open_page, bob):
    page = open_page(bob)
    dialog = open_dialog(page)
    dialog.get_by_label("empty-shelf").check()
    dialog.get_by_role("button", name="Next step").click()
    dialog.get_by_role("link", name="Back").click()
    expect(dialog.get_by_label("empty-shelf")).to_be_checked()


def test_a_personal_artifact_is_refused_with_the_way_out(world, open_page, bob):
    page = open_page(bob)
    dialog = open_dialog(page, "/bob/scratch/artifacts/model/petals/v0")
    expect(dialog).to_contain_text(
        "petals:v0 can't be linked: it was logged to the personal account 'bob'. "
        "Registries accept artifacts that a team logged. "
        "Log it again with entity='vision' (your teams: vision)."
    )
    expect(dialog.locator("code")).to_have_text("entity='vision'")
    expect(dialog.get_by_role("button", name="Next step")).to_have_count(0)
