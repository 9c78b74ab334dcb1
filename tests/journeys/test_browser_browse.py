"""Reading: from the home page down to the files of a version, and through a project."""

from playwright.sync_api import expect

TABS = {
    "Metadata": "rate",
    "Usage": 'run.use_artifact("acme/wandb-registry-model/iris-classifier:v1"',
    "Files": "README.md",
    "Lineage": "train-0.5",
    "Version": "Version overview",
}


def test_from_home_to_the_five_tabs(world, open_page, victor):
    page = open_page(victor)
    page.goto("/")
    page.get_by_role("link", name="Registry", exact=True).click()
    expect(page.get_by_role("heading", name="Core registry")).to_be_visible()
    page.get_by_role("link", name="model", exact=True).click()
    page.get_by_role("link", name="iris-classifier", exact=True).click()
    expect(page.get_by_role("cell", name="0.97")).to_be_visible()  # the card
    page.get_by_role("row", name="v1").get_by_role("link", name="View").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris-classifier:v1")
    for tab, fact in TABS.items():
        page.get_by_label("Version", exact=True).get_by_role("link", name=tab).click()
        expect(page.get_by_label("Version", exact=True).locator("[aria-current]")).to_contain_text(
            tab
        )
        expect(page.locator("main")).to_contain_text(fact)


def test_files_open_folder_by_folder_and_download(world, open_page, victor):
    page = open_page(victor)
    page.goto("/orgs/Acme/registry/model/iris-classifier/v1/files")
    page.get_by_role("link", name="reports").click()
    page.get_by_role("link", name="confusion.csv", exact=True).click()
    expect(page.get_by_role("columnheader", name="b")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download file").click()
    assert download.value.path().read_bytes() == b"a,b\n1,2\n"


def test_a_project_its_run_and_the_artifact_browser(world, open_page, victor):
    page = open_page(victor)
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="iris").click()
    page.get_by_role("link", name="train-0.5").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("train-0.5")
    expect(page.get_by_text("trained")).to_be_visible()  # its console
    expect(page.locator("figure.chart", has_text="accuracy")).to_be_visible()
    page.get_by_role("link", name="iris-model:v1").click()
    tree = page.get_by_role("navigation", name="Collections")
    expect(tree.locator("[aria-current=page]")).to_contain_text("v1")
    shelf = tree.locator("details details", has_text="iris-data")
    shelf.locator("summary").click()
    shelf.get_by_role("link", name="v0").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris-data:v0")


def test_the_tree_is_filtered_in_place(world, open_page, victor):
    page = open_page(victor)
    page.goto("/vision/iris/artifacts")
    page.get_by_role("searchbox", name="Filter collections").fill("data")
    tree = page.get_by_role("navigation", name="Collections")
    expect(tree.get_by_text("iris-model")).to_have_count(0)
    expect(tree.get_by_text("iris-data")).to_be_visible()


def test_a_restricted_viewer_sees_files_but_opens_none(world, open_page, bob):
    page = open_page(bob)
    page.goto("/orgs/Acme/registry/Archive/kept/v0/files")
    expect(page.get_by_role("link", name="Download")).to_have_count(0)
    page.get_by_role("link", name="model.json").click()
    expect(page.get_by_text("needs the role Viewer or above")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_have_count(0)
    expect(page.get_by_text("rate")).to_have_count(0)


def test_theme_and_language_are_chosen_in_the_rail(world, open_page, bob):
    page = open_page(bob)
    page.goto("/vision/iris")
    page.get_by_role("button", name="Dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    assert page.url.endswith("/vision/iris")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_login_leads_on_to_where_one_was_going(world, open_page):
    page = open_page()
    page.goto("/vision/iris")
    page.get_by_label("Username").fill("bob")
    page.get_by_label("Password").fill("wrong-wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("don't belong together")).to_be_visible()
    page.get_by_label("Password").fill("correct-horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("iris")
