import time

import pytest

from artifacts.markdown import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("###### Deep", "<h6>Deep</h6>"),
        ("**太字**です", "<strong>太字</strong>"),
        ("~~gone~~", "<s>gone</s>"),
        ("https://example.com", 'rel="noopener noreferrer nofollow"'),
        ("| a |\n|---|\n| 1 |", "<td>1</td>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
    ],
)
def test_markdown(text, html):
    assert html in render_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.com/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "<a href=x style='color:red'>",
    ],
)
def test_markdown_is_safe(text):
    html = render_markdown(text)
    for bad in ["<script", "<img", 'href="javascript', 'href="data', "<a href=x"]:
        assert bad not in html


def test_markdown_of_nothing_and_of_too_much():
    assert render_markdown(" \n") == ""
    assert render_markdown("<b>" * 100_000).startswith("<pre>&lt;b&gt;")


def test_addresses_run_together_take_no_minutes():
    begun = time.perf_counter()
    assert "<a " not in render_markdown("http://a." * 20_000)
    assert time.perf_counter() - begun < 10
    assert '<a href="http://a.b"' in render_markdown("http://a.b")
