"""How values look on a page: `{% load display %}`. Nothing here decides or queries."""

import datetime as dt
import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from registry_site.pages import wants_fragment
from registry_site.templatetags.moments import relative
from registry_site.templatetags.pieces import alias_chips, alias_told, folded, icon, tag_chips
from registry_site.texts.code_colours import code_html, coloured_html
from registry_site.texts.edits import write_opened
from registry_site.texts.terminal import terminal_html

register = template.Library()

for _tag in (icon, alias_chips, tag_chips, folded):
    register.simple_tag(_tag)

register.filter(name="told")(alias_told)

DIGEST_SHOWN = 12
_MARKUP = re.compile(r"(<code>.*?</code>|<[^>]*>)", re.S)  # stays as it is
_BACKTICKS = re.compile(r"`([^`\n]+)`")


# ------------------------------------------------------------------ values


@register.filter(name="bytes")
def filesize(size: int | None) -> str:
    """A size in binary units, as the SDK prints them: 1.2 MiB."""
    if size is None:
        return ""
    if abs(size) < 1024:
        return f"{size} B"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= 1024
        # 1023.95 would print as 1,024.0
        if abs(amount) < 1023.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:,.1f} PiB"


@register.filter
def count(number: int | None) -> str:
    """A whole number with thousands separators: 12,345."""
    return "" if number is None else f"{number:,}"


@register.filter
def change(number: float | None) -> str:
    """A difference with its sign: +0.0125, −1,200."""
    if number is None:
        return ""
    is_whole = float(number).is_integer() and abs(number) < 1e15
    return (f"{number:+,.0f}" if is_whole else f"{number:+,.4g}").replace("-", "−")


@register.filter
def percent(number: float | None) -> str:
    """A relative difference with its sign: +2.5 %."""
    if number is None:
        return ""
    text = f"{number:+,.1f}" if 0.1 <= abs(number) < 1e6 else f"{number:+.1g}"
    return f"{text} %".replace("-", "−")


@register.filter
def short_digest(digest: str | None) -> str:
    """The first characters of a digest, enough to tell two apart at a glance."""
    if not digest:
        return ""
    return digest if len(digest) <= DIGEST_SHOWN else f"{digest[:DIGEST_SHOWN]}…"


@register.filter
def with_code(text: Any) -> SafeString:
    """A refusal or message as a page shows it: what stands between backticks is code.

    Escapes like any value; of text that is HTML already only what stands between its tags counts.
    """
    pieces = _MARKUP.split(conditional_escape("" if text is None else str(text)))
    pieces[::2] = [_BACKTICKS.sub(r"<code>\1</code>", piece) for piece in pieces[::2]]
    return mark_safe("".join(pieces))  # nothing but what was escaped, and <code>


@register.simple_tag
def ago(moment: dt.datetime | None) -> str:
    """A time as people say it, with the exact one in a title and, by times.js, on focus.

    The title says it in UTC; times.js puts the browser's own time in front.
    """
    return _time(moment, relative(moment, timezone.now()), ' tabindex="0"') if moment else ""


@register.simple_tag
def clock(moment: dt.datetime | None) -> str:
    """The time of day of one of many lines: in UTC, and by times.js in the browser's own time."""
    return _time(moment, f"{moment.astimezone(dt.UTC):%H:%M:%S}", " data-clock") if moment else ""


def _time(moment: dt.datetime, text: str, attributes: str) -> str:
    exact = moment.astimezone(dt.UTC)
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        exact.isoformat(timespec="seconds"),
        f"{exact:%Y-%m-%d %H:%M:%S} UTC",
        mark_safe(attributes),
        text,
    )


# ------------------------------------------------------------------ pieces of HTML


@register.filter
def element_id(address: str) -> str:
    """An id for an element that belongs to this address alone, the same each time."""
    return f"e{hashlib.sha256(address.encode()).hexdigest()[:12]}"


@register.simple_tag
def undo_of(message: Any) -> dict[str, Any] | None:
    """Where a form posts what to undo what this message tells of: see pages.undo_address."""
    url, _mark, fields = (message.extra_tags or "").partition("?")
    return {"url": url, "fields": parse_qsl(fields)} if url else None


@register.simple_tag
def opened(**texts: Any) -> str:
    """The hidden field by which a form in a table says what it was opened with."""
    return format_html('<input type="hidden" name="opened" value="{}">', write_opened(texts))


@register.simple_tag(takes_context=True, name="csrf_token")
def csrf_field(context: Context) -> str:
    """Django's own `{% csrf_token %}`, made to work inside `{% include … only %}` as well.

    An isolated include loses what context processors gave, but keeps the request itself.
    """
    request = context.get("request") or getattr(context, "request", None)
    if request is None:
        return ""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )


@register.simple_tag
def under(path: str, url: str | None) -> bool:
    """Whether the page at `path` is `url` or lies below it, to mark links of the rail."""
    base = (url or "").rstrip("/")
    return bool(base) and (path.rstrip("/") == base or path.startswith(f"{base}/"))


@register.simple_tag
def code_block(code: str, language: str = "text", label: str = "") -> SafeString:
    """Code with its language, colours and a copy button."""
    code = str(code).rstrip("\n")
    html = code_html(code, language)
    values = {"code": code, "language": language, "label": label, "html": html}
    return render_to_string("components/text/code_block.html", values)


@register.simple_tag
def coloured(text: str, language: str) -> str:
    """A file's text in the colours of its language, or else in those that it has for a terminal."""
    return coloured_html(text, language) or terminal_html(text)


@register.simple_block_tag(takes_context=True)
def overlay(
    context: Context, content: str, title: str, kind: str = "dialog", close_url: str = ""
) -> SafeString:
    """A form in one text: a dialog or drawer for htmx, a panel on its own page without it."""
    request = context.get("request") or getattr(context, "request", None)
    values = {
        "content": content,
        "title": title,
        "kind": kind,
        "close_url": close_url,
        "fragment": request is not None and wants_fragment(request),
    }
    return render_to_string("components/page/overlay.html", values)
