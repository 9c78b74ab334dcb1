"""Menus of actions and their entries, made in Python because each row of a table has one.

A menu is made once for each kind, and then only filled in (see fill.py). tests/site/test_menus.py
compares both ways.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry_site.markup.fill import Form, fill_in, form_of
from registry_site.markup.icons import icon
from registry_site.markup.texts import with_code

# a popover, so that no scrolling box clips it
_MENU = """<div class="menu">
<button type="button" class="{button} menu-button" popovertarget="{id}" {attributes}>
{face}
</button>
<ul class="menu-items" id="{id}" popover aria-label="{label}">
{entries}
</ul>
</div>"""
_OFF = """<span class="menu-item menu-off" role="link" aria-disabled="true" tabindex="0">
{} <span>
{}{}</span>
</span>"""
_COPY = """<button type="button" class="menu-item copy needs-js" data-copy="{}" data-copied="{}" \
data-copy-failed="{}">
{}
<span class="copy-word">{}</span>
</button>"""
_POST = """<form method="post" action="{url}" {htmx}>
{csrf}
<button class="menu-item" {attributes}>
{icon} <span>{label}</span>
</button>
</form>"""
_LINK = """<a class="menu-item" href="{}" {}>
{} <span>{}</span>
</a>"""
_OVERLAY = 'hx-get="{}" hx-target="#overlay"'
_TEXTS = ("label", "url", "copy", "name", "value", "target", "reason", "ask_url")
_FACTS = ("icon", "is_danger", "opens_dialog", "posts")

Kind = tuple[Any, ...]  # what decides about an entry, besides its texts


@dataclass(frozen=True)
class MenuItem:
    """An entry of a menu: a link, or a button that posts or copies; off where it has a reason."""

    label: str
    url: str = ""
    icon: str = ""
    is_danger: bool = False
    opens_dialog: bool = False  # in #overlay
    copy: str = ""  # a value to copy, without `url`
    posts: bool = False
    target: str = ""  # of htmx, for what it posts
    name: str = ""  # of the button that posts
    value: str = ""
    reason: str = ""  # why it is disabled
    ask_url: str = ""  # where one asks for the role that it needs


def danger_item(label: str, url: str, *, icon: str = "trash", reason: str = "") -> MenuItem:
    """Return the entry that opens a dialog to delete something, disabled with a `reason`."""
    return MenuItem(label, url, icon, is_danger=True, opens_dialog=True, reason=reason)


def menu(
    *,
    id: str,
    label: str,
    items: Iterable[MenuItem],
    text: str = "",
    csrf: Callable[[], str] = str,
) -> SafeString:
    """Return a button that opens the entries.

    `id` is unique on the page. `text` stands on the button, which has an ellipsis without it.
    `csrf` makes the hidden field of a form.
    """
    texts: dict[str, Any] = {"id": id, "label": label, "text": text}
    kinds = []
    for number, item in enumerate(items):
        kinds.append(_kind_of(item))
        texts |= {f"{name}{number}": getattr(item, name) for name in _TEXTS}
        if item.reason:
            texts[f"reason{number}"] = with_code(item.reason)
    form = _form_of(tuple(kinds), bool(text), get_language())
    if "csrf" in form[1]:
        texts["csrf"] = csrf()
    return fill_in(form, texts)


def _kind_of(item: MenuItem) -> Kind:
    has_texts = (bool(getattr(item, name)) for name in _TEXTS)
    return (*has_texts, *(getattr(item, name) for name in _FACTS))


@lru_cache(maxsize=512)
def _form_of(kinds: tuple[Kind, ...], has_text: bool, language: str | None) -> Form:
    def make(mark: Callable[[str], str]) -> SafeString:
        items = []
        for number, kind in enumerate(kinds):
            values = dict(zip((*_TEXTS, *_FACTS), kind, strict=True))
            values |= {name: mark(f"{name}{number}") if values[name] else "" for name in _TEXTS}
            items.append(MenuItem(**values))
        return plain_menu(
            id=mark("id"),
            label=mark("label"),
            items=items,
            text=mark("text") if has_text else "",
            csrf=lambda: mark("csrf"),
        )

    return form_of(make)


def plain_menu(
    *,
    id: str,
    label: str,
    items: Iterable[MenuItem],
    text: str = "",
    csrf: Callable[[], str] = str,
) -> SafeString:
    """Return the menu without a form that was made before."""
    return format_html(
        _MENU,
        id=id,
        label=label,
        button="button" if text else "button-icon",
        attributes="" if text else format_html('aria-label="{}"', label),
        face=format_html("{}\n{}", text, icon("chevron-down")) if text else icon("ellipsis"),
        entries=format_html_join("\n", "{}", ((_entry(item, csrf),) for item in items)),
    )


def _entry(item: MenuItem, csrf: Callable[[], str]) -> SafeString:
    danger = mark_safe(' class="menu-danger"') if item.is_danger else ""
    entry = format_html("<li{}>\n{}\n</li>", danger, _action(item, csrf))
    if not (item.reason and item.ask_url):
        return entry
    ask = MenuItem(_("Request access"), item.ask_url, "key", opens_dialog=True)
    return format_html("{}\n<li>\n{}\n</li>", entry, _link(ask))


def _action(item: MenuItem, csrf: Callable[[], str]) -> SafeString:
    if item.reason:
        why = format_html('<span class="menu-reason">{}</span>\n', with_code(item.reason))
        return format_html(_OFF, _icon_of(item), item.label, why)
    if item.copy and not item.url:
        return format_html(
            _COPY,
            item.copy,
            _("Copied"),
            _("Selected; copy it with your keyboard"),
            icon(item.icon or "copy"),
            item.label,
        )
    return _post(item, csrf) if item.posts else _link(item)


def _post(item: MenuItem, csrf: Callable[[], str]) -> SafeString:
    attributes, htmx = "", ""
    if item.name:
        attributes = format_html('name="{}" value="{}"', item.name, item.value)
    if item.target:
        htmx = format_html('hx-post="{}" hx-target="{}"', item.url, item.target)
    return format_html(
        _POST,
        url=item.url,
        htmx=htmx,
        csrf=csrf(),
        attributes=attributes,
        icon=_icon_of(item),
        label=item.label,
    )


def _link(item: MenuItem) -> SafeString:
    htmx = format_html(_OVERLAY, item.url) if item.opens_dialog else ""
    return format_html(_LINK, item.url, htmx, _icon_of(item), item.label)


def _icon_of(item: MenuItem) -> str:
    return icon(item.icon) if item.icon else ""
