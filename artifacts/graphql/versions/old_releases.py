"""Fields of artifacts for old releases of the SDK, and for core's own downloader."""

from django.utils.translation import gettext as _

from artifacts.graphql.files.files import FILES_PAGE, files_of_version
from artifacts.models import Version
from registry_site.accounts.permissions import Action, can
from registry_site.errors import Invalid
from registry_site.graphql.binding import field


@field("Artifact", "files")
def artifact_files(version: Version, info, names=None, after=None, first=None):
    """Return files of a version reached by id: the viewer's highest role decides."""
    may = can(info.context.user, Action.DOWNLOAD, version)
    return files_of_version(info.context, version, may, names, after=after, first=first)


@field("Artifact", "filesByManifestEntries")
def artifact_files_by_manifest_entries(version: Version, info, entries=None, **_layout):
    """Return the files of these entries in one page.

    Core's downloader (off in wandb 0.31) asks for no second page.
    """
    names = [entry["name"] for entry in entries or ()]
    if len(names) > FILES_PAGE:
        raise Invalid(_("Ask for at most {limit} files at a time.").format(limit=FILES_PAGE))
    return artifact_files(version, info, names=names)
