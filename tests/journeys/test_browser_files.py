"""Files in a browser: by keyboard, without JavaScript, and with files that want to run."""

import json
import pickle

import pytest
from playwright.sync_api import expect

from artifacts.models import Collection
from tests import factories
from tests.helpers import model_files

RUN = "window.top.hacked = 1; window.hacked = 1"
SVG = (
    f"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30' onload='{RUN}'>"
    f"<script>{RUN}</script><rect width='90' height='30'/></svg>"
)
FILES = {
    "README.md": f"# Irises\n\n<script>{RUN}</script>\n<img src=x onerror='{RUN}'>".encode(),
    "data/iris.csv": b"species,petal\nsetosa,1.4\n",
    "hostile.html": f"<script>{RUN}</script>".encode(),
    "hostile.ipynb": json.dumps({"cells": [{"text/html": f"<script>{RUN}</script>"}]}).encode(),
    "hostile.svg": SVG.encode(),
}
KINDS = {
    "broken.gguf": b"GGUF",
    "bytes": bytes(range(256)),
    "clip.mp4": b"",
    "code.py": b"import os  # a comment\nx = [1, 'two', None]\n",
    "model.onnx": model_files.onnx(),
    "model.pkl": pickle.dumps({"weights": [1.5]}),
    "model.safetensors": model_files.safetensors(metadata={"format": "pt"}),
}


@pytest.fixture
def url(world, bob):
    sequence = Collection.objects.get(name="iris-model")
    version = factories.make_version(sequence, by=bob, files=FILES | KINDS)
    return version.memberships.get().tab_url("files")


def test_files_are_read_by_keyboard(open_page, assert_accessible, bob, url):
    page = open_page(bob)
    page.goto(url)
    link = page.get_by_role("link", name="README.md", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Irises")).to_be_visible()
    assert page.url.endswith("?file=README.md")
    assert_accessible(page)
    page.get_by_role("link", name="Next file").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="broken.gguf")).to_be_visible()
    page.goto(f"{url}?file=data/iris.csv")
    expect(page.get_by_role("region", name="Rows")).to_contain_text("setosa")
    assert_accessible(page)
    page.go_back()
    expect(page.get_by_role("heading", name="broken.gguf")).to_be_visible()
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.get_by_role("link", name="Download all")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_each_kind_is_accessible_and_fits(open_page, assert_accessible, bob, url, width):
    page = open_page(bob, width=width)
    for path in FILES | KINDS:
        page.goto(f"{url}?file={path}")
        assert_accessible(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("javascript", [True, False])
def test_no_file_runs(open_page, bob, url, javascript):
    page = open_page(bob, javascript=javascript)
    for path in FILES:
        for query in ("", "&source=1"):
            page.goto(f"{url}?file={path}{query}")
            expect(page.locator("#files h2")).to_have_text(path.rpartition("/")[2])
            if javascript:
                assert page.evaluate("window.hacked") is None, path
    page.goto(f"{url}?file=hostile.svg")
    picture = page.get_by_role("img", name="hostile.svg")
    expect(picture).to_be_visible()
    if javascript:
        assert page.evaluate("document.querySelector('.file-media img').naturalWidth") == 90


def test_a_download_is_saved_and_not_opened(open_page, bob, url):
    page = open_page(bob)
    for address, name in [("/hostile.html", "hostile.html"), ("/hostile.svg", "hostile.svg")]:
        page.goto(url)
        with page.expect_download() as saved:
            page.evaluate(f"location.href = '{url}{address}'")
        assert saved.value.suggested_filename == name
        assert page.evaluate("window.hacked") is None
    page.goto(url)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download all").click()
    assert saved.value.suggested_filename.endswith(".zip")
