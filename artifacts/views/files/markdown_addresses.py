"""Addresses of a version's files, for links in its README and its description."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from artifacts.previews.kinds import Kind, kind_of
from artifacts.signing import download_path
from artifacts.views.opened_version import OpenedVersion


@dataclass(frozen=True)
class FilesBeside:
    """Addresses of a version's files, below the name by which its page was opened."""

    version: OpenedVersion
    may_open: bool  # images are shown to those who may download

    def page_of(self, path: str) -> str:
        """Return the address of the file's page, or of the folder's if a slash ends the path."""
        kind = "folder" if path.endswith("/") else "file"
        return f"{self.version.tab_url('files')}?{urlencode({kind: path.rstrip('/')})}"

    def images(self, paths: Collection[str]) -> dict[str, str]:
        """Return signed addresses of those of the files that are images."""
        if not self.may_open:
            return {}
        images = [path for path in paths if kind_of(path) == Kind.IMAGE]
        rows = self.version.membership.version.entries.filter(path__in=images, blob__isnull=False)
        return {
            path: download_path(sha256, path)
            for path, sha256 in rows.values_list("path", "blob__sha256")
        }
