"""The tab Version, which opens like a release.

It shows metrics, what the version is, how to get it, who uses it, and the facts beside that.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from artifacts.formats.markdown import render_markdown
from artifacts.models import Membership, Version
from artifacts.reads.pages.opened import Elsewhere, read_elsewhere
from artifacts.reads.pages.version_rows import tags_of_version
from artifacts.services.paths.pointers import read_logged_by
from artifacts.services.versions.overview import (
    RecentUse,
    base_membership,
    recent_use,
    top_files,
)
from artifacts.views.compare.choice import compare_url
from artifacts.views.compare.key_metrics import KeyMetric, key_metrics
from artifacts.views.files.folder import Item
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.texts import is_long
from artifacts.views.usage.code import quick_code
from artifacts.views.version.about import About, about_version, listed_file
from artifacts.views.version.facts import Facts, facts_of
from artifacts.views.version.tags import TagsPanel
from registry_site.accounts.models import User
from registry_site.accounts.permissions import ROLE_ACTIONS, Action, can, highest
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class Base:
    """What the version is compared with: where an alias that counts is now."""

    alias: str
    number: str
    compare_url: str


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
    facts: Facts
    edit_url: str  # of the description; "" for those who may not edit the version
    link_url: str  # links it to a registry; "" on the page of a link
    zip_url: str  # of all files; "" for those who may not download
    usage_url: str
    files_url: str


def overview_tab(request: HtmxRequest, opened: OpenedVersion, base_alias: str) -> OverviewTab:
    """Return the tab; files are read only for those who may download.

    `base_alias` names what the version is compared with, "" for nothing.
    """
    membership = opened.membership
    user, version = request.user, membership.version
    base = base_membership(membership, base_alias) if base_alias else None
    files = top_files(membership)
    others = _others(user, membership)
    project = membership.collection.project
    may_open = can(user, Action.DOWNLOAD, project)
    may_edit = _may_edit(user, [membership, *(other.membership for other in others)])
    logged = read_logged_by(user, [version, *([base.version] if base else [])])
    runs = {each.run.pk: each.run for each in logged.values() if each.run}
    description = version.description or ""
    return OverviewTab(
        base=_compared(membership, base, base_alias) if base else None,
        metrics=key_metrics(membership, base, runs),
        description=render_markdown(description, FilesBeside(opened, may_open)),
        is_description_long=is_long(description),
        about=about_version(opened, files.readme, may_open),
        quick=quick_code(membership, opened.name),
        top_files=[listed_file(opened, entry) for entry in files.rows],
        recent_use=recent_use(by=user, version_id=version.pk),
        tags=TagsPanel(membership.pk, tags_of_version(version.pk), may_edit),
        facts=facts_of(membership, others, logged[version.pk], may_edit=may_edit),
        edit_url=reverse("artifacts:description_edit", args=[membership.pk]) if may_edit else "",
        link_url="" if project.is_registry else _link_url(version),
        zip_url=f"{membership.get_absolute_url()}/-/files.zip" if may_open else "",
        usage_url=opened.tab_url("usage"),
        files_url=opened.tab_url("files"),
    )


def _compared(membership: Membership, base: Membership, alias: str) -> Base:
    name = f"{membership.collection.target_path}:{alias}"
    return Base(alias, base.number, compare_url(name, membership.full_name))


def _link_url(version: Version) -> str:
    return f"{reverse('registries:link_to_registry')}?{urlencode({'version': version.pk})}"


def _others(user: User, membership: Membership) -> list[Elsewhere]:
    """Return the version's other memberships that the person may see."""
    others = read_elsewhere(membership)
    return [
        other for other in others if can(user, Action.READ, other.membership.collection.project)
    ]


def _may_edit(user: User, memberships: list[Membership]) -> bool:
    """Return whether the person may edit the version, by their role wherever they see it."""
    role = highest(*(each.collection.project.role_of(user) for each in memberships))
    return role is not None and Action.EDIT in ROLE_ACTIONS[role]
