"""The long text about a version: its README, or the card of its collection."""

from dataclasses import dataclass

from artifacts.formats.markdown import render_markdown
from artifacts.models import ManifestEntry
from artifacts.services.versions.overview import read_readme
from artifacts.views.files.folder import Item, file_item
from artifacts.views.files.markdown_addresses import FilesBeside
from artifacts.views.opened_version import OpenedVersion
from artifacts.views.texts import is_long


@dataclass(frozen=True)
class About:
    """The beginning of the text as HTML."""

    html: str
    url: str  # of all of it
    title: str
    is_readme: bool
    is_cut: bool
    is_long: bool


def about_version(
    opened: OpenedVersion, readme: ManifestEntry | None, may_open: bool
) -> About | None:
    """Return the README, for those who `may_open` files, or else the card; None without either."""
    collection = opened.membership.collection
    text = read_readme(readme) if readme and may_open else None
    if readme and text:
        html = render_markdown(text.text, FilesBeside(opened, may_open))
        url = listed_file(opened, readme).url
        return About(html, url, readme.path, True, text.is_cut, is_long(text.text))
    card = (collection.description or "").strip()
    if not card:
        return None
    url = collection.get_absolute_url()
    return About(render_markdown(card), url, collection.name, False, False, is_long(card))


def listed_file(opened: OpenedVersion, entry: ManifestEntry) -> Item:
    """Return a file of the version as a list shows it, under its whole path."""
    return file_item(opened.membership, opened.tab_url("files"), entry, entry.path)
