"""One entry of a history by itself: a changed text as a difference, and the older one restored."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from artifacts.differences.lines import TextDifference, compare_texts
from artifacts.models import Membership, Version
from registries.services.history.rights import reach_event
from registries.services.history.text_changes import (
    SIDES,
    TextChange,
    restore_text,
    text_change_of,
)
from registries.views.history.entries.entries import Entry, entries_of
from registry_site.accounts.models import Event, User
from registry_site.pages import HtmxRequest, go_to, render_page
from registry_site.texts.edits import Unread, read_opened


@dataclass(frozen=True)
class EventPage:
    """What event.html shows."""

    event: Event
    entry: Entry
    change: TextChange | None
    lines: TextDifference | None  # None where one of the texts wasn't kept
    sides: list[str]  # of the change, whose text the person may restore
    restore_url: str

    @property
    def breadcrumb(self) -> list[dict[str, str]]:
        place = self.entry.place
        way = [{"label": place.text, "url": place.url}] if place else []
        activity = {"label": _("Activity"), "url": reverse("registries:activity")}
        return [activity, *way, {"label": _("Change")}]


@require_safe
def event_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    event = reach_event(by=request.user, pk=pk)
    return render_page(request, "registries/history/event.html", {"page": _page(request, event)})


@require_POST
def event_restore(request: HtmxRequest, pk: int) -> HttpResponse:
    event, side = reach_event(by=request.user, pk=pk), request.POST.get("side", "")
    opened = read_opened(request.POST.get("opened", ""))
    try:
        thing = restore_text(by=request.user, event_pk=pk, side=side, opened=opened)
    except Unread as refusal:
        context = {"page": _page(request, event), "unread": refusal, "side": side}
        template = "registries/history/event.html"
        return render_page(request, template, context, status=Unread.status)
    page_row = _row_with_page(request.user, thing)
    messages.success(request, _("The text of {name} was restored.").format(name=page_row))
    return go_to(request, page_row.get_absolute_url())


def _page(request: HtmxRequest, event: Event) -> EventPage:
    change = text_change_of(by=request.user, event=event)
    page_row = _row_with_page(request.user, change.thing) if change else None
    here = page_row if isinstance(page_row, Membership) else None
    (entry,) = entries_of(request.user, [event], here=here)
    return EventPage(
        event=event,
        entry=entry,
        change=change,
        lines=_lines(change),
        sides=[side for side in SIDES if change and change.can_restore(side)],
        restore_url=reverse("registries:event_restore", args=[event.pk]),
    )


def _lines(change: TextChange | None) -> TextDifference | None:
    if change is None or change.before is None or change.after is None:
        return None
    return compare_texts(_ended(change.before), _ended(change.after))


def _ended(text: str) -> str:
    """Return the text with a final line end, so that a missing one is no difference."""
    lines = text.replace("\r\n", "\n").rstrip("\n")
    return f"{lines}\n" if lines else ""


def _row_with_page(user: User, thing: Any) -> Any:
    """Return the row that has a page: for a version a membership that the person may see."""
    if not isinstance(thing, Version):
        return thing
    seen = thing.seen_by(user)
    if isinstance(seen, Membership):
        return seen
    return thing.memberships.for_path().get(collection=thing.sequence_id)
