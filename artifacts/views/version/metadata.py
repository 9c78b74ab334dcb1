"""The tab Metadata: the version's metadata, and its run's config and summary."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from artifacts.formats.media import split_media
from artifacts.services.paths.pointers import LoggedBy, read_logged_by
from artifacts.views.json_tree.json_tree import Place, Tree, run_trees, tree_of
from artifacts.views.opened_version import OpenedVersion
from registry_site.pages import HtmxRequest
from registry_site.texts.json_text import keeps_order


@dataclass(frozen=True)
class MetadataTab:
    """What artifacts/version/tab_metadata.html shows."""

    tree: Tree | None
    logged_by: LoggedBy
    config: Tree | None  # of the run
    summary: Tree | None  # of the run
    media_count: int  # objects of the SDK in the summary, which the run's page shows


def metadata_tab(request: HtmxRequest, opened: OpenedVersion) -> MetadataTab:
    """Return the metadata of the version, and config and summary of its run."""
    version, url = opened.membership.version, opened.tab_url("metadata")
    logged = read_logged_by(request.user, [version])[version.pk]
    trees = run_trees(logged.run, url, request.GET) if logged.run else {}
    return MetadataTab(
        tree=tree_of(
            version.metadata,
            Place("metadata", url, request.GET, is_ordered=keeps_order()),
            label=_("Metadata"),
            json_url=f"{opened.membership.get_absolute_url()}/-/metadata.json",
        ),
        logged_by=logged,
        config=trees.get("config"),
        summary=trees.get("summary"),
        media_count=len(split_media(logged.run.summary)[0]) if logged.run else 0,
    )
