"""The tab Usage: code under the name that one chooses, and who used or downloaded the version."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from artifacts.models import Download, Run, RunInput
from artifacts.reads.pages.names import VersionName
from artifacts.services.paths.pointers import Deletion, deletion_of_run
from artifacts.services.usage.consumers import Drift, Drifting
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.usage.code import short_name, usage_blocks
from artifacts.views.usage.memberships import Place, place_of, with_collections
from artifacts.views.usage.names import Name, names_of
from registry_site.accounts.models import User
from registry_site.errors import NotFound
from registry_site.http.exports import Columns, Listing
from registry_site.pages import HtmxRequest, Table, list_page, server_address

KINDS = ["runs", "downloads"]
_PLACE_COLUMNS: Columns = {
    "collection": lambda row: row.place.path,
    "version": lambda row: row.place.number,
    "reached_as": lambda row: row.place.reference,
}
_RUN_COLUMNS: Columns = {
    "run": lambda row: row.run.path,
    "display_name": lambda row: row.run.display_name,
    "state": lambda row: row.run.state_now.value,
    "by": lambda row: row.run.user and row.run.user.username,
    **_PLACE_COLUMNS,
    "used_at": lambda row: row.used_at,
    "run_deleted_at": lambda row: row.deletion and row.deletion.at,
}
_DOWNLOAD_COLUMNS: Columns = {
    "person": lambda row: row.user and row.user.username,
    "api_key": lambda row: row.key_name,
    **_PLACE_COLUMNS,
    "first_at": lambda row: row.first_at,
    "last_at": lambda row: row.last_at,
    "times": lambda row: row.count,
}
_RUN = [
    "run__user__entity", "run__project__entity", "run__deleted_by", "run__project__deleted_by",
]  # fmt: skip


@dataclass(frozen=True)
class RunUse:
    """A run that used the version, which the person may see, with its deletion if it is gone."""

    run: Run
    used_at: datetime
    place: Place
    deletion: Deletion | None


@dataclass(frozen=True)
class DownloadRow:
    """A person's downloads of the version with one key, from one place."""

    user: User | None
    key_name: str  # "" in the browser
    first_at: datetime
    last_at: datetime
    count: int
    place: Place


@dataclass(frozen=True)
class UseTable:
    """A page of the rows that the person may see, and how many they may not see."""

    table: Table
    hidden: int


@dataclass(frozen=True)
class UsageTab:
    """What artifacts/version/tab_usage.html shows."""

    names: list[Name]
    chosen: str  # the name in the code
    is_pinned: bool  # whether that is the number, which stays
    lost_name: str  # in the address, which the version no longer has
    short_name: str
    organization: str  # where the short name is enough; "" where it never is
    code: list[dict[str, str]]
    kinds: list[dict[str, Any]]
    runs: UseTable | None  # None where only downloads are shown
    downloads: UseTable | None


def usage_tab(request: HtmxRequest, opened: OpenedVersion) -> UsageTab:
    """Return code that reads the version, and who used or downloaded it.

    The code has the name by which the page was opened: the number, which stays, or an alias, which
    moves; `?as=` chooses another one. `?kind=` shows only runs or only downloads. `is_newest` was
    read with the membership.
    """
    membership = opened.membership
    names, project = names_of(membership), membership.collection.project
    requested = request.GET.get("as", "")
    chosen = next((name for name in (requested, opened.name) if name in names), membership.number)
    return UsageTab(
        names=[Name(name, membership.url_as(name, "usage"), name == chosen) for name in names],
        chosen=chosen,
        is_pinned=chosen == membership.number,
        lost_name=requested if requested and requested != chosen else "",
        short_name=short_name(membership, chosen),
        organization=project.entity.organization.name if project.is_registry else "",
        code=usage_blocks(membership, chosen, request.user, server_address(request)),
        **_consumers(request, opened),
    )


def usage_listing(user: User, opened: OpenedVersion, kind: str) -> Listing:
    """Return the runs that used the version, or its downloads, that the person may see."""
    if kind not in KINDS:
        raise NotFound(_("There is no list “{name}” of a version's use.").format(name=kind))
    version = opened.membership.version_id
    # a test of each use, newest first: a database that lists all runs first reads far more
    may = Exists(Run.with_deleted.traceable_by(user).filter(pk=OuterRef("run")))
    runs = RunInput.objects.filter(may, version=version)
    downloads = Download.objects.visible_to(user).filter(version=version)
    is_runs = kind == "runs"
    rows = runs.select_related(*_RUN) if is_runs else downloads.select_related("user__entity")
    return Listing(
        url=f"{opened.tab_url('usage')}/-/{kind}",
        rows=with_collections(rows),
        order=("-pk",) if is_runs else ("-last_at", "-id"),
        columns=_RUN_COLUMNS if is_runs else _DOWNLOAD_COLUMNS,
        complete=partial(_rows_of_runs if is_runs else _rows_of_downloads, user),
        has_pages=False,
    )


def _rows_of_runs(user: User, uses: list[RunInput]) -> list[RunUse]:
    return [
        RunUse(use.run, use.created_at, place_of(user, use), _deletion(use.run)) for use in uses
    ]


def _rows_of_downloads(user: User, downloads: list[Download]) -> list[DownloadRow]:
    return [
        DownloadRow(
            user=each.user,
            key_name=each.key_name,
            first_at=each.first_at,
            last_at=each.last_at,
            count=each.count,
            place=place_of(user, each),
        )
        for each in downloads
    ]


def _deletion(run: Run) -> Deletion | None:
    return deletion_of_run(run) if run.deleted_at or run.project.deleted_at else None


def _consumers(request: HtmxRequest, opened: OpenedVersion) -> dict[str, Any]:
    """Return the tables of the tab, and the links that show one of them alone."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    version = opened.membership.version_id
    totals = {
        "runs": RunInput.objects.filter(version=version).count(),
        "downloads": Download.objects.filter(version=version).count(),
    }
    tables = {
        each: _table(request, opened, each, total) if kind in ("", each) else None
        for each, total in totals.items()
    }
    seen = {
        each: table.table.total if table else _count(request.user, opened, each)
        for each, table in tables.items()
    }
    return {"kinds": _kinds(request, kind, seen), **tables}


def _count(user: User, opened: OpenedVersion, kind: str) -> int:
    return usage_listing(user, opened, kind).rows.count()


def _table(request: HtmxRequest, opened: OpenedVersion, kind: str, total: int) -> UseTable:
    """Return a page of the rows; runs that were deleted are in it as such."""
    listing = usage_listing(request.user, opened, kind)
    table = list_page(request, listing, summary=_SUMMARIES[kind], prefix=f"{kind}_")
    return UseTable(table, hidden=total - table.total)


_SUMMARIES = {
    "runs": lambda n: ngettext("{count} run · newest first", "{count} runs · newest first", n),
    "downloads": lambda n: ngettext(
        "{count} line, one for each person, key and name · last download first",
        "{count} lines, one for each person, key and name · last download first",
        n,
    ),
}


def _kinds(request: HtmxRequest, kind: str, seen: dict[str, int]) -> list[dict[str, Any]]:
    labels = {"": _("All"), "runs": _("Runs"), "downloads": _("Downloads")}
    fields = {"as": request.GET["as"]} if "as" in request.GET else {}
    return [
        {
            "label": label,
            "url": f"?{urlencode(fields | ({'kind': each} if each else {}))}",
            "current": each == kind,
            "count": seen.get(each),
        }
        for each, label in labels.items()
    ]


@dataclass(frozen=True)
class DriftPanel:
    """What artifacts/usage/_drift.html says of a collection: who uses another version."""

    alias: str
    version: VersionName
    versions: list[dict[str, str]]


def drift_panel(drift: Drift | None) -> DriftPanel | None:
    """Return the panel, None where there is nothing to say."""
    if drift is None:
        return None
    versions = [
        {"url": each.version.tab_url("usage"), "text": _drifting(each)} for each in drift.versions
    ]
    return DriftPanel(drift.alias, drift.version, versions)


def _drifting(each: Drifting) -> str:
    runs = ngettext("{count} run", "{count} runs", each.runs).format(count=f"{each.runs:,}")
    people = ngettext("{count} person", "{count} people", each.people).format(
        count=f"{each.people:,}"
    )
    who = " · ".join(text for text, n in ((runs, each.runs), (people, each.people)) if n)
    sentence = _("{who} still on {version}") if each.is_behind else _("{who} already on {version}")
    return sentence.format(who=who, version=each.version.number)
