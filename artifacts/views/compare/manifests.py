"""The files of two versions beside each other, path by path, however many there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Membership
from artifacts.reads.compared import (
    DIFFERENT,
    ComparedManifests,
    ComparedPath,
    State,
    Total,
)
from artifacts.views.compare.choice import address, chosen, names_in
from artifacts.views.compare.values import signed
from registry_site.accounts.views.exports import exported
from registry_site.errors import Invalid
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, files_of
from registry_site.texts.numbers import filesize

PAGE_SIZE = 100
ALL = "all"
_SIGNS: dict[str, str] = {State.ADDED: "+", State.REMOVED: "−", State.CHANGED: "≠", State.SAME: "="}
_COLUMNS: dict[str, Callable[[ComparedPath], Any]] = {
    "path": lambda row: row.path,
    "state": lambda row: row.state.value,
    "base_size": lambda row: row.base_size,
    "other_size": lambda row: row.other_size,
    "base_ref": lambda row: row.base_ref,
    "other_ref": lambda row: row.other_ref,
}


@dataclass(frozen=True)
class Tile:
    """How many files are in a state; its address shows them alone."""

    state: str  # "" for all that differ
    label: str
    sign: str
    count: int
    bytes: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Row:
    """One path as the page shows it."""

    compared: ComparedPath
    change: str
    url: str  # of the difference of this file


@dataclass(frozen=True)
class ComparedFiles:
    """What artifacts/compare/_files.html shows."""

    tiles: Sequence[Tile]
    state: str  # of the files that are shown, "" for all that differ
    text: str  # in their paths
    page: Table
    form_fields: Sequence[dict[str, str]]  # of the form that filters by the path


def compared_files(request: HtmxRequest, base: Membership, other: Membership) -> ComparedFiles:
    """Return the files of both versions, as the address filters and pages them."""
    state, text = _filters(request)
    compared = ComparedManifests(base.version, other.version, text)
    totals = compared.totals()
    return ComparedFiles(
        tiles=_tiles(request, totals, state),
        state=state,
        text=text,
        page=_page(request, compared, totals, _states(state)),
        form_fields=[
            {"name": name, "value": value}
            for name, values in request.GET.lists()
            if name in {"version", "state", "values"}
            for value in values
        ],
    )


@exported
def compared_files_export(request: HtmxRequest) -> Listing:
    memberships = chosen(request.user, names_in(request))
    if len(memberships) != 2:
        raise Invalid(_("Name two versions in the address: ?version={base}&version={other}."))
    state, text = _filters(request)
    compared = ComparedManifests(memberships[0].version, memberships[1].version, text)
    return Listing(
        url=_files_url(),
        rows=compared.all(_states(state)),
        order=("path",),
        columns=_COLUMNS,
        has_pages=False,
    )


def _files_url() -> str:
    return f"{reverse('artifacts:compare')}/-/files"


def _filters(request: HttpRequest) -> tuple[str, str]:
    """Return the state ("" for all that differ) and the text in the path, from the address."""
    state = request.GET.get("state", "")
    return state if state in {ALL, *State} else "", request.GET.get("path", "").strip()


def _states(state: str) -> frozenset[State]:
    if state == ALL:
        return frozenset(State)
    return frozenset({State(state)}) if state else DIFFERENT


def _label_of(state: str) -> str:
    """Return what a state is called."""
    return {
        State.ADDED: _("Added"),
        State.REMOVED: _("Removed"),
        State.CHANGED: _("Changed"),
        State.SAME: _("Same"),
    }[State(state)]


def _tiles(request: HttpRequest, totals: dict[State, Total], current: str) -> list[Tile]:
    different = sum(totals[state].count for state in DIFFERENT)
    base = sum(total.base_bytes for total in totals.values())
    other = sum(total.other_bytes for total in totals.values())
    sizes = {
        "": signed(base, other, filesize) or filesize(0),
        State.ADDED: filesize(totals[State.ADDED].other_bytes),
        State.REMOVED: filesize(totals[State.REMOVED].base_bytes),
        State.CHANGED: _from_to(totals[State.CHANGED]),
        State.SAME: filesize(totals[State.SAME].other_bytes),
        ALL: _from_to(Total(0, base, other)),
    }
    counts = {"": different, ALL: sum(total.count for total in totals.values())}
    labels = {"": _("All that differ"), ALL: _("All files")}
    return [
        Tile(
            state,
            labels.get(state) or _label_of(state),
            _SIGNS.get(state, ""),
            counts[state] if state in counts else totals[State(state)].count,
            size,
            address(request, state=state),
            state == current,
        )
        for state, size in sizes.items()
    ]


def _from_to(total: Total) -> str:
    return f"{filesize(total.base_bytes)} → {filesize(total.other_bytes)}"


def _page(
    request: HttpRequest,
    compared: ComparedManifests,
    totals: dict[State, Total],
    states: frozenset[State],
) -> Table:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = compared.page(states, PAGE_SIZE + 1, after=after, before=before)
    more = len(rows) > PAGE_SIZE
    rows = rows[1:] if before and more else rows[:PAGE_SIZE]
    has_previous, has_next = (more, True) if before else (bool(after), more)
    total = sum(totals[state].count for state in states)
    summary = ngettext("{count} file · by path", "{count} files · by path", total)
    return Table(
        rows=[_row(request, row) for row in rows],
        total=total,
        summary=summary.format(count=f"{total:,}"),
        previous_url=address(request, before=rows[0].path) if rows and has_previous else "",
        next_url=address(request, after=rows[-1].path) if rows and has_next else "",
        files=files_of(_files_url(), request.GET),
    )


def _row(request: HttpRequest, row: ComparedPath) -> Row:
    change = signed(row.base_size or 0, row.other_size or 0, filesize)
    return Row(row, change, address(request, file=row.path))
