"""The artifact browser: types, collections and versions on the left, what is open on the right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from artifacts.models import Collection, Membership, Project
from artifacts.reads.pages.names import CollectionName, VersionName
from artifacts.reads.pages.tree import ORDER, SIZE, count_in_tree, first_in_tree, in_tree
from artifacts.reads.pages.version_rows import read_aliases
from artifacts.views.breadcrumbs import artifact_crumbs
from artifacts.views.collection.listing import collections_listing
from artifacts.views.collection.version_rows import TreeVersion
from artifacts.views.paths import in_collection, in_project
from artifacts.views.usage.code import log_code
from registry_site.accounts.permissions import Action, can
from registry_site.accounts.views.exports import exported
from registry_site.errors import NotFound
from registry_site.http.exports import Listing
from registry_site.pages import HtmxRequest, Table, list_page, render_page, table_of

TREE_VERSIONS = 20


@dataclass(frozen=True)
class BrowserPage:
    """What artifacts/collection/browser.html shows beside the tree."""

    project: Project
    type_name: str  # of the collections; "" for all types
    collections: Table
    can_log: bool
    log_code: str  # that logs a first artifact


@require_safe
@in_project
def browser(request: HtmxRequest, project: Project, type_name: str = "") -> HttpResponse:
    if project.is_registry:
        return redirect(project)
    page = BrowserPage(
        project=project,
        type_name=type_name,
        collections=_collections(request, project, type_name),
        can_log=can(request.user, Action.EDIT, project),
        log_code=log_code(project.entity.name, project.name, type_name or "model"),
    )
    context = {
        "browser": browser_of(request, project),
        "page": page,
        "breadcrumb": artifact_crumbs(project, type_name),
    }
    return render_browser(
        request, "artifacts/collection/browser.html", context, fragment="collections"
    )


@require_safe
@in_collection
def collection_tree(request: HtmxRequest, collection: Collection) -> HttpResponse:
    """Show the versions of one collection in the tree, when it is opened there."""
    context = {"url": collection.get_absolute_url(), "versions": _tree_versions(collection)}
    return render(request, "artifacts/collection/_tree_versions.html", context)


def render_browser(
    request: HtmxRequest, template: str, context: dict[str, Any], *, fragment: str
) -> HttpResponse:
    """Answer with the page, with its tree (filtered or paged), or with its other fragment."""
    if request.htmx.target == "tree":
        return render_page(request, "artifacts/collection/_tree.html", context, fragment="tree")
    return render_page(request, template, context, fragment=fragment)


@dataclass(frozen=True)
class TreeCollection:
    """A collection in the tree of its project."""

    type_name: str
    name: str
    version_count: int
    url: str
    tree_url: str  # of its versions in the tree
    is_open: bool


@dataclass(frozen=True)
class Browser:
    """What artifacts/collection/_tree.html shows, the same on every page of the browser."""

    table: Table  # a page of the project's collections
    query: str  # a part of their names
    versions: Sequence[TreeVersion]  # the newest ones of the open collection
    opened: int | None  # the key of the membership whose page it is


def browser_of(
    request: HtmxRequest,
    project: Project,
    current: Collection | None = None,
    opened: Membership | None = None,
    versions: Sequence[TreeVersion] = (),
) -> Browser:
    """Return the tree of a project's collections.

    `q` filters its collections; `tree_after` and `tree_before` page them. The open collection is in
    it on every page, with its newest versions, which are read unless `versions` begins with them.
    """
    query = request.GET.get("q", "").strip()
    listed = in_tree(project)
    fitting = listed.filter(name__icontains=query) if query else listed
    # no files: the list of collections beside the tree has them
    table = table_of(
        request,
        fitting,
        order=ORDER,
        summary=lambda n: ngettext("{count} collection", "{count} collections", n),
        size=SIZE,
        prefix="tree_",
        count=None if query else lambda: count_in_tree(project),
        first=None if query else lambda: first_in_tree(project),
    )
    collections = table.rows
    if current and not query and current not in collections:
        collections = sorted(
            [*collections, current], key=lambda row: (row.artifact_type.name, row.name.lower())
        )
    rows = [_tree_collection(project, row, is_open=row == current) for row in collections]
    if current and not versions:
        versions = _tree_versions(current)
    return Browser(
        replace(table, rows=rows), query, versions[:TREE_VERSIONS], opened.pk if opened else None
    )


def _tree_collection(project: Project, collection: Collection, *, is_open: bool) -> TreeCollection:
    type_name, name = collection.artifact_type.name, collection.name
    url = CollectionName.of_sequence(project.entity.name, project.name, type_name, name).url
    tree_url = f"{url}/-/tree"
    return TreeCollection(type_name, name, collection.version_count, url, tree_url, is_open)


def _collections(request: HtmxRequest, project: Project, type_name: str) -> Table:
    """Return the project's collections, of one type or of all, with their newest versions."""
    table = list_page(
        request,
        _listing(project, type_name),
        summary=lambda n: ngettext(
            "{count} collection · last changed first", "{count} collections · last changed first", n
        ),
    )
    if type_name and not table.total:
        raise NotFound(_("There is no type “{name}” here.").format(name=type_name))
    return table


@exported
@in_project
def browser_export(request: HtmxRequest, project: Project, type_name: str = "") -> Listing:
    return _listing(project, type_name)


def _listing(project: Project, type_name: str) -> Listing:
    address = [project.entity.name, project.name, *([type_name] * bool(type_name))]
    route = "type_detail" if type_name else "browser"
    return collections_listing(project, type_name, url=reverse(f"artifacts:{route}", args=address))


def _tree_versions(collection: Collection) -> list[TreeVersion]:
    """Return the newest versions with their aliases; the first of them is `latest`."""
    live = Membership.objects.live().filter(collection=collection).newest_first()
    rows = list(live.values_list("pk", "index")[:TREE_VERSIONS])
    aliases = read_aliases(pk for pk, _index in rows)
    own = CollectionName.of(collection)
    return [
        TreeVersion(
            key=pk, names=VersionName(own, index), is_latest=at == 0, aliases=aliases.get(pk, {})
        )
        for at, (pk, index) in enumerate(rows)
    ]
