"""The page of one alias: which versions had it, from when to when, by whom and why."""

from dataclasses import dataclass
from functools import partial

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Alias, Collection, Membership
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
from artifacts.views.aliases.time_line import MOST_DRAWN, TimeLine, time_line
from artifacts.views.breadcrumbs import collection_crumbs
from artifacts.views.paths import in_collection
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, ask_url, can, role_reason
from registry_site.accounts.views.exports import exported
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, list_page, render_page

_COLUMNS = {
    "version": lambda row: row.number,
    "from": lambda row: row.start.at,
    "until": lambda row: row.end_event and row.end_event.at,
    "set_by": lambda row: row.start.actor_name,
    "how": lambda row: row.start.verb,
    "note": lambda row: row.start.note,
    "end": lambda row: row.end.value,
    "ended_by": lambda row: row.end_event and row.end_event.actor_name,
    "next_version": lambda row: _next_number(row),
    "is_live": lambda row: row.is_live,
}


@require_safe
@in_collection
def alias_history(request: HtmxRequest, collection: Collection, alias: str) -> HttpResponse:
    context = {
        "history": history_of(request, collection, alias),
        "breadcrumb": collection_crumbs(collection, alias),
    }
    template = "artifacts/aliases/alias_history.html"
    return render_page(request, template, context, fragment="times")


@exported
@in_collection
def alias_history_export(request: HtmxRequest, collection: Collection, alias: str) -> Listing:
    return times_listing(collection, alias)


@dataclass(frozen=True)
class Period:
    """A time during which a version had the alias, as a row of the table."""

    interval: Interval
    next_number: str | None  # of the version to which the alias moved
    is_here: bool  # whether the version has it now
    roll_back_url: str  # "" where the alias can't go back
    trash_url: str  # where the version can be restored; "" unless it was deleted


@dataclass(frozen=True)
class AliasHistory:
    """What artifacts/aliases/alias_history.html shows."""

    collection: Collection
    alias: str
    is_latest: bool
    is_protected: bool
    holder: Alias | None  # the alias as it is now
    is_exact: bool  # whether all its moves were recorded
    page: Table
    periods: list[Period]
    time_line: TimeLine | None
    drawn: int  # periods that the time line has; 0 where it has all of them
    reason: str  # why the person may not move it
    ask_url: str
    move_url: str


def history_of(request: HtmxRequest, collection: Collection, alias: str) -> AliasHistory:
    """Return which versions had the alias, and what the person can do about it."""
    page = _page(request, times_listing(collection, alias))
    intervals, holder = _newest_intervals(collection, alias), holder_of(collection, alias)
    project = collection.project
    is_protected = alias in project.protected_alias_names
    action = Action.PROTECT if is_protected else Action.EDIT
    return AliasHistory(
        collection=collection,
        alias=alias,
        is_latest=alias == LATEST,
        is_protected=is_protected,
        holder=holder,
        is_exact=is_exact(intervals[0] if intervals else None, holder),
        page=page,
        periods=[_period(request.user, interval, holder) for interval in page.rows],
        time_line=time_line(intervals),
        drawn=len(intervals) if len(intervals) < page.total else 0,
        reason=role_reason(request.user, action, project),
        ask_url=ask_url(action, project),
        move_url=move_url(collection, alias) if collection.version_count else "",
    )


def _page(request: HtmxRequest, listing: Listing) -> Table:
    def summary(count: int) -> str:
        return ngettext("{count} period · newest first", "{count} periods · newest first", count)

    return list_page(request, listing, summary=summary)


def _newest_intervals(collection: Collection, alias: str) -> list[Interval]:
    """Return the periods that the time line draws, newest first."""
    newest = starts_of(collection, alias).order_by("-pk")[:MOST_DRAWN]
    return intervals_of(collection, alias, list(newest))


def times_listing(collection: Collection, alias: str) -> Listing:
    """Return all periods of the alias, each as its Interval."""
    return Listing(
        url=f"{collection.alias_history_url(alias)}/-/times",
        rows=starts_of(collection, alias),
        order=("-id",),
        columns=_COLUMNS,
        complete=partial(intervals_of, collection, alias),
        has_pages=False,
    )


def _period(user: User, interval: Interval, holder: Alias | None) -> Period:
    membership = interval.membership
    is_here = holder is not None and holder.membership.number == interval.number
    can_return = interval.is_live and not is_here
    url = (
        roll_back_url(membership.collection, interval.alias, interval.start.pk)
        if membership and can_return
        else ""
    )
    return Period(
        interval=interval,
        next_number=_next_number(interval),
        is_here=is_here,
        roll_back_url=url,
        trash_url=_trash_url(user, membership) if membership and membership.hidden_at else "",
    )


def _trash_url(user: User, membership: Membership) -> str:
    """Return where the period's version can be restored, for those who may open its project."""
    project = membership.version.sequence.project
    is_there = membership.version.removed_at is None and can(user, Action.READ, project)
    return project.trash_url if is_there else ""


def _next_number(interval: Interval) -> str | None:
    event = interval.end_event
    return str(event.after) if event and interval.end == End.MOVED else None
