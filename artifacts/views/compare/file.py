"""One file of two versions: its differences, or why they can't be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from artifacts.differences.leaves import Leaf
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
    """A file as one version has it, if it has it."""

    version: str  # its collection and number
    is_there: bool
    size: int = 0
    digest: str = ""
    ref: str = ""
    url: str = ""  # downloads it; "" where that is not possible


@dataclass(frozen=True)
class ComparedFile:
    """What artifacts/compare/_file.html shows, as far as the person may read the file."""

    path: str
    state: str
    sides: Sequence[Side]
    difference: FileDifference | None
    as_lines: bool  # whether the address asks for lines in place of values
    refusal: str  # why the person may not read it, "" where they may
    all_files_url: str
    lines_url: str
    values_url: str
    most_bytes: int = MOST_BYTES

    @property
    def values(self) -> Sequence[Leaf]:
        """The first of the values that differ."""
        return self._values[:MOST_VALUES]

    @property
    def hidden_values(self) -> int:
        return len(self._values[MOST_VALUES:])

    @property
    def _values(self) -> Sequence[Leaf]:
        return (self.difference and self.difference.values) or []


def compared_file(request: HtmxRequest, base: Membership, other: Membership) -> ComparedFile:
    """Return the file that the address names, as both versions have it."""
    pair = find_file_pair(base, other, request.GET["file"])
    difference, refusal = None, ""
    as_lines = bool(request.GET.get("lines"))
    if not pair.is_same and len(pair.blobs) == 2:
        try:
            difference = compare_file(
                by=request.user, base=base, other=other, pair=pair, as_lines=as_lines
            )
        except Denied as denied:  # names and sizes are for everybody who sees the versions
            refusal = denied.message
    return ComparedFile(
        path=pair.path,
        state=_state(pair),
        sides=[_side(request, base, pair.base), _side(request, other, pair.other)],
        difference=difference,
        as_lines=as_lines,
        refusal=refusal,
        all_files_url=address(request, file="", lines=""),
        lines_url=address(request, lines="1"),
        values_url=address(request, lines=""),
    )


def _state(pair: FilePair) -> str:
    if pair.base is None:
        return "added"
    if pair.other is None:
        return "removed"
    return "same" if pair.is_same else "changed"


def _side(request: HtmxRequest, membership: Membership, entry: ManifestEntry | None) -> Side:
    if entry is None:
        return Side(str(membership), is_there=False)
    may = can(request.user, Action.DOWNLOAD, membership.collection.project)
    address = [membership.pk, entry.path]
    url = reverse("artifacts:file_download", args=address) if entry.blob_id and may else ""
    return Side(str(membership), True, entry.size, entry.digest, entry.ref, url)
