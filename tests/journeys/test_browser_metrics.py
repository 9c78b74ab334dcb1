"""Numbers of versions in a browser: columns, the best, charts, histories over each other."""

import pytest
from playwright.sync_api import expect

SOURCE = "/vision/iris/artifacts/model/iris-model"
LINKED = "/orgs/Acme/registry/model/iris-classifier"


def names(page):
    return [text.split()[0] for text in page.locator(".metric-name").all_inner_texts()]


@pytest.mark.parametrize("address", [SOURCE, LINKED])
@pytest.mark.parametrize("javascript", [True, False])
def test_columns_best_and_chart(world, open_page, victor, address, javascript):
    page = open_page(victor, javascript=javascript)
    page.goto(address)
    page.get_by_role("link", name="Show metrics").click()
    expect(page.locator(".metric-name").first).to_contain_text("run.accuracy")
    assert names(page) == ["run.accuracy", "run.epoch", "metadata.rate"]
    page.get_by_role("link", name="Columns", exact=True).click()
    panel = page.get_by_role("form", name="Columns")
    panel.get_by_label("run.epoch").uncheck()
    panel.get_by_role("button", name="Show columns").click()
    expect(page.locator(".metric-name")).to_have_count(2)
    page.get_by_role("link", name="Move metadata.rate up").click()
    expect(page.locator(".metric-name").first).to_contain_text("metadata.rate")
    assert names(page) == ["metadata.rate", "run.accuracy"]
    page.get_by_role("link", name="Close columns").click()
    expect(page.get_by_role("form", name="Columns")).to_have_count(0)

    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="v0", exact=True))
    expect(row.locator(".best")).to_have_count(0)
    page.get_by_role("link", name="highest is best").first.click()
    expect(row.locator(".best")).to_have_text("0.1 best")

    page.get_by_role("link", name="run.accuracy (show as a chart)").click()
    chart = page.locator("figure.chart")
    expect(chart.get_by_role("group", name="run.accuracy: lowest 0.1")).to_be_visible()
    expect(chart.locator("svg .mark").first).to_be_visible()
    chart.get_by_text("Show the numbers as a table").click()
    chart.get_by_role("link", name="v1").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(":v1")


def test_the_filter_keeps_the_columns_and_the_address_all(world, open_page, victor):
    page = open_page(victor)
    page.goto(LINKED)
    page.get_by_role("link", name="Show metrics").click()
    page.get_by_role("link", name="run.accuracy (show as a chart)").click()
    expect(page.locator("figure.chart")).to_be_visible()
    page.get_by_role("searchbox", name="Filter versions").fill("staging")
    expect(
        page.get_by_role("region", name="Versions", exact=True).get_by_role("row")
    ).to_have_count(2)
    expect(page.locator("figure.chart")).to_be_visible()
    page.wait_for_url("**q=staging**")
    page.reload()
    expect(page.locator("figure.chart")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Filter versions")).to_have_value("staging")
    expect(
        page.get_by_role("region", name="Versions", exact=True).get_by_role("row")
    ).to_have_count(2)


def test_columns_by_keyboard(world, open_page, victor):
    page = open_page(victor)
    page.goto(f"{SOURCE}?metrics=1&choose=1")
    find = page.get_by_role("searchbox", name="Find metrics")
    panel = page.get_by_role("form", name="Columns")
    panel.get_by_label("run.epoch").uncheck()
    page.get_by_role("button", name="Show columns").press("Enter")
    expect(panel.locator("#offered-columns li")).to_have_count(1)
    find.press_sequentially("zzz")
    expect(panel.get_by_label("run.epoch")).to_be_hidden()
    find.fill("EPO")
    expect(panel.get_by_label("run.epoch")).to_be_visible()
    panel.get_by_label("run.epoch").press("Space")
    find.press("Enter")
    expect(page.locator(".metric-name")).to_have_count(3)
    up = page.get_by_role("link", name="Move run.epoch up")
    up.press("Enter")
    expect(page.locator(".metric-name").nth(1)).to_contain_text("run.epoch")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".metric-name").first).to_contain_text("run.epoch")


def test_versions_are_ticked_and_compared(world, open_page, victor):
    page = open_page(victor)
    page.goto(SOURCE)
    compare = page.get_by_role("button", name="Compare", exact=True)
    over = page.get_by_role("button", name="Compare histories")
    expect(compare).to_be_disabled()
    expect(over).to_be_disabled()
    expect(page.get_by_text("Tick two versions to compare them")).to_be_visible()
    page.get_by_label("Choose v2").check()
    expect(compare).to_be_disabled()
    expect(over).to_be_enabled()
    page.get_by_label("Choose v0").check()
    compare.click()
    page.wait_for_url("**/-/compare?**")
    expect(page.get_by_role("columnheader", name="iris-model:v0").first).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Choose v0")).to_be_checked()
    over.click()
    page.wait_for_url("**/-/histories?**")
    expect(page.locator(".chart-legend li")).to_have_text(["iris-model:v2", "iris-model:v0"])


def test_histories_over_each_other(world, open_page, victor, assert_accessible):
    page = open_page(victor, javascript=False)
    page.goto(SOURCE)
    for number in ("v0", "v1", "v2"):
        page.get_by_label(f"Choose {number}").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("main")).to_contain_text("3 were chosen")
    page.go_back()
    page.get_by_role("button", name="Compare histories").click()
    page.get_by_label("Metric").select_option("epoch")
    page.get_by_role("button", name="Show history").click()
    expect(page.get_by_role("img", name="epoch: lowest 0, highest 2; lines: 3")).to_be_visible()
    page.get_by_role("link", name="Numbers (epoch)").click()
    expect(page.get_by_role("region", name="Numbers").get_by_role("row")).to_have_count(4)


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_numbers_are_accessible(world, open_page, victor, assert_accessible, width):
    page = open_page(victor, width=width)
    for address in (
        f"{SOURCE}?metrics=1&choose=1&chart=run.accuracy",
        f"{LINKED}?metrics=1&choose=1&chart=metadata.rate",
        "/-/histories?version=vision/iris/iris-model:v0&version=vision/iris/iris-model:v2",
        world.fill("/vision/iris/runs/{run}"),
    ):
        page.goto(address)
        for details in page.locator("figure details").all():
            details.evaluate("element => element.open = true")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
