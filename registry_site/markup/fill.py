"""Templates that are rendered once for each kind of texts, and then only filled in.

The rows of a table differ only in texts. A form of a row has marks in place of them, and to fill it
in takes a quarter of the time of rendering it. A template of this kind prints its texts without
filters, asks at most whether they are empty, and knows no other values.
tests/site/test_fill.py compares both ways.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

_MARK = "\ue000{}\ue000"
_MARKED = re.compile("\ue000(.*?)\ue000")

Form = tuple[str, list[str]]  # HTML with `%s` in place of texts, and the names of these in order


def fill(template: str, texts: Mapping[str, Any]) -> SafeString:
    """Return the template with these texts, as rendering it does."""
    if settings.DEBUG:  # whoever changes the template sees it at once
        return render_to_string(template, dict(texts))
    present = tuple(name for name, text in texts.items() if text)
    return fill_in(_form_of(template, present, get_language()), texts)


@lru_cache(maxsize=512)
def _form_of(template: str, present: tuple[str, ...], language: str | None) -> Form:
    return form_of(lambda mark: render_to_string(template, {name: mark(name) for name in present}))


def form_of(make: Callable[[Callable[[str], str]], str]) -> Form:
    """Return the form of what `make` makes with a mark for each name."""
    html = make(_MARK.format).replace("%", "%%")
    return _MARKED.sub("%s", html), _MARKED.findall(html)


def fill_in(form: Form, texts: Mapping[str, Any]) -> SafeString:
    """Return the form with these texts, escaped unless they are HTML."""
    html, names = form
    return SafeString(html % tuple([_escaped(texts[name]) for name in names]))


def _escaped(text: Any) -> str:
    """Return the text as Django's `conditional_escape` does, in a third of the time."""
    return str(text.__html__()) if hasattr(text, "__html__") else escape(str(text))
