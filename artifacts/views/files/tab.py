"""The tab Files: one folder of a version, or one of its files."""

from dataclasses import dataclass

from artifacts.views.files.folder import Folder, checksum_links, folder_page
from artifacts.views.files.preview import FilePage, file_page
from artifacts.views.opened_version import OpenedVersion
from registry_site.pages import HtmxRequest


@dataclass(frozen=True)
class FilesTab:
    """What artifacts/version/tab_files.html shows: either `folder` or `file`."""

    folder: Folder | None = None
    file: FilePage | None = None
    checksums: list[dict[str, str]] | None = None  # links to the lists of them


def files_tab(request: HtmxRequest, opened: OpenedVersion) -> FilesTab:
    """Return the file that `?file=` names, or else the folder of `?folder=`."""
    if path := request.GET.get("file"):
        return FilesTab(file=file_page(request, opened, path))
    checksums = checksum_links(opened.membership)
    return FilesTab(folder_page(request, opened), checksums=checksums)
