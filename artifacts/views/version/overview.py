"""The tab Version, which opens like a release.

It shows metrics, what the version is, how to get it, who uses it, and the facts beside that.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.safestring import SafeString

from artifacts.formats.markdown import render_markdown
from artifacts.models import Membership
from artifacts.reads.pages.opened import Elsewhere, read_elsewhere
from artifacts.reads.pages.version_rows import tags_of_version
from artifacts.services.paths.pointers import LoggedBy, read_logged_by
from artifacts.services.versions.overview import (
    RecentUse,
    base_membership,
    recent_use,
    top_files,
)
from artifacts.services.versions.ttl import expires_at
from artifacts.views.compare.choice import compare_url
from artifacts.views.compare.key_metrics import KeyMetric, key_metrics
from artifacts.views.files.folder import Item
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.texts import is_long
from artifacts.views.usage.code import quick_code
from artifacts.views.version.about import About, about_version, listed_file
from artifacts.views.version.tags import TagsPanel
from registry_site.accounts.models import User
from registry_site.accounts.permissions import ROLE_ACTIONS, Action, can, highest
from registry_site.markup.chips import alias_chips
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class Base:
    """What the version is compared with: where an alias that counts is now."""

    alias: str
    membership: Membership
    compare_url: str


@dataclass(frozen=True)
class Link:
    """Another collection in which the version is, with its aliases there as chips."""

    membership: Membership
    chips: SafeString


@dataclass(frozen=True)
class OverviewTab:
    """What artifacts/version/tab_version.html shows."""

    base: Base | None
    metrics: list[KeyMetric]
    description: str  # as HTML
    is_description_long: bool
    about: About | None
    quick: str  # code that gets the files
    top_files: list[Item]
    recent_use: RecentUse
    tags: TagsPanel
    source: Membership | None  # where it was logged, if that is another page that the person sees
    links: list[Link]
    logged_by: LoggedBy
    expires_at: dt.datetime | None
    can_edit_version: bool
    zip_url: str  # of all files; "" for those who may not download
    usage_url: str
    files_url: str


def overview_tab(request: HtmxRequest, opened: OpenedVersion, base_alias: str) -> OverviewTab:
    """Return the tab; files are read only for those who may download.

    `base_alias` names what the version is compared with, "" for nothing.
    """
    membership = opened.membership
    user, version = request.user, membership.version
    base, files = _base(membership, base_alias), top_files(membership)
    others = _others(user, membership)
    may_open = can(user, Action.DOWNLOAD, membership.collection.project)
    memberships = [other.membership for other in others]
    may_edit = _may_edit(user, [membership, *memberships])
    logged = read_logged_by(user, [version, *([base.membership.version] if base else [])])
    runs = {each.run.pk: each.run for each in logged.values() if each.run}
    description = version.description or ""
    return OverviewTab(
        base=base,
        metrics=key_metrics(membership, base.membership if base else None, runs),
        description=render_markdown(description, FilesBeside(opened, may_open)),
        is_description_long=is_long(description),
        about=about_version(opened, files.readme, may_open),
        quick=quick_code(membership, opened.name),
        top_files=[listed_file(opened, entry) for entry in files.rows],
        recent_use=recent_use(by=user, version_id=version.pk),
        tags=TagsPanel(tags_of_version(version.pk), may_edit),
        source=next((other for other in memberships if other.is_source), None),
        links=[_link(other) for other in others if not other.membership.is_source],
        logged_by=logged[version.pk],
        expires_at=expires_at(version),
        can_edit_version=may_edit,
        zip_url=f"{membership.get_absolute_url()}/-/files.zip" if may_open else "",
        usage_url=opened.tab_url("usage"),
        files_url=opened.tab_url("files"),
    )


def _base(membership: Membership, alias: str) -> Base | None:
    base = base_membership(membership, alias) if alias else None
    if base is None:
        return None
    name = f"{membership.collection.target_path}:{alias}"
    return Base(alias, base, compare_url(name, membership.full_name))


def _others(user: User, membership: Membership) -> list[Elsewhere]:
    """Return the version's other memberships that the person may see."""
    others = read_elsewhere(membership)
    return [
        other for other in others if can(user, Action.READ, other.membership.collection.project)
    ]


def _link(other: Elsewhere) -> Link:
    membership, aliases, protected = other.membership, other.aliases, other.protected
    return Link(membership, alias_chips(membership, aliases=aliases, protected=protected))


def _may_edit(user: User, memberships: list[Membership]) -> bool:
    """Return whether the person may edit the version, by their role wherever they see it."""
    role = highest(*(each.collection.project.role_of(user) for each in memberships))
    return role is not None and Action.EDIT in ROLE_ACTIONS[role]
