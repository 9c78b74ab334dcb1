"""A menu that is filled in is what the plain way makes, whatever its texts are."""

from itertools import product

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe

from registry_site.markup.menus import danger_item, menu, plain_menu

TEXTS = ["Unlink", "<b>&\"'", "100 % %s {0} {}", "\ue000url0\ue000", mark_safe("<i>a</i>"), "`a` b"]


def items(text):
    """An entry of each kind, with this text wherever it has one."""
    yield {"label": text, "url": text}
    yield {"label": text, "url": text, "icon": "link", "dialog": True}
    yield danger_item(text, text)
    yield danger_item(text, text, reason=text)
    yield {**danger_item(text, text, reason=text), "ask_url": text}
    yield {"label": text, "disabled": True}
    yield {"label": text, "copy": text}
    yield {"label": text, "copy": text, "url": text}
    yield {"label": text, "url": text, "method": "post"}
    post = {"label": text, "url": text, "method": "post", "icon": "check", "name": text}
    yield post
    yield {**post, "value": text, "target": text}
    yield {**post, "value": 0, "icon": None}


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
