"""Markdown of cards, descriptions and READMEs as safe HTML, in the dialect of code and model hubs.

It has front matter, comments, HTML, footnotes, task lists and relative addresses. Strangers write
what others read: all HTML passes the cleaner, which alone keeps it safe.
"""

import hashlib
import html as entities
import posixpath
import re
from collections.abc import Collection, Sequence
from typing import Protocol
from urllib.parse import unquote, urlsplit

import nh3
from django.core.cache import cache
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin

from artifacts.formats.front_matter import front_matter_of
from registry_site.texts.code_colours import CLASSES, coloured_html

LIMIT = 200_000  # characters; what is longer is shown as plain text
_CACHED = 20_000  # characters; the cache holds cards, not files
_KEEP = 24 * 3600  # seconds
_VERSION = "4"  # change it when the rules below change
_MOST_BRACKETS = 5_000  # the parser's time grows with their square
_MOST_COLOURED = 50  # code blocks of one text
_PREFIX = "md-"  # of every id, so that a text can't take an id of the page

# linkify's time grows with the square of addresses without spaces: minutes for 200 kB
_LONG_WORD = re.compile(r"\S{2001}")
_TASK = re.compile(r"\[([ xX])\]\s+")
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)
_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*>')  # as the cleaner writes them
_SOURCE, _ALT = re.compile(r' src="([^"]*)"'), re.compile(r' alt="([^"]*)"')
_TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"section"}
_ALIGNED = {tag: {"align"} for tag in ("th", "td", "p", "div", "h3", "h4", "h5", "h6")}
_ATTRIBUTES = _ALIGNED | {
    "*": {"id"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "details": {"open"},
}
_ALERTS = {
    "note": gettext_lazy("Note"),
    "tip": gettext_lazy("Tip"),
    "important": gettext_lazy("Important"),
    "warning": gettext_lazy("Warning"),
    "caution": gettext_lazy("Caution"),
}
_CLASSES = {
    "span": CLASSES,
    "sup": {"footnote-ref"},
    "section": {"footnotes"},
    "blockquote": {"alert", *(f"alert-{name}" for name in _ALERTS)},
    "p": {"alert-title"},
}


class FileAddresses(Protocol):
    """The addresses of the files that a text refers to."""

    def page_of(self, path: str) -> str:
        """Return the address of the page of a file."""

    def images(self, paths: Collection[str]) -> dict[str, str]:
        """Return the address of each of these files that a browser can show as an image."""


def render_markdown(
    text: str, files: FileAddresses | None = None, *, folder: str = ""
) -> SafeString:
    """Return the HTML of this Markdown, cleaned, with headings below the page's own.

    Relative addresses are resolved from `folder` and lead to `files`; without `files` they are not
    links. An image that can't be shown, as one on another host, becomes its alternative text.
    """
    if not text.strip():
        return mark_safe("")
    if files is not None or len(text) > _CACHED:
        return mark_safe(_render(text, files, folder))
    key = f"markdown:{_VERSION}:{get_language()}:{hashlib.sha256(text.encode()).hexdigest()}"
    html = cache.get(key)
    if html is None:
        html = _render(text, None, "")
        cache.set(key, html, _KEEP)
    return mark_safe(html)


def _render(text: str, files: FileAddresses | None, folder: str) -> str:
    if len(text) > LIMIT or text.count("[") > _MOST_BRACKETS:
        return f"<pre>{nh3.clean_text(text)}</pre>"
    facts, text = front_matter_of(text)
    markdown = _without_links if _LONG_WORD.search(text) else _markdown
    notes: dict[str, object] = {}  # what the parser tells the renderer
    tokens = markdown.parse(text, notes)
    _lower_headings(tokens)
    _draw_tasks(tokens)
    _title_alerts(tokens)
    _stop_colours(tokens)

    def address(tag: str, attribute: str, value: str) -> str | None:
        return _link(value, files, folder) if (tag, attribute) == ("a", "href") else value

    html = nh3.clean(
        markdown.renderer.render(tokens, markdown.options, notes),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=address,
        allowed_classes=_CLASSES,
        id_prefix=_PREFIX,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return _front_matter_html(facts) + _with_images(html, files, folder)


def _front_matter_html(facts: Sequence[tuple[str, str]]) -> str:
    rows = [format_html('<tr><th scope="row">{}</th><td>{}</td></tr>', *fact) for fact in facts]
    return f'<table class="front-matter"><tbody>{"".join(rows)}</tbody></table>' if rows else ""


def _lower_headings(tokens: list[Token]) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _draw_tasks(tokens: list[Token]) -> None:
    """Replace `[x]` at the beginning of a list item with a sign, which needs no label."""
    for before, paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        children = inline.children or []
        if before.type != "list_item_open" or paragraph.type != "paragraph_open" or not children:
            continue
        if task := _TASK.match(children[0].content):
            sign = "☐ " if task[1] == " " else "☑ "
            children[0].content = sign + children[0].content[task.end() :]


def _title_alerts(tokens: list[Token]) -> None:
    """Make a quotation that begins with `[!NOTE]` a note with that word as its title."""
    for at in range(len(tokens) - 2, 1, -1):
        quote, paragraph, inline = tokens[at - 2 : at + 1]
        if quote.type != "blockquote_open" or paragraph.type != "paragraph_open":
            continue
        first, *rest = inline.children or [Token("text", "", 0)]
        alert = _ALERT.fullmatch(first.content) if first.type == "text" else None
        if alert is None or (rest and rest[0].type not in {"softbreak", "hardbreak"}):
            continue
        name = alert[1].lower()
        quote.attrSet("class", f"alert alert-{name}")
        inline.children = rest[1:]
        title = Token("html_block", "", 0)
        title.content = format_html('<p class="alert-title">{}</p>', _ALERTS[name])
        # a paragraph with only the mark is removed, with its closing token
        tokens[at - 1 : at + (1 if rest else 2)] = [title, *([paragraph, inline] if rest else [])]


def _stop_colours(tokens: list[Token]) -> None:
    fences = [token for token in tokens if token.type == "fence"]
    for token in fences[_MOST_COLOURED:]:
        token.info = ""


def _link(value: str, files: FileAddresses | None, folder: str) -> str | None:
    """Return the address to link to from a page of ours; None where there is none."""
    if value.startswith("#"):
        return f"#{_PREFIX}{value[1:]}"
    if _is_absolute(value) or (files is None and value.startswith("/")):
        return value
    path = _path_of(value, folder)
    return files.page_of(path) if files is not None and path else None


def _with_images(html: str, files: FileAddresses | None, folder: str) -> str:
    """Return the HTML with images of the version's files, and alternative texts for all others."""
    paths = {_image_path(tag, folder) for tag in _IMAGE.findall(html)} - {""}
    addresses = files.images(paths) if files is not None and paths else {}

    def image_of(match: re.Match[str]) -> str:
        tag = match[0]
        alt = _ALT.search(tag)
        if address := addresses.get(_image_path(tag, folder)):
            source = f' src="{entities.escape(address)}" loading="lazy"'
            return _SOURCE.sub(lambda _source: source if alt else f'{source} alt=""', tag)
        return f"<span>{alt[1]}</span>" if alt else ""

    return _IMAGE.sub(image_of, html)


def _image_path(tag: str, folder: str) -> str:
    """Return the path of the file that an image shows; "" for one on another host."""
    source = _SOURCE.search(tag)
    value = entities.unescape(source[1]) if source else ""
    return "" if _is_absolute(value) else _path_of(value, folder)


def _is_absolute(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)


def _path_of(value: str, folder: str) -> str:
    """Return the path in the version to which an address leads; a folder's ends with a slash.

    An address that begins with a slash begins at the root. Return "" where it leads out.
    """
    relative = unquote(urlsplit(value).path)
    start = "" if relative.startswith("/") else folder
    path = posixpath.normpath(posixpath.join(start, relative.lstrip("/")))
    if not relative or path == ".." or path.startswith("../"):
        return ""
    path = "" if path == "." else path
    return f"{path}/" if relative.endswith("/") or not path else path


def _coloured(code: str, language: str, _attributes: str) -> str:
    return coloured_html(code, language or "text") or ""


def _markdown_it(*, linkify: bool) -> MarkdownIt:
    options = {"html": True, "linkify": linkify, "typographer": False, "highlight": _coloured}
    parser = MarkdownIt("gfm-like", options).use(footnote_plugin, inline=False)
    return parser.use(anchors_plugin, max_level=6)


_markdown, _without_links = _markdown_it(linkify=True), _markdown_it(linkify=False)
