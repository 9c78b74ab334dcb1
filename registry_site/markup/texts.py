"""Texts on pages: code in a sentence, syntax colours of a file, long texts folded, ids."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry_site.texts.code_colours import coloured_html
from registry_site.texts.terminal import terminal_html

DIGEST_SHOWN = 12  # characters
TEXT_SHOWN = 120  # characters of a text among others
_MARKUP = re.compile(r"(<code>.*?</code>|<[^>]*>)", re.S)  # stays as it is
_BACKTICKS = re.compile(r"`([^`\n]+)`")


def with_code(text: Any) -> SafeString:
    """Return a refusal or message, with everything between backticks as code.

    Escapes plain text; in text that is HTML already, only backticks between its tags count.
    """
    pieces = _MARKUP.split(conditional_escape("" if text is None else str(text)))
    pieces[::2] = [_BACKTICKS.sub(r"<code>\1</code>", piece) for piece in pieces[::2]]
    return mark_safe("".join(pieces))  # safe: only escaped text and <code>


def short_digest(digest: str | None) -> str:
    """Return the first characters of a digest, enough to tell two apart at a glance."""
    if not digest:
        return ""
    return digest if len(digest) <= DIGEST_SHOWN else f"{digest[:DIGEST_SHOWN]}…"


def folded(text: str, most: int = TEXT_SHOWN) -> SafeString | str:
    """Return a text beside others; of a long one only the beginning shows until it is opened."""
    if len(text) <= most:
        return text
    return format_html(
        '<details class="folded"><summary>{}…</summary>{}</details>', text[:most].rstrip(), text
    )


def codes(texts: Iterable[Any]) -> SafeString:
    """Return these texts as code, separated by commas."""
    return format_html_join(", ", "<code>{}</code>", ((text,) for text in texts or ()))


def coloured(text: str, language: str) -> str:
    """Return a file's text in the colours of its language, else in those of a terminal."""
    return coloured_html(text, language) or terminal_html(text)


def element_id(address: str) -> str:
    """Return an element's id that is unique to this address and always the same."""
    return f"e{hashlib.sha256(address.encode()).hexdigest()[:12]}"
