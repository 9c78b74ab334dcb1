"""A real Chromium against a live server, signed in as one of the cast."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.helpers.sdk import sdk  # noqa: F401 - a fixture
from tests.journeys.world import make_world

# Playwright's loop makes Django think that the test itself is asynchronous
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# without these Chromium calls home, and waits for answers that never come
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
# what htmx says of a request that a newer one replaced or that got no answer, and of a refusal
HARMLESS = (
    "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError", "Failed to load",
    "Response Status Error Code 4",
)  # fmt: skip
# rules about the best order of headings and landmarks are part of the check, too
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# the rules whose answer hangs on the colours, which are all that the themes differ in
AXE_COLOURS = AXE | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
# what it says of a page, and the first nodes of which it says so
COMPLAINTS = """async options => (await axe.run(document, options)).violations.flatMap(
    violation => violation.nodes.slice(0, 3).map(
        node => [violation.id, node.html.slice(0, 200)]))"""

# htmx has swapped in what it asked for, and what that set off has been drawn
IS_SETTLED = """() => new Promise(tell => requestAnimationFrame(() => requestAnimationFrame(() =>
    tell(!document.querySelector(
        ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")))))"""

WIDE = 1000  # px of a window
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


def settle(page):
    """Wait until htmx is done with what was clicked."""
    page.wait_for_function(IS_SETTLED)


@pytest.fixture
def world(cast):
    """Everything there is to see; see world.py."""
    return make_world()


@pytest.fixture(scope="session")
def chromium():
    # the same engine without a window takes a fifth of the work to open a page in a new context
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "Chromium is missing: scripts/test installs it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """`open_page(alice, theme="dark", language="ja", width=390, javascript=False,
    zone="Asia/Tokyo")` → a tab.

    The test fails if a page had an error in its script, broke the content security policy, asked
    another host for something, or missed a file.
    """
    contexts, troubles = [], []

    def open_page(
        user=None, *, theme="light", language="en", width=1440, javascript=True, zone="UTC"
    ):
        context = chromium.new_context(
            base_url=live_server.url,
            color_scheme=theme,
            locale={"en": "en-US", "ja": "ja-JP"}[language],
            timezone_id=zone,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user is not None:
            context.add_cookies([_session(user, live_server.url)])
        page = context.new_page()
        _watch(page, live_server.url, troubles)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles


def _session(user, address):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


def _watch(page, address, troubles):
    page.on("pageerror", lambda error: troubles.append((page.url, str(error))))
    page.on("console", lambda message: _hear(page, message, troubles))
    page.on("request", lambda request: _ask(page, request.url, address, troubles))
    page.on("response", lambda answer: _receive(page, answer, troubles))


def _hear(page, message, troubles):
    if message.type == "error" and not message.text.startswith(HARMLESS):
        troubles.append((page.url, message.text))


def _ask(page, wanted, address, troubles):
    if not wanted.startswith((address, "data:")):
        troubles.append((page.url, f"asked for {wanted}"))


def _receive(page, answer, troubles):
    is_part = answer.request.resource_type in {"script", "stylesheet", "image", "font", "other"}
    if answer.status >= 500 or (answer.status >= 400 and is_part):
        troubles.append((page.url, f"{answer.status} of {answer.url}"))


def bring_axe(page):
    """Put axe on this page, and on those that open after it.

    Chromium keeps what it compiled of such a script, but not of one that it is sent again.
    """
    if not page.evaluate("'axe' in window"):
        script = Axe().axe_script
        page.context.add_init_script(script)
        page.evaluate(script)


@pytest.fixture
def assert_accessible():
    """Fail with what axe finds on the page as it stands, and in the other theme if it is wide.

    Colours hang on no width, and each page is seen in a wide window. It stays in the other theme:
    to go back takes as long as to go there.
    """

    def assert_accessible(page, name=""):
        bring_axe(page)
        told = page.evaluate(COMPLAINTS, AXE)
        assert not told, (name or page.url, told)
        if page.viewport_size["width"] < WIDE:
            return
        other = "light" if page.evaluate(IS_DARK) else "dark"
        page.emulate_media(color_scheme=other)
        told = page.evaluate(COMPLAINTS, AXE_COLOURS)
        assert not told, (other, name or page.url, told)

    return assert_accessible
