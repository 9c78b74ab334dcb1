"""One file of a version: what is in it, its checksums, and where its bytes are."""

import base64
import posixpath
import shlex
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.formats.markdown import render_markdown
from artifacts.models import Blob, Membership
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


@dataclass(frozen=True)
class FilePage:
    """What artifacts/files/_preview.html shows."""

    name: str
    size: int
    ref: str
    parents: list[dict[str, str]]
    previous_url: str
    next_url: str
    ref_url: str = ""
    sha256: str = ""  # "" where the bytes are elsewhere
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
        name=entry.name,
        size=entry.size,
        ref=entry.ref,
        parents=crumbs_to(url, path),
        previous_url=_neighbour(membership, url, path__lt=path),
        next_url=_neighbour(membership, url, path__gt=path),
        ref_url=web_address(entry.ref),
    )
    if entry.blob is None:
        return page
    plain_url = f"{server_address(request)}{url}/{quote(path)}"
    page = replace(
        page,
        sha256=entry.blob.sha256,
        md5=base64.b64decode(entry.blob.md5).hex(),
        plain_url=plain_url,
    )
    if not can(request.user, Action.DOWNLOAD, membership.collection.project):
        return page
    page = replace(
        page,
        download_url=reverse("artifacts:file_download", args=[membership.pk, path]),
        curl=_curl(plain_url, entry.name),
        is_source="source" in request.GET,
        source_url=_source_url(request, url, path),
    )
    return _looked_into(request, page, opened, entry.blob, path)


def _source_url(request: HtmxRequest, url: str, path: str) -> str:
    if kind_of(path) not in WITH_SOURCE:
        return ""
    other = {"file": path} if "source" in request.GET else {"file": path, "source": "1"}
    return f"{url}?{urlencode(other)}"


def _looked_into(
    request: HtmxRequest, page: FilePage, opened: OpenedVersion, blob: Blob, path: str
) -> FilePage:
    """Return the page with what is in the file."""
    url, tree = opened.tab_url("files"), None
    try:
        with store().open(blob.sha256) as file:
            preview = preview_of(file, blob.size, path, request.GET, as_source=page.is_source)
    except (Unreadable, Unavailable) as refusal:
        return replace(page, why_not=refusal.message)
    files, folder = FilesBeside(opened, may_open=True), posixpath.dirname(path)

    def html_of(markdown: str) -> str:
        return render_markdown(markdown, files, folder=folder)

    if preview.data is not None:
        place = Place("file", url, request.GET, {"file": path}, is_ordered=True)
        tree = tree_of(preview.data, place, label=page.name, json_url=page.download_url)
    return replace(
        page,
        preview=preview,
        html=html_of(preview.markdown),
        cells=[
            (cell, html_of(cell.text) if cell.kind == "markdown" else "") for cell in preview.cells
        ],
        tree=tree,
        facts=[(label, _cell(url, value)) for label, value in preview.facts if value],
        tables=[shown_table(url, path, table) for table in preview.tables],
        media_url=_media_url(opened, preview, blob, path),
    )


def _media_url(opened: OpenedVersion, preview: Preview, blob: Blob, path: str) -> str:
    """Return the address of an image, sound or film: the file, or what an object refers to."""
    if preview.media:
        return download_path(blob.sha256, path)
    return _other_url(opened, preview) if preview.media_path else ""


def _other_url(opened: OpenedVersion, preview: Preview) -> str:
    """Return the address of the file to which an object of wandb's refers, if it can be shown."""
    path = preview.media_path
    files = opened.membership.version.entries.filter(path=path, blob__isnull=False)
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
            return download_path(entry.blob.sha256, path)
    return ""


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
