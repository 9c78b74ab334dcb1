import time

import pytest
from django.utils import translation
from django.utils.translation import gettext

from artifacts.formats.markdown import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", '<h3 id="md-title">Title</h3>'),
        ("###### Deep", '<h6 id="md-deep">Deep</h6>'),
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


class Files:
    """The files beside a text; only a.png is an image."""

    def page_of(self, path):
        return f"/page/{path}"

    def images(self, paths):
        return {path: f"/bytes/{path}?a&b" for path in paths if path.endswith("a.png")}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("---\nlicense: mit\n---\nHello", '<th scope="row">license</th><td>mit</td></tr>'),
        ("---\nname: <b>\n---\nHello", "<td>&lt;b&gt;</td>"),
        ("a<br>b", "<p>a<br>b</p>"),
        ("<details><summary>More</summary>\n\n**b**\n\n</details>", "<strong>b</strong>"),
        ('<p align="center">x</p>', '<p align="center">x</p>'),
        ("- [ ] a\n- [x] **b**", "<li>☑ <strong>b</strong></li>"),
        ("a[^1]\n\n[^1]: note", '<a href="#md-fn1" id="md-fnref1"'),
        ("a[^1]\n\n[^1]: note", '<li id="md-fn1"><p>note'),
        ("# A title\n[up](#a-title)", '<h3 id="md-a-title">'),
        ("# A title\n[up](#a-title)", '<a href="#md-a-title"'),
        ("```python\nreturn 1\n```", '<span class="k">return</span>'),
        ("```nosuch\n<b>\n```", "&lt;b&gt;"),
    ],
)
def test_markdown_as_code_hosts_and_model_hubs_have_it(text, html):
    assert html in render_markdown(text)


def test_comments_are_dropped():
    assert "secret" not in render_markdown("a <!-- secret --> b\n\n<!--\nsecret\n-->\n\nc")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("other.md#part", 'href="/page/docs/other.md"'),
        ("./a%20b.md", 'href="/page/docs/a b.md"'),
        ("../LICENSE", 'href="/page/LICENSE"'),
        ("/LICENSE", 'href="/page/LICENSE"'),
        ("sub/", 'href="/page/docs/sub/"'),
        ("..", 'href="/page//"'),
        ("../../etc/passwd", None),
        ("//example.com/x", 'href="//example.com/x"'),
        ("https://example.com", 'href="https://example.com"'),
        ("javascript:alert(1)", None),
    ],
)
def test_relative_links_lead_to_the_files_beside(link, address):
    html = render_markdown(f'<a href="{link}">x</a>', Files(), folder="docs")
    assert address in html if address else "href" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("![Loss](a.png)", '<img src="/bytes/docs/a.png?a&amp;b" loading="lazy" alt="Loss">'),
        (
            '<img src="../a.png" width="99" onerror="x()">',
            '<img src="/bytes/a.png?a&amp;b" loading="lazy" alt="" width="99">',
        ),
        ("![Loss](missing.gif)", "<p><span>Loss</span></p>"),
        ("![Loss](https://example.com/a.png)", "<p><span>Loss</span></p>"),
        ("![Loss](//example.com/a.png)", "<p><span>Loss</span></p>"),
        ("![Loss](../../a.png)", "<p><span>Loss</span></p>"),
        ("[![CI](https://example.com/a.svg)](https://example.com)", "><span>CI</span></a>"),
        ('`<img src="a.png">`', '&lt;img src="a.png"&gt;'),
    ],
)
def test_images_are_files_beside_or_their_alternative_text(text, html):
    assert html in render_markdown(text, Files(), folder="docs")


def test_without_files_relative_addresses_lead_nowhere():
    html = render_markdown("[a](b.md) ![c](d.png) [e](/orgs/x)")
    assert "b.md" not in html
    assert "<span>c</span>" in html
    assert 'href="/orgs/x"' in html


@pytest.mark.parametrize(
    "text",
    [
        "<svg onload=alert(1)>",
        "<style>body{display:none}</style>",
        "<form action=/settings><input name=a></form>",
        '<iframe src="https://example.com"></iframe>',
        '<div id="main" class="overlay" style="position:fixed">x</div>',
        '<img src="a.png" srcset="https://example.com/a.png 2x">',
        '<a href="jav&#x09;ascript:alert(1)">x</a>',
        '<base href="https://example.com">',
        '<meta http-equiv="refresh" content="0">',
        '<a href="x" ping="https://example.com">x</a>',
        "[x](<javascript:alert(1)>)",
        "---\nx: <script>alert(1)</script>\n---\n",
    ],
)
def test_html_in_it_acts_nowhere(text):
    html = render_markdown(text, Files())
    for bad in [
        "<svg",
        "<style",
        "<form",
        "<input",
        "<iframe",
        'id="main"',
        "overlay",
        "style=",
        "srcset",
        "<base",
        "<meta",
        "ping",
        "<script",
        'ascript:alert(1)"',
    ]:
        assert bad not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "> [!NOTE]\n> Hello *you*",
            '<blockquote class="alert alert-note">\n<p class="alert-title">Note</p>'
            "<p>Hello <em>you</em></p>\n</blockquote>",
        ),
        (
            "> [!warning]\n>\n> - a",
            '<blockquote class="alert alert-warning">\n<p class="alert-title">Warning</p>'
            "<ul>\n<li>a</li>\n</ul>\n</blockquote>",
        ),
        (
            "> [!TIP]",
            '<blockquote class="alert alert-tip">\n<p class="alert-title">Tip</p></blockquote>',
        ),
        ("> [!NOTE] and more", "<blockquote>\n<p>[!NOTE] and more</p>\n</blockquote>"),
        ("> [!OTHER]\n> x", "<blockquote>\n<p>[!OTHER]\nx</p>\n</blockquote>"),
        (
            '<blockquote class="alert overlay">x</blockquote>',
            '<blockquote class="alert">x</blockquote>',
        ),
    ],
)
def test_notes_of_code_hosts(text, html):
    assert render_markdown(text).strip() == html


def test_the_title_of_a_note_is_in_the_readers_language():
    render_markdown("> [!NOTE]\n> x")
    with translation.override("ja"):
        assert str(gettext("Note")) in render_markdown("> [!NOTE]\n> x")


def test_markdown_of_nothing_and_of_too_much():
    assert render_markdown(" \n") == ""
    assert render_markdown("<b>" * 100_000).startswith("<pre>&lt;b&gt;")


def test_addresses_run_together_take_no_minutes():
    begun = time.process_time()
    assert "<a " not in render_markdown("http://a." * 20_000)
    assert time.process_time() - begun < 10
    assert '<a href="http://a.b"' in render_markdown("http://a.b")
