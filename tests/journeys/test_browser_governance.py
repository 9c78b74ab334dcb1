"""How an organization decides, as three people of different roles live it in their browsers.

Alice administers Acme, Bob is of the team vision, Nora is a member of Acme in no team of theirs.
"""

import contextlib
import os
import re
import signal

import pytest
from playwright.sync_api import expect

from artifacts.models import Membership
from registries.demo.client import Client
from registry_site.accounts.models import User
from tests.factories import fresh
from tests.journeys.conftest import settle
from tests.journeys.test_background import ask, until, worker_of
from tests.journeys.test_production_server import Server

LAUNCH = "/orgs/Acme/registry/Launch"
FLOWER = f"{LAUNCH}/flower"
MESSAGES = "#messages"
PICKER = re.compile("^People and teams")


def region(page, name):
    return page.get_by_role("region", name=name, exact=True)


def strip_line(page):
    return region(page, "Released versions").locator("li", has_text="production")


def open_launch(page):
    """Alice makes a restricted registry and opens it to the team vision."""
    page.goto("/orgs/Acme/registry/")
    page.get_by_role("link", name="Create registry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Launch")
    dialog.get_by_label("Restricted", exact=False).first.check()
    dialog.get_by_role("combobox", name=PICKER).press_sequentially("vision")
    dialog.get_by_role("option", name="vision").first.wait_for()
    page.keyboard.press("Enter")
    dialog.get_by_label("Role of these people and teams").select_option("member")
    dialog.get_by_role("button", name="Create registry").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Launch")


def protect(page, alias):
    page.goto(f"{LAUNCH}/settings/aliases")
    section = region(page, "Protected aliases")
    section.get_by_role("textbox").fill(alias)
    section.get_by_role("button", name="Protect aliases").click()
    expect(region(section, "Protected names and patterns")).to_contain_text(alias)
    settle(page)


def move(page, number, note):
    """Move `production` by the dialog of the strip."""
    strip_line(page).get_by_role("link", name="Move production").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To which version").select_option(number)
    dialog.get_by_role("button", name=f"Move production to {number}").wait_for()
    dialog.get_by_label("Note").fill(note)
    dialog.get_by_role("button", name=f"Move production to {number}").click()
    expect(dialog).to_have_count(0)


def test_access_is_requested_and_given(world, open_page, alice, bob):
    nora = User.objects.get(username="nora")
    admin, member, outsider = open_page(alice), open_page(bob), open_page(nora)
    open_launch(admin)
    assert member.goto(LAUNCH).status == 200
    assert outsider.goto(LAUNCH).status == 404  # they don't even see that it exists
    outsider.get_by_role("link", name="Request access").click()
    dialog = outsider.get_by_role("dialog")
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_label("Note").fill("For the spring release.")
    dialog.get_by_role("button", name="Request access").click()
    expect(dialog).to_have_count(0)
    outsider.goto("/")
    expect(region(outsider, "You asked for access")).to_contain_text("waiting")
    admin.goto("/")
    asked = region(admin, "Access requests").locator("li", has_text="Launch")
    expect(asked).to_contain_text("nora asks for the role Viewer in Launch")
    expect(asked).to_contain_text("For the spring release.")
    asked.get_by_role("button", name=re.compile("^Grant")).click()
    expect(region(admin, "Access requests").locator("li", has_text="Launch")).to_have_count(0)
    assert outsider.goto(LAUNCH).status == 200
    expect(outsider.get_by_role("link", name="Create collection")).to_be_disabled()  # a Viewer
    admin.goto(f"{LAUNCH}/-/history?topic=members")
    expect(admin.locator("#events")).to_contain_text("nora asked for the role Viewer")
    expect(admin.locator("#events")).to_contain_text("alice granted the request of nora")
    outsider.goto("/")
    expect(region(outsider, "You asked for access")).to_contain_text("granted: Viewer")


@pytest.fixture
def flower(world, open_page, alice, bob):
    """Two versions linked to Launch, of which v0 has the protected alias `production`."""
    page = open_page(alice)
    open_launch(page)
    protect(page, "production")
    ben, target = Client(fresh(bob)), "acme/wandb-registry-Launch/flower"
    for number in (0, 1):
        linked = ben.link(ben.find(f"vision/iris/iris-model:v{number}").version, target)
    first = Membership.objects.get(collection=linked.collection_id, index=0)
    page.goto(first.get_absolute_url())
    page.get_by_role("link", name="Add alias").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").press_sequentially("production,")
    dialog.get_by_role("button", name=re.compile("^Add")).click()
    expect(dialog).to_have_count(0)
    return page


def test_a_protected_alias_is_moved_undone_and_rolled_back(flower, open_page, alice, bob):
    member, page = open_page(bob), flower
    member.goto(FLOWER)
    expect(strip_line(member)).to_contain_text(re.compile(r"production\s+v0"))
    expect(strip_line(member).get_by_role("link", name="Move production")).to_be_disabled()
    expect(region(member, "Released versions")).to_contain_text("yours is Member")
    page.goto(FLOWER)
    move(page, "v1", "passed field test")
    expect(strip_line(page)).to_contain_text(re.compile(r"production\s+v1"))
    expect(strip_line(page)).to_contain_text("passed field test")
    page.locator(MESSAGES).get_by_role("button", name="Undo").click()
    expect(strip_line(page)).to_contain_text(re.compile(r"production\s+v0"))
    page.goto(FLOWER)
    move(page, "v1", "really passed it")
    page.goto(FLOWER)
    strip_line(page).get_by_role("link", name="Roll back to v0").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("false alarms at night")
    dialog.get_by_role("button", name="Roll back to v0").click()
    expect(strip_line(page)).to_contain_text(re.compile(r"production\s+v0"))
    # its periods, for whoever may look
    strip_line(page).get_by_role("link", name="History").click()
    rows = region(page, "Periods").locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("(rolled back)")
    expect(rows.nth(0)).to_contain_text("false alarms at night")
    expect(rows.nth(1)).to_contain_text("moved to v0")
    # and as sentences, in the action history
    member.goto(f"{FLOWER}/-/history?topic=aliases")
    entries = member.locator(".history-entry")
    expect(entries.nth(0)).to_contain_text(
        "alice rolled production back from v1 to v0: false alarms at night"
    )
    expect(entries.nth(1)).to_contain_text("alice moved production from v0 to v1: really passed it")
    expect(entries.nth(3)).to_contain_text(
        "alice moved production from v0 to v1: passed field test"
    )
    expect(entries).to_have_count(5)
    entries.nth(1).get_by_role("link", name="v1").click()
    expect(member.get_by_role("heading", level=1)).to_have_text("flower:v1")


DELETE = """
api = wandb.Api()
[run] = [each for each in api.runs("vision/iris") if each.display_name == "train-0.9"]
tell(run=refusal(lambda: run.delete(delete_artifacts=True)))
"""


def test_what_stops_a_run_from_being_deleted_by_the_sdk(world, open_page, alice, bob, sdk):
    page = open_page(alice)
    source = "/vision/iris/artifacts/model/iris-model/v2"  # logged by train-0.9, linked nowhere
    hold = page.locator("main .message", has_text="Nobody can delete or unlink it")
    page.goto(source)
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("link", name="Place legal hold").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Audit of the spring release")
    dialog.get_by_role("button", name=re.compile("hold", re.IGNORECASE)).click()
    expect(hold).to_contain_text("Audit of the spring release")
    sentence, _seconds = sdk(bob, DELETE)["run"]
    assert "legal hold" in sentence
    assert "Audit of the spring release" in sentence or "alice" in sentence
    hold.get_by_role("link", name="Lift hold").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The audit is over")
    dialog.get_by_role("button", name=re.compile("hold", re.IGNORECASE)).click()
    expect(hold).to_have_count(0)
    Client(fresh(bob)).link(world.logged.version, "acme/wandb-registry-model/iris-classifier")
    sentence, _seconds = sdk(bob, DELETE)["run"]
    assert "registries keep what is linked" in sentence
    assert "iris-classifier:v2" in sentence
    assert Membership.objects.live().filter(pk=world.logged.pk).exists()
    page.goto(f"{source}/-/history")
    told = page.locator("#events")
    expect(told).to_contain_text("alice put iris-model:v2 on legal hold")
    expect(told).to_contain_text("alice lifted the legal hold on iris-model:v2")


# ------------------------------------------------------------------ a job, and its worker killed

SEED = """
from tests import factories
from registry_site.accounts.models import Team, User
import registry_site.urls
project = factories.make_project(Team.objects.get(entity__name="flowers"), "night")
sequence = factories.make_collection(project, "many")
for _number in range(210):
    factories.make_version(sequence, files={})
ana = User.objects.get(username="ana")
ana.set_password("correct-horse-battery")
ana.save()
"""


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path, has_static_files=True)
    running.wait()
    yield running
    running.stop()


def live(server):
    return ask(server, "SELECT COUNT(*) FROM artifacts_version WHERE deleted_at IS NULL")[0][0]


@pytest.mark.slow
@pytest.mark.browser
def test_two_hundred_versions_deleted_by_a_job_whose_worker_is_killed(server, chromium):
    server.manage("shell", "-v0", "-c", SEED)
    until(lambda: worker_of(server))
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", locale="en-US")
    with contextlib.closing(context):
        page = context.new_page()
        page.goto("/login")
        page.locator("input[name=username]").fill("ana")
        page.locator("input[name=password]").fill("correct-horse-battery")
        page.keyboard.press("Enter")
        page.wait_for_url("/")
        page.goto("/flowers/night/artifacts/model/many")
        page.get_by_role("button", name="Delete versions").click()
        page.get_by_label("All but the newest").check()
        page.get_by_label("Newest versions that stay").fill("10")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Delete 200").click()
        page.wait_for_url(re.compile("/jobs/"))
        job = page.url
        label = page.locator("label[for=job-progress]")
        seen = until(lambda: re.match("([0-9]+) of 200", label.inner_text()))
        until(lambda: int(re.match("[0-9]+", label.inner_text())[0]) > int(seen[1]))  # it moves
        [pid] = until(lambda: worker_of(server))
        os.kill(pid, signal.SIGKILL)
        expect(page.locator("#job")).to_contain_text("Done", timeout=60_000)
        until(lambda: live(server) == 10, 60)
        page.goto("/")
        activity = region(page, "Recent activity")
        expect(activity).to_contain_text("ana deleted 200 versions of many")
        page.goto(job)
        page.get_by_role("button", name="Restore all of it").click()
        page.wait_for_url(lambda url: url != job)
        until(lambda: live(server) == 210, 60)
        page.goto("/flowers/night/artifacts/model/many")
        expect(page.locator("#versions")).to_contain_text("210 versions")
        page.goto("/flowers/night/-/trash")
        expect(page.locator("#trash")).to_contain_text("The trash is empty")
