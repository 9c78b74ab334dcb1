"""Pieces of HTML: colours of files, chips of aliases."""

import datetime as dt
import re
import time
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.utils.html import format_html

from artifacts.models import Alias
from registry_site.markup.chips import alias_chips, tag_chips
from registry_site.markup.menus import MenuItem, danger_item, menu
from registry_site.markup.moments import ago, clock
from registry_site.markup.texts import coloured, element_id, folded, with_code
from registry_site.texts.code_colours import COLOUR_LIMIT
from tests.helpers.html import Html, squeezed


def test_code_is_coloured_with_classes():
    assert coloured("import os\r\n", "python").startswith('<span class="kn">import</span>')
    assert coloured("<b>", "text") == "&lt;b&gt;"
    assert coloured("\x1b[31mred", "text") == '<span class="ansi-red">red</span>'
    assert "<script" not in coloured("<script>", "html")
    long = "x" * (COLOUR_LIMIT + 1)
    assert coloured(long, "python") == long


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "give `entity='x'`, or `a` & b",
            "give <code>entity=&#x27;x&#x27;</code>, or <code>a</code> &amp; b",
        ),
        ("`<script>` is text", "<code>&lt;script&gt;</code> is text"),
        ("one `a\nb` on two lines", "one `a\nb` on two lines"),
        (
            format_html('<a href="{}">{}</a> `b`', "/`x`", "`a`"),
            '<a href="/`x`"><code>a</code></a> <code>b</code>',
        ),
        (format_html("<code>{}</code>", "a `b` c"), "<code>a `b` c</code>"),
        (None, ""),
    ],
)
def test_backticks_of_a_sentence_are_code(text, html):
    assert with_code(text) == html


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language"),
    [("\n" * 190_000, "c"), ("a a a a a a a a a\n" * 9_000, "java"), ("{" * 190_000 + "\n", "cpp")],
)
def test_what_lexers_take_minutes_for_stays_plain(text, language):
    begun = time.process_time()
    assert coloured(text, language).count("\n") == text.count("\n")
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("x=" * 50_000, "ini"),
        ("::" * 50_000, "ini"),
        (" " * 100_000, "make"),
        ("x = [\n" + "\n" * 100_000, "python"),
        ("'" * 100_000, "c"),
    ],
)
def test_one_match_does_not_hold_up_everybody(text, language):
    begun = time.process_time()
    coloured(text, language)
    assert time.process_time() - begun < 1.5


def test_alias_chips_fold_what_is_many(version):
    membership = version.memberships.get()
    names = ["zeta", "alpha", "beta", "gamma", "production"]
    Alias.objects.bulk_create(
        Alias(collection=membership.collection, membership=membership, name=name) for name in names
    )
    html = alias_chips(membership=membership, is_latest=True, protected={"production"})
    shown = re.findall(r'<span class="chip-text">([^<]*)</span>', html)
    assert shown == ["latest", "production", "alpha", "beta"]
    assert 'title="gamma, zeta"' in html
    assert f'<a class="chip chip-more" href="{membership.get_absolute_url()}"' in html
    assert "<a" not in alias_chips(membership=membership, is_link=False, most=1)
    assert "chip-more" not in alias_chips(membership=membership, most=5)
    assert 'title="alpha"' not in html


def test_alias_chips_say_a_long_name_whole(version):
    membership = version.memberships.get()
    name = "<a-name-of-many-characters>"
    Alias.objects.create(collection=membership.collection, membership=membership, name=name)
    titled = 'title="&lt;a-name-of-many-characters&gt;"'
    assert titled in alias_chips(membership=membership)
    assert titled in alias_chips(membership=membership, protected={name})


def test_times_are_said_in_utc_until_a_script_says_them_locally():
    moment = dt.datetime(2026, 1, 31, 23, 59, 58, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    said = 'datetime="2026-01-31T14:59:58+00:00" title="2026-01-31 14:59:58 UTC"'
    assert said in ago(moment)
    assert said in clock(moment)
    assert clock(moment).endswith(">14:59:58</time>")
    assert ago(None) == clock(None) == ""


def test_an_id_belongs_to_one_address():
    assert element_id("/a?b=1") == element_id("/a?b=1") != element_id("/a?b=2")
    assert re.fullmatch(r"[a-z]\w+", element_id("/あ"))


def test_tag_chips_fold_what_is_many():
    html = tag_chips(["zeta", "alpha", "beta", "gamma", "<b>"], url="/there")
    assert re.findall(r'chip-text">([^<]*)<', html) == ["&lt;b&gt;", "alpha", "beta"]
    assert '<a class="chip chip-more" href="/there" title="gamma, zeta">' in html
    assert "and 2 more tags" in html
    assert "chip-more" not in tag_chips(["a", "b", "c"])
    assert 'title="a-name-of-many-characters"' in tag_chips(["a-name-of-many-characters"])


def test_a_long_text_among_others_opens_without_a_script():
    assert folded("<short>") == "<short>"
    html = folded("<" + "x" * 200)
    assert html.startswith("<details")
    assert f"<summary>&lt;{'x' * 119}…</summary>&lt;{'x' * 200}</details>" in html


def _page(template, values):
    return Html(squeezed(render_to_string(template, values)))


def test_an_alias_without_a_page_is_no_link():
    chip = _page("components/chips/alias_chip.html", {"name": "a b", "url": ""})
    assert '<span class="chip-text">a b</span>' in chip
    assert "href" not in chip


def test_a_button_that_is_off_says_why_and_leads_nowhere():
    parts = {"url": "/there", "label": "Move", "about": "gold", "size": "small", "is_primary": True}
    there = _page("components/page/action.html", parts)
    assert '<a class="button button-small button-primary" href="/there"' in there
    assert 'Move<span class="visually-hidden"> gold</span></a>' in there
    off = _page("components/page/action.html", parts | {"reason": "It is `gold`."})
    assert "/there" not in off
    assert 'Move<span class="visually-hidden"> gold: It is <code>gold</code>.</span>' in off
    assert "Request access" not in off
    off = render_to_string(
        "components/page/action.html", parts | {"reason": "No.", "ask_url": "/ask"}
    )
    assert '<a class="button" href="/ask"' in off


# ------------------------------------------------------------------ menus


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        (MenuItem("<i>", "/a?b=1&c"), ['href="/a?b=1&amp;c"', "<span>&lt;i&gt;</span>"]),
        (
            danger_item("Delete", "/d"),
            ['<li class="menu-danger">', 'hx-get="/d" hx-target="#overlay"'],
        ),
        (danger_item("Delete", "/d", reason="Needs `Admin`"), ["<code>Admin</code>", "menu-off"]),
        (
            replace(danger_item("Delete", "/d", reason="no"), ask_url="/ask"),
            ['href="/ask" hx-get="/ask"', "Request access"],
        ),
        (MenuItem("Copy", copy='"x"'), ['data-copy="&quot;x&quot;"', "needs-js"]),
        (
            MenuItem("Go", "/p", posts=True, target="#t", name="n", value="1"),
            ['action="/p"', 'hx-post="/p" hx-target="#t"', "TOKEN", 'name="n" value="1"'],
        ),
    ],
)
def test_an_entry_of_a_menu(item, parts):
    html = squeezed(menu(id="m", label="Actions", items=[item], csrf=lambda: "TOKEN"))
    assert 'popovertarget="m" aria-label="Actions"' in html
    assert [part for part in parts if part not in html] == []


def test_a_menu_with_a_word_on_its_button():
    html = squeezed(menu(id="m", label="Actions", items=[], text="More"))
    assert 'class="button menu-button"' in html
    assert "More" in html
