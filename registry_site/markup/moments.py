"""Times in relative words, with the exact time in a title."""

import datetime as dt
from html import escape

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def ago(moment: dt.datetime | None) -> str:
    """Return a relative time, with the exact one in a title and, by times.js, on focus.

    The title says it in UTC; times.js puts the browser's own time in front.
    """
    return _time(moment, relative(moment, timezone.now()), ' tabindex="0"') if moment else ""


def clock(moment: dt.datetime | None) -> str:
    """Return the time of day in UTC; times.js changes it to the browser's own zone."""
    return _time(moment, f"{moment.astimezone(dt.UTC):%H:%M:%S}", " data-clock") if moment else ""


def _time(moment: dt.datetime, text: str, attributes: str) -> str:
    exact = moment.astimezone(dt.UTC)
    title = f"{exact:%Y-%m-%d %H:%M:%S} UTC"
    start = f'<time datetime="{exact.isoformat(timespec="seconds")}" title="{title}"{attributes}>'
    return SafeString(f"{start}{escape(text)}</time>")


def relative(moment: dt.datetime, now: dt.datetime) -> str:
    """Return `moment` as seen from `now`, in the largest whole unit: 2 h ago, in 3 d."""
    seconds = (now - moment).total_seconds()
    is_past = seconds >= 0
    seconds = abs(seconds)
    if seconds < 60:
        return _("just now") if is_past else _("in a moment")
    if seconds < 3600:
        text = _("%(n)d min ago") if is_past else _("in %(n)d min")
        return text % {"n": seconds // 60}
    if seconds < 86_400:
        text = _("%(n)d h ago") if is_past else _("in %(n)d h")
        return text % {"n": seconds // 3600}
    days = int(seconds // 86_400)
    if days < 61:  # from here on it is two months
        text = _("%(n)d d ago") if is_past else _("in %(n)d d")
        return text % {"n": days}
    if days < 730:
        text = _("%(n)d months ago") if is_past else _("in %(n)d months")
        return text % {"n": days * 12 // 365}
    text = _("%(n)d years ago") if is_past else _("in %(n)d years")
    return text % {"n": days // 365}
