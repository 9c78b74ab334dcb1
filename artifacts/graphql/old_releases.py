"""What only old releases of the SDK ask of runs and artifacts."""

from artifacts.graphql.files import files_of_version
from artifacts.models import Version
from registry_site.accounts.permissions import Action, can
from registry_site.graphql.binding import field


@field("UpsertBucketPayload", "serverSettings")
def server_settings(payload: dict, info):
    """Messages to be shown when a run begins: this server has none."""
    return {"serverMessages": []}


@field("Artifact", "files")
def artifact_files(version: Version, info, names=None, after=None, first=None):
    """Reached by the id alone, as `currentManifest`: the highest role over all places decides."""
    may = can(info.context.user, Action.DOWNLOAD, version)
    return files_of_version(info.context, version, may, names, after=after, first=first)
