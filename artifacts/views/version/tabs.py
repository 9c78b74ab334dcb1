"""The five tabs of a version, the same for its source page and for a registry's page.

A page calls `tab_context()`, adds its own breadcrumb and actions, includes
artifacts/version/_page.html and answers through `render_version()`.
"""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from artifacts.formats.markdown import render_markdown
from artifacts.formats.media import split_media
from artifacts.models import Membership, Run, Version
from artifacts.services.paths.pointers import deletions_of_runs
from artifacts.services.retention.version_ttl import expires_at
from artifacts.views.compare.comparisons import comparisons_of
from artifacts.views.compare.key_metrics import key_metrics
from artifacts.views.files.folder import checksum_links, folder_page
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.files.preview import file_page
from artifacts.views.json_tree.json_tree import Place, run_trees, tree_of
from artifacts.views.lineage.lineage import lineage_context
from artifacts.views.retention.holds import holds_context
from artifacts.views.texts import is_long
from artifacts.views.usage.names import names_context
from artifacts.views.usage.usage import usage_context
from artifacts.views.version.overview import overview_context
from registry_site.accounts.models import User
from registry_site.accounts.names import is_version_number
from registry_site.accounts.permissions import ROLE_ACTIONS, Action, can, highest
from registry_site.errors import NotFound
from registry_site.pages import (
    HtmxRequest,
    render_page,
    wants_fragment,
)
from registry_site.texts.json_text import keeps_order

TABS = ["version", "metadata", "usage", "files", "lineage"]
_FRAGMENTS = {"usage": "consumers", "files": "files", "lineage": "lineage"}


def tab_context(request: HtmxRequest, membership: Membership, tab: str = "") -> dict[str, Any]:
    """Return what artifacts/version/_page.html shows; `tab` is "" or one of TABS.

    `membership` comes from `visible_to(user)….for_page()`. Raises NotFound for another tab.
    """
    tab = tab or TABS[0]
    if tab not in TABS:
        raise NotFound(_("A version has no page “{tab}”.").format(tab=tab))
    project = membership.collection.project
    protected = project.protected_alias_names
    aliases = sorted(
        membership.aliases.all(), key=lambda each: (each.name not in protected, each.name)
    )
    comparisons = comparisons_of(membership)
    membership.base_alias = comparisons["base_alias"]
    context = {
        "membership": membership,
        "version": membership.version,
        "project": project,
        "tab": tab,
        "tabs": _tabs(membership, tab),
        "tab_template": f"artifacts/version/tab_{tab}.html",
        "aliases": aliases,
        "naming": names_context(membership, "" if tab == TABS[0] else tab),
        "unreadable": [alias.name for alias in aliases if is_version_number(alias.name)],
        "is_latest": membership.is_newest,
        "comparisons": comparisons,
        "protected": protected,
        "can_edit": can(request.user, Action.EDIT, project),
        "can_protect": can(request.user, Action.PROTECT, project),
        "can_download": can(request.user, Action.DOWNLOAD, project),
    }
    context |= holds_context(request.user, membership.version)
    return context | _BUILDERS[tab](request, membership)


def render_version(request: HtmxRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the page, or with the piece of its tab that htmx pages through."""
    fragment = _FRAGMENTS.get(context["tab"])
    if fragment and wants_fragment(request):
        return render_page(request, context["tab_template"], context, fragment=fragment)
    return render_page(request, template, context)


def tags_context(user: User, membership: Membership) -> dict[str, Any]:
    """Return what artifacts/version/_tags.html shows."""
    version = membership.version
    return {
        "membership": membership,
        "tags": list(version.tags.order_by("name")),
        "can_edit_version": can(user, Action.EDIT, version),
    }


def _tabs(membership: Membership, current: str) -> list[dict[str, Any]]:
    labels = [_("Version"), _("Metadata"), _("Usage"), _("Files"), _("Lineage")]
    return [
        {
            "label": label,
            "url": membership.tab_url(tab if tab != TABS[0] else ""),
            "current": tab == current,
            "count": membership.version.file_count if tab == "files" else None,
        }
        for tab, label in zip(TABS, labels, strict=True)
    ]


# ------------------------------------------------------------------ one builder per tab


def _version(request: HtmxRequest, membership: Membership) -> dict[str, Any]:
    version = membership.version
    memberships = Membership.objects.visible_to(request.user).filter(version=version).for_path()
    others = list(
        memberships.exclude(pk=membership.pk)
        .with_aliases()
        .prefetch_related("collection__project__protected_aliases")
        .order_by("pk")
    )
    may_open = can(request.user, Action.DOWNLOAD, membership.collection.project)
    projects = [membership.collection.project, *(other.collection.project for other in others)]
    role = highest(*(project.role_of(request.user) for project in projects))
    overview = overview_context(request, membership, may_open=may_open)
    base = overview["base"]
    runs = _runs_of(request.user, version, *([base.version] if base else []))
    return (
        overview
        | _run_context(request.user, version, runs)
        | {
            "metrics": key_metrics(membership, base, runs),
            "tags": list(version.tags.order_by("name")),
            "can_edit_version": role is not None and Action.EDIT in ROLE_ACTIONS[role],
            "source": next((other for other in others if other.is_source), None),
            "links": [other for other in others if not other.is_source],
            "description": render_markdown(
                version.description or "", FilesBeside(membership, may_open)
            ),
            "is_description_long": is_long(version.description or ""),
            "is_personal": version.sequence.project.entity.kind == "user",
            "expires_at": expires_at(version),
            "zip_url": f"{membership.get_absolute_url()}/-/files.zip" if may_open else "",
            "usage_url": membership.tab_url("usage"),
            "files_url": membership.tab_url("files"),
        }
    )


def _metadata(request: HtmxRequest, membership: Membership) -> dict[str, Any]:
    version = membership.version
    context = _run_context(request.user, version, _runs_of(request.user, version))
    run = context["run"]
    url = membership.tab_url("metadata")
    trees = run_trees(run, url, request.GET) if run else {}
    metadata = tree_of(
        membership.version.metadata,
        Place("metadata", url, request.GET, is_ordered=keeps_order()),
        label=_("Metadata"),
        json_url=f"{membership.get_absolute_url()}/-/metadata.json",
    )
    return context | {
        "metadata": metadata,
        "run_config": trees.get("config"),
        "run_summary": trees.get("summary"),
        "run_media": len(split_media(run.summary)[0]) if run else 0,
    }


def _files(request: HtmxRequest, membership: Membership) -> dict[str, Any]:
    if path := request.GET.get("file"):
        return {"file": file_page(request, membership, path)}
    return {"files": folder_page(request, membership), "checksums": checksum_links(membership)}


_BUILDERS = {
    "version": _version,
    "metadata": _metadata,
    "usage": usage_context,
    "files": _files,
    "lineage": lineage_context,
}


def _runs_of(user: User, *versions: Version) -> dict[int, Run]:
    """The runs that logged the versions, as far as the person may see them."""
    wanted = [version.run_id for version in versions if version.run_id]
    return Run.objects.visible_to(user).for_path().in_bulk(wanted) if wanted else {}


def _run_context(user: User, version: Version, runs: dict[int, Run]) -> dict[str, Any]:
    """The run that logged the version, if the person may see it, or that it was deleted."""
    run = runs.get(version.run_id or 0)
    deleted = deletions_of_runs(user, [version.run_id]) if version.run_id and not run else {}
    return {"run": run, "run_deletion": deleted.get(version.run_id or 0)}
