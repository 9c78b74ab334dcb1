"""One file of a version: what is in it, its checksums, and where its bytes are."""

import base64
import posixpath
import shlex
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.formats.markdown import render_markdown
from artifacts.models import ManifestEntry, Membership
from artifacts.previews.blocks import PAGE_ROWS, FileLink, NotebookCell, Preview, Table
from artifacts.previews.dispatch import WITH_SOURCE, preview_of
from artifacts.previews.kinds import Kind, kind_of
from artifacts.previews.numbers import Number
from artifacts.previews.reading import Unreadable
from artifacts.services.reach.memberships import reach_file
from artifacts.signing import download_path
from artifacts.store import store
from artifacts.views.files.folder import crumbs_to, web_address
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.json_tree.json_tree import Place, Tree, tree_of
from artifacts.views.opened_version import OpenedVersion
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Unavailable
from registry_site.pages import HtmxRequest, server_address


@dataclass(frozen=True)
class Cell:
    """A value in a table; with an address where it names another file."""

    text: str
    url: str = ""
    is_number: bool = False
    whole: str = ""  # all digits of a number that the text shortens


@dataclass(frozen=True)
class ShownTable:
    """A page of a table of the preview, in the shape that lists/pagination.html takes, too."""

    name: str
    title: str
    columns: list[Cell]
    rows: list[list[Cell]]
    summary: str
    previous_url: str
    next_url: str


@dataclass
class FilePage:
    """What artifacts/files/_preview.html shows."""

    entry: ManifestEntry
    parents: list[dict[str, str]]
    previous_url: str
    next_url: str
    ref_url: str = ""
    md5: str = ""
    download_url: str = ""
    plain_url: str = ""
    curl: str = ""
    source_url: str = ""  # of the plain text, where the file is shown in another way
    is_source: bool = False
    why_not: str = ""  # the sentence instead of the preview
    preview: Preview | None = None
    html: str = ""
    cells: list[tuple[NotebookCell, str]] = field(default_factory=list)
    tree: Tree | None = None
    facts: list[tuple[str, Cell]] = field(default_factory=list)
    tables: list[ShownTable] = field(default_factory=list)
    media_url: str = ""


def file_page(request: HtmxRequest, opened: OpenedVersion, path: str) -> FilePage:
    """Return the page of the file; its content only for those who may download."""
    membership, url = opened.membership, opened.tab_url("files")
    entry = reach_file(membership=membership, path=path)
    page = FilePage(
        entry=entry,
        parents=crumbs_to(url, path),
        previous_url=_neighbour(membership, url, path__lt=path),
        next_url=_neighbour(membership, url, path__gt=path),
        ref_url=web_address(entry.ref),
    )
    if entry.blob is None:
        return page
    page.md5 = base64.b64decode(entry.blob.md5).hex()
    page.plain_url = f"{server_address(request)}{url}/{quote(path)}"
    if can(request.user, Action.DOWNLOAD, membership.collection.project):
        page.download_url = reverse("artifacts:file_download", args=[membership.pk, path])
        page.curl = _curl(page.plain_url, entry.name)
        _look_inside(request, page, opened)
    return page


def _look_inside(request: HtmxRequest, page: FilePage, opened: OpenedVersion) -> None:
    entry, path, url = page.entry, page.entry.path, opened.tab_url("files")
    if entry.blob is None:
        return
    page.is_source = "source" in request.GET
    if kind_of(path) in WITH_SOURCE:
        other = {"file": path} if page.is_source else {"file": path, "source": "1"}
        page.source_url = f"{url}?{urlencode(other)}"
    try:
        with store().open(entry.blob.sha256) as file:
            preview = preview_of(file, entry.blob.size, path, request.GET, as_source=page.is_source)
    except (Unreadable, Unavailable) as refusal:
        page.why_not = refusal.message
        return
    page.preview = preview
    files, folder = FilesBeside(opened, may_open=True), posixpath.dirname(path)
    page.html = render_markdown(preview.markdown, files, folder=folder)
    page.cells = [
        (cell, render_markdown(cell.text, files, folder=folder) if cell.kind == "markdown" else "")
        for cell in preview.cells
    ]
    if preview.data is not None:
        place = Place("file", url, request.GET, {"file": path}, is_ordered=True)
        page.tree = tree_of(preview.data, place, label=entry.name, json_url=page.download_url)
    page.facts = [(label, _cell(url, value)) for label, value in preview.facts if value]
    page.tables = [shown_table(url, path, table) for table in preview.tables]
    if preview.media:
        page.media_url = download_path(entry.blob.sha256, path)
    elif preview.media_path:
        _show_other(page, preview)


def _show_other(page: FilePage, preview: Preview) -> None:
    """Show the image, sound or film to which an object of wandb's refers, if it is one."""
    path = preview.media_path
    files = page.entry.version.entries.filter(path=path, blob__isnull=False)
    entry = files.select_related("blob").first()
    if entry is None or entry.blob is None:
        preview.notes.append(_("There is no file “{path}” in this version.").format(path=path))
    elif kind_of(path) in {Kind.AUDIO, Kind.IMAGE, Kind.VIDEO}:
        try:
            with store().open(entry.blob.sha256) as file:
                preview.media = preview_of(file, entry.blob.size, path, {}).media
        except (Unreadable, Unavailable) as refusal:
            preview.notes.append(refusal.message)
        else:
            page.media_url = download_path(entry.blob.sha256, path)


def shown_table(url: str, path: str, table: Table, *, has_links: bool = True) -> ShownTable:
    """Return a page of a table with its addresses; `has_links`: other files can be opened, too."""

    def at(start: int) -> str:
        return f"{url}?{urlencode({'file': path, table.name: start} if start else {'file': path})}"

    first, last = f"{table.start + 1:,}", f"{table.end:,}"
    if not table.rows:
        summary = _("No rows")
    elif table.total is None:
        summary = _("Rows {first} to {last}").format(first=first, last=last)
    else:
        total = f"{table.total:,}"
        summary = _("Rows {first} to {last} of {total}").format(first=first, last=last, total=total)
    return ShownTable(
        name=table.name,
        title=table.title,
        columns=[Cell(name, "", at in table.numbers) for at, name in enumerate(table.columns)],
        rows=[
            [
                _cell(url if has_links else "", value, at in table.numbers)
                for at, value in enumerate(row)
            ]
            for row in table.rows
        ],
        summary=summary,
        previous_url=at(max(0, table.start - PAGE_ROWS)) if table.start else "",
        next_url=at(table.end) if table.has_more else "",
    )


def _cell(url: str, value: Any, is_number: bool = False) -> Cell:
    link = ""
    if url and isinstance(value, FileLink):
        link = f"{url}?{urlencode({'folder' if value.is_folder else 'file': value.path})}"
    return Cell(str(value), link, is_number, value.whole if isinstance(value, Number) else "")


def _neighbour(membership: Membership, url: str, **where: str) -> str:
    """Return the address of the file before or after, by path."""
    order = "path" if "path__gt" in where else "-path"
    entries = membership.version.entries.filter(**where).order_by(order)
    path = entries.values_list("path", flat=True).first()
    return f"{url}?{urlencode({'file': path})}" if path is not None else ""


def _curl(url: str, name: str) -> str:
    return (
        f'curl --fail --location --user "api:$WANDB_API_KEY" \\\n'
        f"  --output {shlex.quote(name)} \\\n  {shlex.quote(url)}"
    )
