"""The lineage graph by mouse, by keyboard alone, and without a script."""

import re

import pytest
from playwright.sync_api import expect

from artifacts.models import RunInput, RunOutput
from tests import factories
from tests.journeys.conftest import settle

URL = "/vision/iris/artifacts/dataset/iris-data/v0/lineage"


@pytest.fixture
def fan(world, alice):
    """Besides the three that trained on the data, four more runs read it; opens them all."""
    data = RunInput.objects.filter(run=world.run).get().version
    for number in range(4):
        run = factories.make_run(world.run.project, alice, display_name=f"reader-{number}")
        RunInput.objects.create(run=run, version=data)
    return f"version-{data.pk}.down.run"


def node(page, name):
    return page.locator("#graph a", has_text=name)


def test_by_mouse(alice, fan, open_page, assert_accessible):
    page = open_page(alice)
    page.goto(URL)
    node(page, "7 runs").click()
    panel = page.locator("#lineage-details")
    expect(panel.get_by_role("heading", name="7 runs")).to_be_focused()
    panel.get_by_label("Search in the cluster").nth(1).fill("train-0.5")
    page.keyboard.press("Enter")
    expect(panel.locator(".lineage-members > li")).to_have_count(1)
    expect(page.locator("#graph use").first).to_have_attribute("href", re.compile("icons.*#"))
    assert_accessible(page)
    panel.get_by_role("link", name="Show separately train-0.5").click()
    expect(node(page, "6 runs")).to_have_count(1)
    node(page, "train-0.5").hover()
    expect(page.locator("#graph .tracing .on-trace")).not_to_have_count(0)
    expect(page.locator("#graph .node:not(.on-trace)")).not_to_have_count(0)
    page.get_by_role("button", name="Zoom in").click()
    width = page.locator("#graph > svg").get_attribute("width")
    page.get_by_role("button", name="Fit").click()
    assert float(page.locator("#graph > svg").get_attribute("width")) < float(width)
    node(page, "train-0.5").click()
    expect(panel).to_contain_text("rate")
    assert_accessible(page)
    page.get_by_label("Direction").select_option("up")
    expect(node(page, "train-0.5")).to_have_count(0)
    assert "direction=up" in page.url


def test_by_keyboard_alone(alice, fan, open_page):
    page = open_page(alice)
    page.goto(URL)
    node(page, "7 runs").focus()
    expect(page.locator("#graph .tracing")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#lineage-details-head")).to_be_focused()
    page.keyboard.press("Escape")
    expect(node(page, "7 runs")).to_be_focused()
    page.get_by_role("link", name="Show as a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Show as a graph")).to_be_focused()
    name = page.get_by_role("row").get_by_role("link", name="7 runs", exact=True)
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lineage-details-head")).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    page.get_by_role("link", name="Show as a graph").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Show as a table")).to_be_focused()
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(ring) == "solid"
    node(page, "7 runs").focus()
    before = float(page.locator("#graph > svg").get_attribute("width"))
    page.keyboard.press("+")
    assert float(page.locator("#graph > svg").get_attribute("width")) > before
    page.keyboard.press("0")
    assert float(page.locator("#graph > svg").get_attribute("width")) <= before


def test_full_screen_holds_graph_and_panel(alice, fan, open_page, assert_accessible):
    page = open_page(alice)
    page.goto(f"{URL}?open={fan}")
    page.get_by_role("button", name="Full screen").click()
    expect(page.locator("#lineage-screen:fullscreen")).to_have_count(1)
    node(page, "train-0.5").click()
    expect(page.locator("#lineage-screen:fullscreen #lineage-details")).to_be_in_viewport()
    node(page, "train-0.9").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lineage-details-head")).to_have_text("train-0.9")
    expect(page.locator("#lineage-details-head")).to_be_focused()
    page.get_by_role("link", name="Path from here").click()
    expect(page.locator("#lineage-path")).to_be_focused()
    node(page, "prepare").click()
    expect(page.locator(".lineage-path li")).to_have_count(3)
    page.get_by_label("Direction").select_option("down")
    expect(node(page, "prepare")).to_have_count(0)
    expect(page.locator("#lineage-screen:fullscreen #graph")).to_be_in_viewport()
    assert_accessible(page)
    page.get_by_role("link", name="Show as a table").click()
    expect(page.locator("#lineage-screen:fullscreen .lineage-table")).to_be_in_viewport()
    page.get_by_role("button", name="Leave full screen").click()
    expect(page.locator("#lineage-screen:fullscreen")).to_have_count(0)
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()


def test_names_stay_inside_their_nodes(world, alice, open_page):
    data = RunInput.objects.filter(run=world.run).get().version
    for name in ("WIDE NAMES OF MANY WORMS", "学習ジョブ：決定木の深さを変えた実験", "m" * 99):
        run = factories.make_run(world.run.project, alice, display_name=name, job_type=name)
        RunInput.objects.create(run=run, version=data)
    page = open_page(alice)
    page.goto(f"{URL}?open=version-{data.pk}.down.run")
    expect(page.locator("#graph title")).to_have_count(3)
    beyond = """(nodes) => nodes.filter((node) => {
        const right = (part) => part.getBoundingClientRect().right;
        const edge = right(node.querySelector("rect:last-of-type"));
        return [...node.querySelectorAll("text")].some((text) => right(text) > edge);
    }).map((node) => node.textContent)"""
    assert page.locator("#graph .node").evaluate_all(beyond) == []


def test_without_script(alice, fan, open_page):
    page = open_page(alice, javascript=False, width=390)
    page.goto(URL)
    node(page, "7 runs").click()
    assert page.get_by_role("heading", name="7 runs").bounding_box()["y"] < 450
    page.get_by_role("link", name="Show all in the graph").click()
    node(page, "train-0.9").click()
    page.get_by_role("link", name="Path from here").click()
    node(page, "prepare").click()
    expect(page.locator(".lineage-path li")).to_have_count(3)
    page.get_by_role("link", name="Leave the path").click()
    page.get_by_role("link", name="Show as a table").click()
    page.get_by_role("row", name="train-0.9").get_by_role("link", name="train-0.9").click()
    expect(page.locator("#lineage-details")).to_contain_text("rate")
    page.get_by_role("link", name="Show as a graph").click()
    page.get_by_role("link", name="Fold clusters").click()
    expect(node(page, "7 runs")).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 390])
def test_accessible_with_panel_and_table_open(alice, fan, open_page, assert_accessible, width):
    page = open_page(alice, width=width)
    page.goto(f"{URL}?open={fan}")
    node(page, "train-0.5").click()
    expect(page.locator("#lineage-details")).to_contain_text("rate")
    assert_accessible(page)
    page.get_by_role("link", name="Show as a table").click()
    expect(page.get_by_role("row", name="train-0.9")).to_be_visible()
    expect(page.locator("#lineage-details")).to_contain_text("rate")
    assert_accessible(page)


FAINT = """nodes => nodes.filter(node => getComputedStyle(node).opacity < 1).length"""


def test_a_click_leaves_the_other_nodes_as_they_are(alice, fan, open_page):
    """Those beside the mouse are traced again only where it points at another one."""
    page = open_page(alice)
    page.goto(URL)
    nodes = page.locator("#graph .node")
    node(page, "prepare").hover()
    assert nodes.evaluate_all(FAINT) == 0  # it leads to all of them
    node(page, "7 runs").click()
    expect(page.locator("#lineage-details-head")).to_have_text("7 runs")
    settle(page)
    assert nodes.evaluate_all(FAINT) == 0
    page.goto(f"{URL}?open={fan}")
    node(page, "train-0.5").click()
    expect(page.locator("#lineage-details-head")).to_have_text("train-0.5")
    settle(page)
    assert nodes.evaluate_all(FAINT) == 0
    node(page, "train-0.9").hover()
    traced = page.locator("#graph .node.on-trace")
    expect(traced.filter(has_text="train-0.9")).to_have_count(1)
    assert 0 < nodes.evaluate_all(FAINT) < nodes.count() - 1


LINKED = "/orgs/Acme/registry/model/iris-classifier/v1/lineage"
IN_SIGHT = """nodes => nodes.length && nodes.every(node => {
  const rectangle = each => each.getBoundingClientRect();
  const [own, seen] = [node, document.getElementById("graph")].map(rectangle);
  return own.left >= seen.left - 1 && own.right <= seen.right + 1 && own.top >= seen.top - 1
    && own.bottom <= seen.bottom + 1 && own.bottom <= innerHeight && own.right <= innerWidth;
})"""


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_it_begins_with_the_version_and_what_is_beside_it(alice, world, open_page, width):
    """However long the graph is: here it has 13 columns."""
    place = world.linked
    version = place.version
    for number in range(4):
        run = factories.make_run(world.run.project, alice, display_name=f"step-{number}")
        RunInput.objects.create(run=run, version=version)
        made = factories.make_collection(world.run.project, f"made-{number}")
        version = factories.make_version(made, files={})
        RunOutput.objects.create(run=run, version=version)
    page = open_page(alice, width=width)
    page.goto(f"{LINKED}?depth=all")
    beside = [node(page, name) for name in ("train-0.5", "score", "step-0", "iris-classifier:v1")]
    for each in beside:
        assert each.evaluate_all(IN_SIGHT), each
    text = node(page, "iris-classifier:v1").locator("text").nth(1)
    assert text.evaluate("each => each.getBoundingClientRect().height") >= 9  # it can be read
    expect(node(page, "source iris-model:v1")).to_have_count(1)


@pytest.mark.parametrize("width", [1024, 1440])
def test_an_opened_cluster_is_in_sight(alice, world, open_page, width):
    """Of a long graph, whose beginning was in sight before."""
    version = RunInput.objects.filter(run=world.run).get().version
    for number in range(4):
        run = factories.make_run(world.run.project, alice, display_name=f"step-{number}")
        RunInput.objects.create(run=run, version=version)
        made = factories.make_collection(world.run.project, f"made-{number}")
        version = factories.make_version(made, files={})
        RunOutput.objects.create(run=run, version=version)
    for number in range(6):
        run = factories.make_run(world.run.project, alice, display_name=f"reader-{number}")
        RunInput.objects.create(run=run, version=version)
    page = open_page(alice, width=width)
    page.goto(f"{URL}?depth=all")
    node(page, "6 runs").click()
    expect(page.locator("#lineage-details")).to_be_visible()
    settle(page)
    assert node(page, "6 runs").evaluate_all(IN_SIGHT.replace("own.bottom <= innerHeight", "true"))
    page.get_by_role("link", name="Show all in the graph").click()
    expect(node(page, "reader-")).to_have_count(6)
    settle(page)
    assert node(page, "reader-").evaluate_all(IN_SIGHT)
    # what came under the mouse by itself is not pointed at
    assert page.locator("#graph .node").evaluate_all(FAINT) == 0


def test_what_is_beside_a_node_does_not_hide_behind_its_panel(alice, world, open_page):
    page = open_page(alice)
    page.goto(f"{LINKED}?depth=all")
    node(page, "iris-classifier:v1").click()
    expect(page.locator("#lineage-details")).to_be_visible()
    settle(page)
    for name in ("train-0.5", "score", "iris-classifier:v1"):
        assert node(page, name).evaluate_all(IN_SIGHT), name
    assert page.locator("#graph .on-trace").count() == 0


def test_what_is_hidden_takes_no_focus(bob, world, open_page):
    project = factories.make_project(
        factories.make_team("ml", world.run.project.entity.team.organization), "own"
    )
    run = factories.make_run(project, display_name="unseen")
    RunInput.objects.create(run=run, version=world.linked.version)
    page = open_page(bob)
    page.goto(LINKED)
    hidden = page.locator("#graph .node", has_text="not visible to you")
    expect(hidden).to_have_count(1)
    assert hidden.evaluate("each => [each.localName, each.tabIndex]") == ["g", -1]
