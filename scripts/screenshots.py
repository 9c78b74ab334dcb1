"""scripts/screenshots: takes the pictures of docs/screenshots from a server that it starts."""

import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import django
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.serving import Server, serving

TARGET = Path("docs/screenshots")
PERSON = "ana"  # an admin, who sees every action that a page offers
WIDTH = 1270  # of each picture, in pixels; a table of metrics ends with a whole column
AGE = dt.timedelta(days=3)  # of the demo in the pictures: "just now" would be a minute ago soon
PATIENCE = 60_000  # milliseconds; generous for a busy machine
QUIET = [  # keep Chromium from calling home
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
MODEL, DATASET = (f"/orgs/{quote('Bloom Labs')}/registry/{name}" for name in ("model", "dataset"))


def main() -> None:
    """Take every picture in both themes; raise the browser's error where a page differs."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        with serving(DEMO="1") as server:
            session = prepare_demo()
            with chromium() as browser:
                for theme in ("light", "dark"):
                    for name, picture in PICTURES.items():
                        page = open_page(browser, server, session, theme, picture.height)
                        picture.show(page)
                        page.screenshot(path=TARGET / f"{name}-{theme}.png")
                        page.context.close()


# ------------------------------------------------------------------ what is in the frame


def show_collection(page: Page) -> None:
    """Show a collection of a registry: its production version, versions and metrics."""
    columns = ["run.validation_accuracy", "run.validation_log_loss", "run.train_log_loss"]
    query = urlencode([("metrics", "1"), *(("columns", name) for name in columns)])
    page.goto(f"{MODEL}/iris-classifier?{query}")
    expect(page.locator(".best").first).to_be_visible()


def show_lineage(page: Page) -> None:
    """Show the lineage of a version of a dataset: its sources, and the runs that trained on it."""
    page.goto(f"{DATASET}/iris-split/latest/lineage")
    page.get_by_role("button", name="Fit").click()
    page.mouse.move(0, 0)
    expect(page.locator("#graph .node-current")).to_be_visible()


def show_link(page: Page) -> None:
    """Show the second step of linking a version to a registry, before it is sent."""
    page.goto("/flowers/iris/artifacts/model/iris-classifier/latest")
    page.get_by_role("link", name="Link to registry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("field-guide").check()
    dialog.get_by_role("button", name="Next step").click()
    dialog.get_by_role("combobox", name="Aliases").press_sequentially("candidate,production,")
    expect(dialog.locator(".sentence")).to_contain_text("production (moves from")


@dataclass(frozen=True)
class Picture:
    """What to do on a page before the picture, and the height of the window in pixels."""

    show: Callable[[Page], None]
    height: int


PICTURES = {
    "collection": Picture(show_collection, 900),
    "lineage": Picture(show_lineage, 640),
    "link": Picture(show_link, 720),
}


# ------------------------------------------------------------------ the demo and the browser


def prepare_demo() -> dict[str, str]:
    """Make the demo data with the age it should show; return the session cookie of a person."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry_site.settings")
    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.db.models import DateTimeField, F
    from django.test import Client

    from registry_site.accounts.models import User

    for model in apps.get_models():
        times = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
        if times:
            model._base_manager.update(**{name: F(name) - AGE for name in times})
    client = Client()
    client.force_login(User.objects.get(username=PERSON))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        sys.exit("cairn: chromium is missing; on Debian it comes with the package of that name.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def open_page(
    browser: Browser, server: Server, session: dict[str, str], theme: str, height: int
) -> Page:
    """Return a new tab of a logged-in person whose system has this theme."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": WIDTH, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([session | {"url": server.url}])
    return context.new_page()


if __name__ == "__main__":
    main()
