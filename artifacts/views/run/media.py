"""The objects that the SDK wrote into a run's summary, shown as images, tables and the like."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.formats.media import Medium, split_media
from artifacts.models import Run, RunFile
from artifacts.previews.dispatch import preview_of
from artifacts.previews.kinds import Kind, kind_of
from artifacts.previews.reading import Unreadable
from artifacts.services.runs.logged_artifacts import Places, read_referenced
from artifacts.store import store
from artifacts.views.files.preview import ShownTable, shown_table
from registry_site.accounts.models import User
from registry_site.accounts.permissions import Action, can
from registry_site.charts.bars import BarChart, histogram
from registry_site.errors import Unavailable
from registry_site.texts.numbers import filesize

MOST_CARDS = 6  # on one page
MOST_FILES = 6  # of one value
MOST_CAPTION = 200  # characters
TABLE_LIMIT = 512 * 1024  # bytes of a table that is read for the summary
FEW_ROWS, FEW_COLUMNS = 5, 6  # that are shown of it
MOST_TABLES = 2  # that are read for one page


@dataclass(frozen=True)
class Item:
    """One file of a value; `kind` says how the page shows it."""

    label: str
    caption: str
    kind: str  # image, audio, video, or "" where a link must do
    source: str  # of its bytes; "" where they are missing, or not for this person
    url: str  # its own page
    note: str


@dataclass(frozen=True)
class Card:
    """One value: what it is in words, and its image, table, bars or links."""

    name: str
    kind: str
    facts: str
    items: list[Item] = field(default_factory=list)
    more: int = 0
    bars: BarChart | None = None
    table: ShownTable | None = None
    artifact_label: str = ""
    artifact_url: str = ""


@dataclass(frozen=True)
class MediaSection:
    """A page of cards, in the shape that components/lists/pagination.html takes."""

    cards: list[Card]
    summary: str
    previous_url: str
    next_url: str


def media_section(
    user: User, run: Run, name: str, value: Mapping[str, Any], query: QueryDict
) -> MediaSection | None:
    """Return the cards of the SDK's objects in a value of a run, None without any.

    `name` is the value's: `summary` or `config`.
    """
    media, _rest = split_media(value)
    if not media:
        return None
    may_open = can(user, Action.DOWNLOAD, run.project)
    start = _start(query.get(f"{name}_media_from", ""), len(media))
    page = media[start : start + MOST_CARDS]
    files = _files_of(run, page)
    memberships = read_referenced(by=user, references=[each.reference for each in page])
    builder = _Cards(run, files, memberships, may_open)
    cards = [builder.card(each) for each in page]
    end, url = start + len(page), run.get_absolute_url()
    summary = ngettext("{count} object of wandb", "{count} objects of wandb", len(media))
    if len(page) < len(media):
        summary += _(" · {first} to {last} shown").format(first=start + 1, last=end)
    return MediaSection(
        cards=cards,
        summary=summary.format(count=f"{len(media):,}"),
        previous_url=_at(url, name, max(0, start - MOST_CARDS)) if start else "",
        next_url=_at(url, name, end) if end < len(media) else "",
    )


def run_file_url(run: Run, path: str, name: str = "run_file_detail") -> str:
    """Return the address of a run's file: its page, or for `run_file_download` its bytes."""
    address = [run.project.entity.name, run.project.name, run.name]
    if name == "run_file_download":
        return reverse("artifacts:run_file_download", args=[*address, path])
    return f"{reverse(f'artifacts:{name}', args=address)}?{urlencode({'file': path})}"


class _Cards:
    """Makes cards, with what was read for all of them at once."""

    def __init__(
        self, run: Run, files: dict[str, RunFile], memberships: Places, may_open: bool
    ) -> None:
        self.run, self.files, self.memberships, self.may_open = run, files, memberships, may_open
        self.tables_left = MOST_TABLES

    def card(self, medium: Medium) -> Card:
        """Return what the page shows of one value."""
        files = medium.files
        membership = self.memberships.of(medium.reference)
        card = Card(
            name=medium.name,
            kind=_kind(medium.type),
            facts=_facts(medium),
            items=[self._item(medium, each.path, each.caption) for each in files[:MOST_FILES]],
            more=max(0, len(files) - MOST_FILES),
            artifact_label=str(membership) if membership else "",
            artifact_url=_artifact_url(membership, medium) if membership else "",
        )
        if medium.type == "histogram":
            return replace(card, bars=_bars(medium))
        if medium.type == "table-file" and files:
            return replace(card, table=self._table(files[0].path))
        return card

    def _item(self, medium: Medium, path: str, caption: str) -> Item:
        file = self.files.get(path)
        source = run_file_url(self.run, path, "run_file_download") if file else ""
        tags = {Kind.IMAGE: "image", Kind.AUDIO: "audio", Kind.VIDEO: "video"}
        note = (
            "" if file or self.memberships.of(medium.reference) else _("its file has not arrived")
        )
        return Item(
            label=posixpath.basename(path)[:MOST_CAPTION],
            caption=caption[:MOST_CAPTION],
            kind=tags.get(kind_of(path), "") if self.may_open and file else "",
            source=source if self.may_open else "",
            url=run_file_url(self.run, path) if self.may_open and file else "",
            note=note,
        )

    def _table(self, path: str) -> ShownTable | None:
        file = self.files.get(path)
        if not self.may_open or not self.tables_left or file is None or file.blob is None:
            return None
        if file.blob.size > TABLE_LIMIT:
            return None
        self.tables_left -= 1
        try:
            with store().open(file.blob.sha256) as bytes_:
                preview = preview_of(bytes_, file.blob.size, path, {})
        except (Unreadable, Unavailable):
            return None
        if not preview.tables:
            return None
        table = shown_table("", path, preview.tables[0], has_links=False)
        return replace(
            table,
            columns=table.columns[:FEW_COLUMNS],
            rows=[row[:FEW_COLUMNS] for row in table.rows[:FEW_ROWS]],
        )


def _files_of(run: Run, media: Sequence[Medium]) -> dict[str, RunFile]:
    """Return the files of these values that have arrived."""
    names = {file.path for medium in media for file in medium.files[:MOST_FILES]}
    if not names:
        return {}
    files = run.files.filter(name__in=names, blob__isnull=False).select_related("blob")
    return {file.name: file for file in files}


def _kind(type_name: str) -> str:
    """Return what a value is, in words, or else as the SDK calls it."""
    words = {
        "artifact": _("Artifact"),
        "artifactVersion": _("Artifact"),
        "audio": _("Audio"),
        "audio-file": _("Audio"),
        "histogram": _("Histogram"),
        "html": "HTML",
        "html-file": "HTML",
        "image-file": _("Image"),
        "images": _("Images"),
        "images/separated": _("Images"),
        "joined-table": _("Joined table"),
        "molecule-file": _("Molecule"),
        "object3D": _("3D object"),
        "object3D-file": _("3D object"),
        "partitioned-table": _("Table in parts"),
        "plotly-file": _("Plotly figure"),
        "bokeh-file": _("Bokeh figure"),
        "table-file": _("Table"),
        "video-file": _("Video"),
        "videos": _("Video"),
    }
    return words.get(type_name, type_name[:MOST_CAPTION])


def _facts(medium: Medium) -> str:
    """Return its measures, as far as it has them."""
    value, facts = medium.value, []
    width, height, size = (_whole(value.get(key)) for key in ("width", "height", "size"))
    rows, columns, count = (_whole(value.get(key)) for key in ("nrows", "ncols", "count"))
    if count is not None:
        facts.append(ngettext("{n} file", "{n} files", count).format(n=f"{count:,}"))
    if width is not None and height is not None:
        facts.append(f"{width:,} × {height:,}")
    if rows is not None and columns is not None:
        facts.append(
            _("{rows} rows × {columns} columns").format(rows=f"{rows:,}", columns=f"{columns:,}")
        )
    if size is not None:
        facts.append(filesize(size))
    if value.get("boxes") or value.get("masks"):
        facts.append(_("with boxes or masks"))
    return " · ".join(facts)


def _bars(medium: Medium) -> BarChart | None:
    """Return a histogram's bars; the SDK writes all edges, or the first and their distance."""
    counts, edges, packed = (medium.value.get(key) for key in ("values", "bins", "packedBins"))
    if edges is None and isinstance(packed, dict) and isinstance(counts, list):
        first, size = packed.get("min"), packed.get("size")
        if isinstance(first, int | float) and isinstance(size, int | float):
            edges = [first + size * number for number in range(len(counts) + 1)]
    return histogram(medium.name, counts, edges)


def _artifact_url(membership: Any, medium: Medium) -> str:
    path = medium.reference.path if medium.reference else ""
    if not path:
        return membership.get_absolute_url()
    return f"{membership.tab_url('files')}?{urlencode({'file': path})}"


def _whole(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None


def _start(text: str, total: int) -> int:
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return start if start < total else 0


def _at(url: str, name: str, start: int) -> str:
    return f"{url}?{name}_media_from={start}#{name}" if start else f"{url}#{name}"
