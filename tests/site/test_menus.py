"""A menu that is filled in is what the plain way makes, whatever its texts are."""

from dataclasses import replace
from itertools import product

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from registry_site.markup.menus import MenuItem, danger_item, menu, plain_menu

TEXTS = ["Unlink", "<b>&\"'", "100 % %s {0} {}", "\ue000url0\ue000", mark_safe("<i>a</i>"), "`a` b"]


def items(text):
    """An entry of each kind, with this text wherever it has one."""
    yield MenuItem(text, text)
    yield MenuItem(text, text, "link", opens_dialog=True)
    yield danger_item(text, text)
    yield danger_item(text, text, reason=text)
    yield replace(danger_item(text, text, reason=text), ask_url=text)
    yield MenuItem(text, copy=text)
    yield MenuItem(text, copy=text, url=text)
    yield MenuItem(text, text, posts=True)
    post = MenuItem(text, text, "check", posts=True, name=text)
    yield post
    yield replace(post, value=text, target=text)
    yield replace(post, value="0", icon="")


def both(**values):
    csrf = {"csrf": lambda: mark_safe("<input>")}
    return menu(**values, **csrf), plain_menu(**values, **csrf)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("text", TEXTS)
def test_each_entry_is_as_the_plain_way_makes_it(text, language):
    with translation.override(language):
        for item, word in product(items(text), ["", text]):
            filled, plain = both(id=text, label=text, items=[item], text=word)
            assert filled == plain


def test_forms_made_for_others_are_filled_in():
    """The second of two menus of one kind has nothing of the first."""
    for first, second in product(TEXTS, TEXTS):
        both(id="a", label=first, items=list(items(first)))
        filled, plain = both(id="b", label=second, items=list(items(second)))
        assert filled == plain


def test_a_menu_without_entries():
    filled, plain = both(id="a", label="Nothing", items=[])
    assert filled == plain
