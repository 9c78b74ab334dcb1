"""Times as people say them."""

import datetime as dt

from django.utils.translation import gettext as _


def relative(moment: dt.datetime, now: dt.datetime) -> str:
    """`moment` seen from `now`, in the largest whole unit: 2 h ago, in 3 d."""
    seconds = (now - moment).total_seconds()
    gone = seconds >= 0
    seconds = abs(seconds)
    if seconds < 60:
        return _("just now") if gone else _("in a moment")
    if seconds < 3600:
        text = _("%(n)d min ago") if gone else _("in %(n)d min")
        return text % {"n": seconds // 60}
    if seconds < 86_400:
        text = _("%(n)d h ago") if gone else _("in %(n)d h")
        return text % {"n": seconds // 3600}
    days = int(seconds // 86_400)
    if days < 61:  # from here on it is two months
        text = _("%(n)d d ago") if gone else _("in %(n)d d")
        return text % {"n": days}
    if days < 730:
        text = _("%(n)d months ago") if gone else _("in %(n)d months")
        return text % {"n": days * 12 // 365}
    text = _("%(n)d years ago") if gone else _("in %(n)d years")
    return text % {"n": days // 365}
