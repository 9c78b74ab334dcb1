"""Times: relative, with the exact one in the browser's zone and in UTC for who points at it."""

from datetime import UTC, datetime

from artifacts.models import Run
from tests import factories

MOMENT = datetime(2026, 1, 31, 23, 59, 58, tzinfo=UTC)
PAGE = "/vision/iris"


def test_exact_times_are_local_with_utc_beside_them(bob, project, open_page):
    factories.make_run(project, bob)
    Run.objects.update(created_at=MOMENT)
    page = open_page(bob, zone="Asia/Tokyo")
    page.goto(PAGE)
    time = page.locator("#runs time").first
    assert "ago" in time.inner_text() or "in " in time.inner_text()
    both = "2026-02-01 08:59:58 GMT+9 · 2026-01-31 23:59:58 UTC"
    time.hover()
    assert time.get_attribute("title") == both
    time.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.locator(".tip").inner_text() == both
    page.keyboard.press("Escape")
    assert page.locator(".tip").count() == 0


def test_without_a_script_or_in_utc_there_is_one_time_and_its_zone(bob, project, open_page):
    factories.make_run(project, bob)
    Run.objects.update(created_at=MOMENT)
    for options in ({"javascript": False}, {"zone": "UTC"}):
        page = open_page(bob, **options)
        page.goto(PAGE)
        time = page.locator("#runs time").first
        time.hover()
        assert time.get_attribute("title") == "2026-01-31 23:59:58 UTC"


def test_lines_of_a_console_have_local_times(bob, project, open_page):
    run = factories.make_run(project, bob, name="r1")
    factories.make_lines(run, "console", "2026-01-31T23:59:58.000000 epoch 1")
    page = open_page(bob, zone="Asia/Tokyo")
    page.goto(f"{PAGE}/runs/r1")
    time = page.locator("#console time").first
    assert time.inner_text() == "08:59:58"
    assert time.get_attribute("title").endswith("2026-01-31 23:59:58 UTC")
