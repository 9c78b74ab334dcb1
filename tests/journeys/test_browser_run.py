"""The page of a run that goes on: it takes over what is new and leaves one's work alone."""

import pytest
from playwright.sync_api import expect

from artifacts.models import Run, RunFile
from artifacts.services.runs.streams import Chunk, add_lines
from registry_site.accounts.models import User
from tests import factories
from tests.helpers.media import MEDIA, PNG

PAGE = "/vision/iris/runs/going"
RICH = "/vision/iris/runs/rich"
TABLE = b'{"columns": ["id", "x"], "data": [[1, 0.5], [2, 0.25]]}'


@pytest.fixture
def run(world, monkeypatch):
    monkeypatch.setattr("artifacts.views.run.runs.REFRESH", 1)
    project = world.run.project
    summary = {"deep": {"f1": 1}, "loss": 1}
    bob = User.objects.get(username="bob")
    return factories.make_run(project, bob, name="going", display_name="going", summary=summary)


def log(run, **fields):
    rows = [{"_step": step, "loss": 1 / (step + 1)} for step in range(30)]
    lines = [f"line {number}" for number in range(200)]
    factories.make_lines(run, "history", *rows)
    factories.make_lines(run, "console", *lines)
    Run.objects.filter(pk=run.pk).update(**fields)


def test_a_page_takes_over_what_is_new(open_page, bob, run):
    page = open_page(bob)
    page.goto(PAGE)
    expect(page.locator("#history")).to_contain_text("No numbers were logged over time yet.")
    expect(page.locator("#console")).to_contain_text("The run has printed nothing yet.")
    page.evaluate("document.getElementById('run-facts').dataset.seen = 'untouched'")
    log(run, summary={"deep": {"f1": 2}, "loss": 0.5})
    expect(page.locator("figure.chart", has_text="loss")).to_be_visible()
    expect(page.locator("#console")).to_contain_text("line 199")
    expect(page.locator("#run-summary")).to_contain_text("0.5")
    assert page.locator("#announcer").text_content() == ""
    add_lines(by=bob, run=run, chunk=Chunk(is_complete=True, exit_code=0))
    expect(page.locator("#run-state")).to_contain_text("finished")
    expect(page.locator("#run-refresh")).to_have_count(0)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1_500)
    assert not asked


def test_it_leaves_alone_what_one_has_in_hand(open_page, bob, run):
    log(run)
    page = open_page(bob)
    page.goto(PAGE)
    page.locator("#run-summary details").first.evaluate("each => each.open = false")
    page.locator("#console .log").evaluate("each => each.scrollTop = 40")
    page.locator("#find-metrics").press_sequentially("lo", delay=10)
    expect(page.locator("#history")).to_contain_text("1 metric")
    page.locator("#find-metrics").press_sequentially("ss", delay=10)
    before = page.evaluate("scrollY")
    log(run, summary={"deep": {"f1": 2}, "loss": 7})
    factories.make_lines(run, "console", "the newest line", offset=200)
    expect(page.locator("#console")).to_contain_text("the newest line")
    expect(page.locator("#run-summary")).to_contain_text("7")
    expect(page.locator("#find-metrics")).to_have_value("loss")
    expect(page.locator("#find-metrics")).to_be_focused()
    assert not page.locator("#run-summary details").first.evaluate("each => each.open")
    assert page.locator("#console .log").evaluate("each => each.scrollTop") == 40
    assert page.evaluate("scrollY") == before


def test_refresh_by_hand_says_so_and_works_without_javascript(open_page, bob, run, monkeypatch):
    monkeypatch.setattr("artifacts.views.run.runs.REFRESH", 600)
    page, plain = open_page(bob), open_page(bob, javascript=False)
    page.goto(PAGE)
    plain.goto(PAGE)
    log(run)
    for each in (page, plain):
        each.get_by_role("link", name="Refresh").click()
        expect(each.locator("figure.chart", has_text="loss")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Refreshed.")
    expect(page.get_by_role("link", name="Refresh")).to_be_focused()


def test_who_was_signed_out_meanwhile_is_not_sent_away(open_page, bob, run):
    page = open_page(bob)
    page.goto(PAGE)
    page.context.clear_cookies()
    page.wait_for_timeout(2_500)
    assert page.url.endswith(PAGE)
    expect(page.locator("#messages")).to_be_empty()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_run_with_everything_is_accessible_and_fits(
    world, open_page, bob, assert_accessible, width
):
    """Media, gaps, a spike, many metrics, and names that count."""
    names = [f"{prefix}{n}" for prefix in ("train/m", "val/m", "layer ") for n in range(1, 14)]
    rows = [{"_step": step} | dict.fromkeys(names, step) for step in range(400)]
    rows[333]["layer 1"] = 5_000
    for step in range(0, 400, 10):
        rows[step]["layer 2"] = float("nan")
    rows[7]["layer 3"] = float("inf")
    rows[9]["a_best"] = 0.5
    run = factories.make_run(world.run.project, bob, name="rich", summary=MEDIA | {"loss": 1})
    factories.make_lines(run, "history", *rows)
    for path, content in (("media/images/0.png", PNG), ("media/table/table.table.json", TABLE)):
        RunFile.objects.create(run=run, name=path, blob=factories.make_blob(content))
    page = open_page(bob, width=width)
    files = f"{RICH}/-/file?file=media"
    for address in (
        RICH,
        f"{RICH}?summary_media_from=6",
        f"{RICH}?find=nothing",
        f"{files}/images/0.png",
        f"{files}/table/table.table.json",
        f"{RICH}/-/history?key=layer+2",
    ):
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(RICH)
    chart = page.get_by_role("img", name="layer 1: lowest 0 · highest 5,000 · last 399")
    box, plot = chart.bounding_box(), chart.locator(".chart-plot").bounding_box()
    assert plot["x"] + plot["width"] <= box["x"] + box["width"] <= width  # the newest steps, too
