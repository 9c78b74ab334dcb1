"""The tab Version, which opens like a release: what it reaches, what it is, how to get it, who
uses it. Its facts are in artifacts.views.version.tabs."""

from dataclasses import dataclass
from typing import Any

from artifacts.formats.markdown import render_markdown
from artifacts.models import ManifestEntry, Membership
from artifacts.services.versions.overview import (
    TopFiles,
    base_membership,
    read_readme,
    recent_use,
    top_files,
)
from artifacts.views.compare.choice import compare_url
from artifacts.views.files.folder import Item, file_item
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.texts import is_long
from artifacts.views.usage.code import quick_code
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class About:
    """What says in many words what the version is: its README, or the card of its collection."""

    html: str
    url: str  # of all of it
    title: str
    is_readme: bool
    is_cut: bool
    is_long: bool


def overview_context(
    request: HtmxRequest, membership: Membership, *, may_open: bool
) -> dict[str, Any]:
    """Return what artifacts/version/tab_overview.html shows.

    `membership` knows its `base_alias`; files are read only for who `may_open` them.
    """
    alias = membership.base_alias
    base = base_membership(membership, alias) if alias else None
    files = top_files(membership)
    return {
        "base": base,
        "base_alias": alias,
        "compare_url": base and compare_url(_named(membership, alias), membership.full_name),
        "about": _about(membership, files, may_open),
        "top_files": [_item(membership, entry) for entry in files.rows],
        "recent_use": recent_use(by=request.user, version_id=membership.version_id),
        "quick": quick_code(membership, membership.opened_as or membership.number),
    }


def _named(membership: Membership, reference: str) -> str:
    return f"{membership.collection.target_path}:{reference}"


def _item(membership: Membership, entry: ManifestEntry) -> Item:
    return file_item(membership, membership.tab_url("files"), entry, entry.path)


def _about(membership: Membership, files: TopFiles, may_open: bool) -> About | None:
    collection = membership.collection
    readme = read_readme(files.readme) if files.readme and may_open else None
    if files.readme and readme:
        page = _item(membership, files.readme).url
        text = readme.text
        html = render_markdown(text, FilesBeside(membership, may_open))
        return About(html, page, files.readme.path, True, readme.is_cut, is_long(text))
    card = (collection.description or "").strip()
    if not card:
        return None
    url = collection.get_absolute_url()
    return About(render_markdown(card), url, collection.name, False, False, is_long(card))
