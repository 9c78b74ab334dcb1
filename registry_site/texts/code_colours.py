"""Syntax colours of code, as CSS classes that both themes colour."""

import io
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Text
from pygments.util import ClassNotFound

CLASSES = frozenset(STANDARD_TYPES.values()) - {""}
HIGHLIGHT_LIMIT = 512_000  # characters; colours of longer texts take too long
COLOUR_LIMIT = 200_000  # characters of a foreign file
SLOW_LANGUAGES, SLOW_LIMIT = {"ini", "make"}, 10_000  # single matches take quadratic time
LONG_LINE, LONG_BLANK = 2_000, 500  # characters; longer ones can be as slow in any language
COLOUR_SECONDS = 0.5  # some lexers take minutes for a file of empty lines
CACHE_LIMIT = 20_000  # characters of one cached block: the cache holds snippets, not files


def code_html(code: str, language: str) -> SafeString | None:
    """Return our own code as HTML, without its last line end; None where it is too long."""
    if len(code) > HIGHLIGHT_LIMIT:
        return None
    return (_colour if len(code) > CACHE_LIMIT else _colour_cached)(code, language)


def coloured_html(text: str, language: str) -> SafeString | None:
    """Return foreign text as HTML; None for an unknown language or too slow a text."""
    limit = SLOW_LIMIT if language in SLOW_LANGUAGES else COLOUR_LIMIT
    if language == "text" or len(text) > limit or not _is_quick(text):
        return None
    try:
        tokens = _tokens_in_time(text.replace("\r\n", "\n"), language)
        buffer = io.StringIO()
        HtmlFormatter(nowrap=True).format(tokens, buffer)
    except ClassNotFound:
        return None
    return mark_safe(buffer.getvalue())


def _is_quick(text: str) -> bool:
    """Return whether no single match of a lexer can take long; nothing interrupts a match."""
    return all(len(line) <= LONG_LINE for line in text.split("\n")) and all(
        len(blank[0]) <= LONG_BLANK for blank in re.finditer(r"\s+", text)
    )


def _tokens_in_time(text: str, language: str) -> Iterator[tuple[Any, str]]:
    """Yield the tokens of the text; after the time limit, the rest as one token."""
    lexer = get_lexer_by_name(language)  # before the clock starts: loading does not count
    ends = time.monotonic() + COLOUR_SECONDS
    for at, kind, value in lexer.get_tokens_unprocessed(text):
        if time.monotonic() > ends:
            yield Text, text[at:]
            return
        yield kind, value


def _colour(code: str, language: str) -> SafeString:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    return mark_safe(highlight(code, lexer, HtmlFormatter(nowrap=True)).rstrip("\n"))


_colour_cached = lru_cache(maxsize=256)(_colour)
