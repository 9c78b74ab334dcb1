"""Recent changes: a few lines on the home page, everything on a page of its own."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registries.services.history.activity import lines_of, newest_lines, newest_news, news_for
from registries.services.history.filters import filter_events, read_filter
from registries.views.history.atom import atom_feed
from registries.views.history.entries.entries import Entry, grouped_entries
from registries.views.history.pages import FEED, ORDER, listing_of, render_history
from registries.views.history.places import Place
from registry_site.accounts.models import Event, User
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.login_or_key import by_login_or_key
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest

HOME_LINES = 6
PAGE = 100  # events on a page; many of them may become one line


@require_safe
def activity(request: HtmxRequest) -> HttpResponse:
    def in_words(events: list[Event]) -> list[Entry]:
        return grouped_entries(request.user, lines_of(events))

    return render_history(request, _place(request), in_words, size=PAGE)


@exported
def activity_export(request: HtmxRequest) -> Listing:
    return listing_of(request.user, _place(request), read_filter(request.user, request.GET))


@by_login_or_key
def activity_feed(request: HtmxRequest) -> HttpResponse:
    events = filter_events(_place(request).events, read_filter(request.user, request.GET))
    lines = newest_lines(events.order_by(*ORDER), FEED)
    entries = grouped_entries(request.user, lines)
    return atom_feed(request, title=_("Activity"), url=_url(), entries=entries)


def home_activity(user: User) -> list[Entry]:
    """Return the newest lines of news for the person's home page."""
    return grouped_entries(user, newest_news(user, HOME_LINES))


def _place(request: HtmxRequest) -> Place:
    topic = request.GET.get("topic", "")
    return Place(
        title=_("Activity"),
        url=_url(),
        events=news_for(request.user, topic if topic in Event.Topic.values else ""),
        breadcrumb=[],
    )


def _url() -> str:
    return reverse("registries:activity")
