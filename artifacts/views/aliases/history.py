"""The page of one alias: which versions had it, from when to when, by whom and why."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership
from artifacts.querysets.collections import LATEST
from artifacts.services.aliases.periods import (
    End,
    Interval,
    holder_of,
    intervals_of,
    is_exact,
    starts_of,
)
from artifacts.views.aliases.release_strip import move_url, roll_back_url
from artifacts.views.aliases.time_line import MOST_DRAWN, time_line
from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.paths import in_collection
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, role_reason
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, list_page, render_page

_COLUMNS = {
    "version": lambda row: row.interval.number,
    "from": lambda row: row.interval.start.at,
    "until": lambda row: row.interval.end_event and row.interval.end_event.at,
    "set_by": lambda row: row.interval.start.actor_name,
    "how": lambda row: row.interval.start.verb,
    "note": lambda row: row.interval.start.note,
    "end": lambda row: row.interval.end.value,
    "ended_by": lambda row: row.interval.end_event and row.interval.end_event.actor_name,
    "next_version": lambda row: _next_number(row.interval),
    "is_live": lambda row: row.interval.is_live,
}


@require_safe
@in_collection
def alias_history(request: HtmxRequest, collection: Collection, alias: str) -> HttpResponse:
    context = history_context(request, collection, alias)
    context["breadcrumb"] = collection_crumbs(collection, alias)
    template = "artifacts/aliases/alias_history.html"
    return render_page(request, template, context, fragment="times")


@exported
@in_collection
def alias_history_export(request: HtmxRequest, collection: Collection, alias: str) -> Listing:
    return times_listing(collection, alias)


def history_context(request: HtmxRequest, collection: Collection, alias: str) -> dict[str, Any]:
    """Return what artifacts/aliases/alias_history.html shows, but for the breadcrumb."""
    listing = times_listing(collection, alias)
    page = list_page(
        request,
        listing,
        summary=lambda n: ngettext(
            "{count} period · newest first", "{count} periods · newest first", n
        ),
    )
    newest = list(listing.rows.order_by("-pk")[:MOST_DRAWN])
    drawn = intervals_of(collection, alias, newest)
    holder = holder_of(collection, alias)
    project = collection.project
    is_protected = alias in project.protected_alias_names
    action = Action.PROTECT if is_protected else Action.EDIT
    return {
        "collection": collection,
        "alias": alias,
        "is_latest": alias == LATEST,
        "is_protected": is_protected,
        "holder": holder,
        "is_exact": is_exact(drawn[0] if drawn else None, holder),
        "page": page,
        "rows": [_row(request.user, row.interval, holder) for row in page.rows],
        "time_line": time_line(drawn),
        "drawn": len(drawn) if len(drawn) < page.total else 0,
        "reason": role_reason(request.user, action, project),
        "ask_url": ask_url(action, project),
        "move_url": move_url(collection, alias) if collection.version_count else "",
    }


def times_listing(collection: Collection, alias: str) -> Listing:
    """All times of the alias, each as the event that began it, with its `interval`."""

    def complete(rows: list[Any]) -> None:
        for row, interval in zip(rows, intervals_of(collection, alias, rows), strict=True):
            row.interval = interval

    return Listing(
        url=f"{collection.alias_history_url(alias)}/-/times",
        rows=starts_of(collection, alias),
        order=("-id",),
        columns=_COLUMNS,
        complete=complete,
        has_pages=False,
    )


def _row(user: User, interval: Interval, holder: Any) -> dict[str, Any]:
    membership = interval.membership
    is_here = holder is not None and holder.membership.number == interval.number
    can_return = interval.is_live and not is_here
    url = (
        roll_back_url(membership.collection, interval.alias, interval.start.pk)
        if membership and can_return
        else ""
    )
    return {
        "trash_url": _trash_url(user, membership) if membership and membership.hidden_at else "",
        "interval": interval,
        "next_number": _next_number(interval),
        "roll_back_url": url,
        "is_here": is_here,
    }


def _trash_url(user: User, membership: Membership) -> str:
    """Where its version can be restored, for those who may open its project."""
    project = membership.version.sequence.project
    is_there = membership.version.removed_at is None and can(user, Action.READ, project)
    return project.trash_url if is_there else ""


def _next_number(interval: Interval) -> str | None:
    event = interval.end_event
    return str(event.after) if event and interval.end == End.MOVED else None
