"""The page, the files and the feed of each history; they are the same for all places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registries.services.history.filters import HistoryFilter, filter_events, read_filter
from registries.services.history.reading import Reading, read_events
from registries.views.history.atom import atom_feed
from registries.views.history.entries.entries import Entry, entries_of, entry_of
from registries.views.history.places import (
    Place,
    WithPlace,
    of_collection,
    of_linked_version,
    of_logged_version,
    of_organization,
    of_project,
    of_registry,
    of_sequence,
    of_team,
)
from registry_site.accounts.models import Event, User
from registry_site.accounts.views.exports import exported
from registry_site.accounts.views.login_or_key import by_login_or_key
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, Table, files_of, list_page, render_page
from registry_site.queries.keyset import PAGE_SIZE

FEED = 50  # entries of a feed
ORDER = ("-id",)


@dataclass(frozen=True)
class HistoryPage:
    """What history.html shows."""

    place: Place
    chosen: HistoryFilter
    topics: Sequence[tuple[str, str | Promise]]
    entries: list[Entry]
    table: Table
    feed_url: str


def history_page(request: HtmxRequest, place: Place) -> HttpResponse:
    def in_words(events: list[Event]) -> list[Entry]:
        return entries_of(request.user, events, here=place.membership)

    return render_history(request, place, in_words)


def render_history(
    request: HtmxRequest,
    place: Place,
    in_words: Callable[[list[Event]], list[Entry]],
    size: int = PAGE_SIZE,
) -> HttpResponse:
    """Show a page of `size` events, as the entries that `in_words` makes of them."""
    chosen = read_filter(request.user, request.GET)
    listing = listing_of(request.user, place, chosen)
    table = list_page(request, listing, summary=_summary, size=size)
    feed = feed_file(place.url, request.GET)
    page = HistoryPage(
        place=place,
        chosen=chosen,
        topics=Event.Topic.choices,
        entries=in_words([row.event for row in table.rows]),
        table=replace(table, files=[*table.files, feed]),
        feed_url=feed["url"],
    )
    template = "registries/history/history.html"
    return render_page(request, template, {"page": page}, fragment="events")


def _summary(n: int) -> str:
    return ngettext("{count} event · newest first", "{count} events · newest first", n)


def history_listing(request: HtmxRequest, place: Place) -> Listing:
    return listing_of(request.user, place, read_filter(request.user, request.GET))


def history_feed(request: HtmxRequest, place: Place) -> HttpResponse:
    events = filter_events(place.events, read_filter(request.user, request.GET))
    entries = entries_of(request.user, events.order_by(*ORDER)[:FEED], here=place.membership)
    return atom_feed(request, title=place.title, url=place.url, entries=entries)


@dataclass(frozen=True)
class EventRow:
    """An event of a history, with what the person may read of it."""

    event: Event
    reading: Reading


def listing_of(user: User, place: Place, chosen: HistoryFilter) -> Listing:
    """Return the history's events, each as an EventRow."""

    def complete(events: list[Event]) -> list[EventRow]:
        reading = read_events(user, events)
        return [EventRow(event, reading) for event in events]

    return Listing(
        url=f"{place.url}/-/events",
        rows=filter_events(place.events, chosen),
        order=ORDER,
        columns=_columns(place),
        complete=complete,
        has_pages=False,
    )


def _columns(place: Place) -> Columns:
    def sentence(row: EventRow) -> str:
        return entry_of(row.event, row.reading, place.membership).sentence.text

    return {
        "at": lambda row: row.event.at,
        "who": lambda row: row.event.actor_name,
        "topic": lambda row: row.event.topic,
        "what": lambda row: row.event.verb,
        "kind": lambda row: row.event.kind,
        "subject": lambda row: _subject(row.event, row.reading, place),
        "before": lambda row: row.reading.change(row.event)[0],
        "after": lambda row: row.reading.change(row.event)[1],
        "note": lambda row: row.event.note,
        "sentence": sentence,
    }


def _subject(event: Event, reading: Reading, place: Place) -> str:
    """Return the thing's name then; for a version of a hidden project the viewed link's name."""
    if reading.may_open(event):
        return event.subject
    return place.membership.full_name if place.membership is not None else ""


def feed_file(url: str, query: Any) -> dict[str, str]:
    """Return the address of a history's feed, beside its files."""
    first, *_rest = files_of(f"{url}/-/events", query)
    return {"label": "Atom", "url": first["url"].replace("/-/events.csv", "/-/events.atom", 1)}


def _views(of: WithPlace) -> tuple[Any, Any, Any]:
    """Return the three views of one kind of place: page, files, feed."""
    feed = by_login_or_key(of(history_feed))
    return require_safe(of(history_page)), exported(of(history_listing)), feed


collection_history, collection_history_export, collection_history_feed = _views(of_collection)
sequence_history, sequence_history_export, sequence_history_feed = _views(of_sequence)
registry_history, registry_history_export, registry_history_feed = _views(of_registry)
project_history, project_history_export, project_history_feed = _views(of_project)
version_history, version_history_export, version_history_feed = _views(of_linked_version)
logged_version_history, logged_version_history_export, logged_version_history_feed = _views(
    of_logged_version
)
organization_history, organization_history_export, organization_history_feed = _views(
    of_organization
)
team_history, team_history_export, team_history_feed = _views(of_team)
