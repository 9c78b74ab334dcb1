"""One file of two versions: its differences, or why they can't be shown."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from artifacts.models import ManifestEntry, Membership
from artifacts.services.compare import (
    MOST_BYTES,
    FileDifference,
    FilePair,
    compare_file,
    find_file_pair,
)
from artifacts.views.compare.choice import address
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Denied
from registry_site.pages import HtmxRequest

MOST_VALUES = 1_000  # values of a document that are shown


@dataclass(frozen=True)
class Side:
    """A file as one version has it; `url` downloads it, "" where that is not possible."""

    membership: Membership
    entry: ManifestEntry | None
    url: str


def file_context(request: HtmxRequest, base: Membership, other: Membership) -> dict[str, Any]:
    """Return what artifacts/compare/_file.html shows, as far as the person may read the file."""
    pair = find_file_pair(base, other, request.GET["file"])
    context = {
        "pair": pair,
        "sides": [_side(request, base, pair.base), _side(request, other, pair.other)],
        "all_files_url": address(request, file="", lines=""),
        "lines_url": address(request, lines="1"),
        "values_url": address(request, lines=""),
        "most_bytes": MOST_BYTES,
        "state": _state(pair),
    }
    if pair.is_same or len(pair.blobs) < 2:
        return context
    as_lines = bool(request.GET.get("lines"))
    try:
        difference = compare_file(
            by=request.user, base=base, other=other, pair=pair, as_lines=as_lines
        )
    except Denied as refusal:  # the names and sizes are for everybody who sees the versions
        return context | {"refusal": refusal.message}
    return context | {
        "difference": difference,
        "as_lines": as_lines,
        **_values_shown(difference),
    }


def _values_shown(difference: FileDifference) -> dict[str, Any]:
    values = difference.values or []
    return {"values": values[:MOST_VALUES], "hidden_values": max(len(values) - MOST_VALUES, 0)}


def _state(pair: FilePair) -> str:
    if pair.base is None:
        return "added"
    if pair.other is None:
        return "removed"
    return "same" if pair.is_same else "changed"


def _side(request: HtmxRequest, membership: Membership, entry: ManifestEntry | None) -> Side:
    may = can(request.user, Action.DOWNLOAD, membership.collection.project)
    if entry is None or entry.blob_id is None or not may:
        return Side(membership, entry, "")
    return Side(
        membership, entry, reverse("artifacts:file_download", args=[membership.pk, entry.path])
    )
