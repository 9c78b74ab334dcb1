"""One folder of a version's files, paged by name: the manifest is flat, and may be long."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Func, IntegerField, Max, QuerySet, Sum, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import ManifestEntry, Membership
from artifacts.views.files.folder_names import names_in
from artifacts.views.opened_version import OpenedVersion
from registry_site.errors import NotFound
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, files_of

PAGE_SIZE = 100
CHECKSUMS = ("sha256", "md5")
_COLUMNS = {
    "path": lambda entry: entry.path,
    "size": lambda entry: entry.size,
    "digest": lambda entry: entry.digest,
    "ref": lambda entry: entry.ref,
}
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A folder with what lies below it, or a file, or a reference to elsewhere."""

    name: str
    size: int
    url: str = ""  # of the folder's page, or the file's
    download_url: str = ""  # "" where there is nothing to download
    count: int = 0  # files in a folder
    ref: str = ""
    ref_url: str = ""  # only http and https become links
    is_folder: bool = False


@dataclass(frozen=True)
class Folder:
    """A page of a folder's items, the way up to it, and the neighbouring pages."""

    items: list[Item]
    parents: list[dict[str, str]]
    summary: str
    previous_url: str
    next_url: str
    files: list[dict[str, str]]  # all that lies in it as CSV and JSON
    zip_url: str


def folder_page(request: HtmxRequest, opened: OpenedVersion) -> Folder:
    """Return the folder that `folder` names ("" for the root), from `after` or `before` a name."""
    membership, url = opened.membership, opened.tab_url("files")
    path = request.GET.get("folder", "").strip("/")
    prefix = f"{path}/" if path else ""
    parts = _parts(membership, prefix)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    names = names_in(parts, after=after, before=before, size=PAGE_SIZE)
    if path and not names.total:
        raise NotFound(_("There is no folder “{path}” in this version.").format(path=path))
    rows = _rows(parts, names.page)

    def page(direction: str, name: str) -> str:
        return f"{url}?{urlencode({'folder': path, direction: name})}"

    summary = ngettext("{count} item · by name", "{count} items · by name", names.total)
    return Folder(
        items=_items(opened, prefix, rows),
        parents=crumbs_to(url, path),
        summary=summary.format(count=f"{names.total:,}"),
        previous_url=page("before", rows[0]["part"]) if rows and names.has_previous else "",
        next_url=page("after", rows[-1]["part"]) if rows and names.has_next else "",
        files=files_of(files_listing(membership, path).url, request.GET),
        zip_url=f"{membership.get_absolute_url()}/-/files.zip"
        + (f"?{urlencode({'folder': path})}" if path else ""),
    )


def checksum_links(membership: Membership) -> list[dict[str, str]]:
    """Return the lists of the checksums of all files, as coreutils read them."""
    url = f"{membership.get_absolute_url()}/-"
    return [{"label": each, "url": f"{url}/{each}sums.txt"} for each in CHECKSUMS]


def files_listing(membership: Membership, folder: str) -> Listing:
    """Return all files of the version in the folder and below it, "" for the root."""
    folder = folder.strip("/")
    return Listing(
        url=f"{membership.get_absolute_url()}/-/files",
        rows=_below(membership, f"{folder}/" if folder else ""),
        order=("path",),
        columns=_COLUMNS,
        has_pages=False,
        chunk=5_000,
    )


def _below(membership: Membership, prefix: str) -> QuerySet[ManifestEntry]:
    entries = ManifestEntry.objects.filter(version=membership.version_id)
    if prefix:
        # Left() and not startswith, which ignores case on SQLite
        entries = entries.annotate(head=Left("path", len(prefix))).filter(head=prefix)
    return entries


def _parts(membership: Membership, prefix: str) -> Any:
    """Return each path below the prefix with its next `part`; a folder's part ends in a slash.

    It uses few functions, because they run for each of 100,000 files. It puts a slash behind each
    path, so that the text before the first slash is a file's whole name, too.
    """
    rest = Substr("path", len(prefix) + 1) if prefix else F("path")
    slashed = Func(rest, Value("/"), template="(%(expressions)s)", arg_joiner=" || ")
    slash = StrIndex(slashed, Value("/"), output_field=IntegerField())
    return _below(membership, prefix).annotate(part=Left(rest, slash)).order_by()


def _rows(parts: QuerySet[Any], names: list[str]) -> list[dict[str, Any]]:
    """Return what the page shows of these names, in their order."""
    counted = parts.filter(part__in=names).values("part")
    rows = counted.annotate(total=Sum("size"), count=Count("pk"), entry=Max("pk"))
    by_name = {row["part"]: row for row in rows}
    return [by_name[name] for name in names if name in by_name]


def _items(opened: OpenedVersion, prefix: str, rows: list[dict[str, Any]]) -> list[Item]:
    files = [row["entry"] for row in rows if not row["part"].endswith("/")]
    entries = ManifestEntry.objects.in_bulk(files)
    items, tab_url = [], opened.tab_url("files")
    for row in rows:
        if row["part"].endswith("/"):
            folder = {"folder": prefix + row["part"].rstrip("/")}
            url = f"{tab_url}?{urlencode(folder)}"
            items.append(
                Item(row["part"].rstrip("/"), row["total"], url, count=row["count"], is_folder=True)
            )
        else:
            entry = entries[row["entry"]]
            items.append(file_item(opened.membership, tab_url, entry, entry.name))
    return items


def file_item(membership: Membership, tab_url: str, entry: ManifestEntry, name: str) -> Item:
    """Return a file under the name that a list has for it."""
    url = f"{tab_url}?{urlencode({'file': entry.path})}"
    if entry.ref:
        ref_url = web_address(entry.ref)
        return Item(name, entry.size, url, ref=entry.ref, ref_url=ref_url)
    download_url = reverse("artifacts:file_download", args=[membership.pk, entry.path])
    return Item(name, entry.size, url, download_url if entry.blob_id else "")


def web_address(ref: str) -> str:
    """Return the reference if a browser may follow it: only http and https become links."""
    return ref if _WEB.match(ref) else ""


def crumbs_to(url: str, path: str) -> list[dict[str, str]]:
    """Return the way from the root to a folder or file, which itself is no link."""
    crumbs, way = [{"label": _("Files"), "url": url}], ""
    for part in path.split("/") if path else []:
        way = f"{way}/{part}" if way else part
        crumbs.append({"label": part, "url": f"{url}?{urlencode({'folder': way})}"})
    crumbs[-1] = {"label": crumbs[-1]["label"], "url": ""}
    return crumbs
