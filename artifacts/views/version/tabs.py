"""The page of a version, the same where it was logged and where it is linked: a head and five tabs.

A page calls `version_context()`, adds its own breadcrumb and menu, includes
artifacts/version/_page.html and answers through `render_version()`. Its templates get names and
facts in place of rows, so that none of them can show more of a source than the person may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from artifacts.models import Alias, Membership
from artifacts.views.compare.comparisons import Comparisons, comparisons_of
from artifacts.views.files.tab import files_tab
from artifacts.views.lineage.lineage import lineage_tab
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.retention.holds import Holds, holds_on
from artifacts.views.usage.names import Naming, naming_of
from artifacts.views.usage.usage import usage_tab
from artifacts.views.version.metadata import metadata_tab
from artifacts.views.version.overview import overview_tab
from registry_site.accounts.alias_names import AliasNames
from registry_site.accounts.models import User
from registry_site.accounts.names import is_version_number
from registry_site.accounts.permissions import Action, can
from registry_site.errors import NotFound
from registry_site.markup.chips import AliasChip, alias_story
from registry_site.pages import HtmxRequest, render_page, wants_fragment

TABS = ["version", "metadata", "usage", "files", "lineage"]
_FRAGMENTS = {"usage": "consumers", "files": "files", "lineage": "lineage"}
_READERS: dict[str, Callable[[HtmxRequest, OpenedVersion], Any]] = {
    "metadata": metadata_tab,
    "usage": usage_tab,
    "files": files_tab,
    "lineage": lineage_tab,
}


@dataclass(frozen=True)
class VersionPage:
    """What artifacts/version/_page.html shows around the tab that is open."""

    title: str  # `{collection}:{name}`, by the name that opened the page
    full_name: str  # by the same name
    alias: str  # that opened it; "" where its number did
    number: str
    url: str  # under its number
    key: int  # of the membership
    type_name: str
    project: str  # that of the collection, as sentences name it
    tab: str  # one of TABS
    tabs: list[dict[str, Any]]
    is_latest: bool
    chips: list[AliasChip]  # of the aliases but `latest`, protected ones first
    naming: Naming
    unreadable: list[str]  # aliases that the SDK takes for numbers
    comparisons: Comparisons
    protected: AliasNames
    holds: Holds
    can_edit: bool
    can_download: bool

    @property
    def tab_template(self) -> str:
        return f"artifacts/version/tab_{self.tab}.html"


def version_context(request: HtmxRequest, opened: OpenedVersion, tab: str = "") -> dict[str, Any]:
    """Return what artifacts/version/_page.html shows; `tab` is "" or one of TABS.

    The keys are `page`, and the noun of the open tab: `overview`, `metadata`, `usage`, `files` or
    `lineage`. Raises NotFound for another tab.
    """
    tab = tab or TABS[0]
    if tab not in TABS:
        raise NotFound(_("A version has no page “{tab}”.").format(tab=tab))
    page = _page(request.user, opened, tab)
    if tab == TABS[0]:
        overview = overview_tab(request, opened, page.comparisons.base_alias)
        return {"page": page, "overview": overview}
    return {"page": page, tab: _READERS[tab](request, opened)}


def render_version(request: HtmxRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the page, or with the piece of its tab that htmx pages through."""
    page: VersionPage = context["page"]
    fragment = _FRAGMENTS.get(page.tab)
    if fragment and wants_fragment(request):
        return render_page(request, page.tab_template, context, fragment=fragment)
    return render_page(request, template, context)


def _page(user: User, opened: OpenedVersion, tab: str) -> VersionPage:
    membership = opened.membership
    project = membership.collection.project
    protected = project.protected_alias_names
    aliases = sorted(
        membership.alias_rows, key=lambda each: (each.name not in protected, each.name)
    )
    can_edit = can(user, Action.EDIT, project)
    may_remove = {True: can(user, Action.PROTECT, project), False: can_edit}
    return VersionPage(
        title=str(opened),
        full_name=opened.full_name,
        alias=opened.alias,
        number=membership.number,
        url=membership.get_absolute_url(),
        key=membership.pk,
        type_name=membership.collection.artifact_type.name,
        project=str(project),
        tab=tab,
        tabs=_tabs(opened, tab),
        is_latest=membership.is_newest,
        chips=[_chip(membership, each, each.name in protected, may_remove) for each in aliases],
        naming=naming_of(opened, "" if tab == TABS[0] else tab),
        unreadable=[each.name for each in aliases if is_version_number(each.name)],
        comparisons=comparisons_of(membership),
        protected=protected,
        holds=holds_on(user, membership.version),
        can_edit=can_edit,
        can_download=can(user, Action.DOWNLOAD, project),
    )


def _chip(
    membership: Membership, alias: Alias, is_protected: bool, may_remove: dict[bool, bool]
) -> AliasChip:
    return AliasChip(
        alias.name,
        is_protected=is_protected,
        url=alias.history_url,
        story=alias_story(alias.event_at_hand),
        remove_url=reverse("artifacts:alias_remove", args=[membership.pk])
        if may_remove[is_protected]
        else "",
    )


def _tabs(opened: OpenedVersion, current: str) -> list[dict[str, Any]]:
    labels = [_("Version"), _("Metadata"), _("Usage"), _("Files"), _("Lineage")]
    return [
        {
            "label": label,
            "url": opened.tab_url(tab if tab != TABS[0] else ""),
            "current": tab == current,
            "count": opened.membership.version.file_count if tab == "files" else None,
        }
        for tab, label in zip(TABS, labels, strict=True)
    ]
