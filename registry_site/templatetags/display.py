"""The tags and filters of `{% load display %}`. They only format values and never query."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registry_site.markup.chips import alias_chips, alias_story, row_alias_chips, tag_chips
from registry_site.markup.fill import fill
from registry_site.markup.htmx import htmx_config
from registry_site.markup.icons import icon
from registry_site.markup.menus import menu
from registry_site.markup.moments import ago, clock
from registry_site.markup.texts import codes, coloured, element_id, folded, short_digest, with_code
from registry_site.pages import wants_fragment
from registry_site.texts.code_colours import code_html
from registry_site.texts.edits import write_opened
from registry_site.texts.numbers import change, count, filesize, percent

register = template.Library()

_FILTERS: dict[str, Callable[[Any], str]] = {
    "bytes": filesize,
    "count": count,
    "change": change,
    "percent": percent,
    "short_digest": short_digest,
    "with_code": with_code,
    "story": alias_story,
    "element_id": element_id,
}

for _tag in (
    icon,
    htmx_config,
    codes,
    alias_chips,
    row_alias_chips,
    tag_chips,
    folded,
    coloured,
    ago,
    clock,
):
    register.simple_tag(_tag)
for _name, _filter in _FILTERS.items():
    register.filter(_name, _filter)


@register.simple_tag(name="fill")
def fill_row(template: str, texts: Mapping[str, Any], **more: Any) -> SafeString:
    """Return a template with these texts: see markup.fill."""
    return fill(template, {**texts, **more})


@register.simple_tag
def undo_of(message: Any) -> dict[str, Any] | None:
    """Return the form that undoes what this message reports, or None: see pages.undo_address."""
    url, _mark, fields = (message.extra_tags or "").partition("?")
    return {"url": url, "fields": parse_qsl(fields)} if url else None


@register.simple_tag
def opened(**texts: Any) -> str:
    """Return the hidden field with which a form in a table says what it was opened with."""
    return format_html('<input type="hidden" name="opened" value="{}">', write_opened(texts))


@register.simple_tag(takes_context=True, name="csrf_token")
def csrf_field(context: Context) -> str:
    """Return Django's `{% csrf_token %}`, working inside `{% include … only %}` as well.

    An isolated include loses what context processors gave, but keeps the request itself.
    """
    request = context.get("request") or getattr(context, "request", None)
    if request is None:
        return ""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )


@register.simple_tag(takes_context=True, name="menu")
def menu_of(context: Context, **values: Any) -> SafeString:
    """Return a menu of actions: see markup.menus."""
    return menu(**values, csrf=lambda: csrf_field(context))


@register.simple_tag
def under(path: str, url: str | None) -> bool:
    """Return whether the page at `path` is `url` or lies below it, to mark links of the rail."""
    base = (url or "").rstrip("/")
    return bool(base) and (path.rstrip("/") == base or path.startswith(f"{base}/"))


@register.simple_tag
def code_block(code: str, language: str = "text", label: str = "") -> SafeString:
    """Return code with its language, colours and a copy button."""
    code = str(code).rstrip("\n")
    html = code_html(code, language)
    values = {"code": code, "language": language, "label": label, "html": html}
    return render_to_string("components/text/code_block.html", values)


@register.simple_block_tag(takes_context=True)
def overlay(
    context: Context, content: str, title: str, kind: str = "dialog", close_url: str = ""
) -> SafeString:
    """Return a form in its frame: dialog or drawer for htmx, else a panel on its own page."""
    request = context.get("request") or getattr(context, "request", None)
    values = {
        "content": content,
        "title": title,
        "kind": kind,
        "close_url": close_url,
        "fragment": request is not None and wants_fragment(request),
    }
    return render_to_string("components/page/overlay.html", values)
