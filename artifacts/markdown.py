"""Markdown of cards and descriptions as safe HTML. Whoever writes a card writes for strangers."""

import hashlib
import re

import nh3
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LIMIT = 200_000  # characters; what is longer is shown as plain text
_CACHED = 20_000  # characters; the cache holds cards, not files
_KEEP = 24 * 3600  # seconds
_VERSION = "2"  # change it when the rules below change

_OPTIONS = {"html": False, "linkify": True, "typographer": False}
_markdown = MarkdownIt("gfm-like", _OPTIONS)
# addresses run together take linkify a time that grows with their square: minutes for 200 kB
_without_links = MarkdownIt("gfm-like", _OPTIONS | {"linkify": False})
_LONG_WORD = re.compile(r"\S{2001}")
_TAGS = nh3.ALLOWED_TAGS - {"img", "area", "map"}  # an image would load from another host


def render_markdown(text: str) -> SafeString:
    """Return the HTML of this Markdown, cleaned, with headings below the page's own."""
    if not text.strip():
        return mark_safe("")
    if len(text) > _CACHED:
        return mark_safe(_render(text))
    key = f"markdown:{_VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"
    html = cache.get(key)
    if html is None:
        html = _render(text)
        cache.set(key, html, _KEEP)
    return mark_safe(html)


def _render(text: str) -> str:
    if len(text) > LIMIT:
        return f"<pre>{nh3.clean_text(text)}</pre>"
    markdown = _without_links if _LONG_WORD.search(text) else _markdown
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return nh3.clean(
        markdown.renderer.render(tokens, markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
