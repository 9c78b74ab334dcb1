"""What only old releases of the SDK ask of runs."""

from registry_site.graphql.binding import field


@field("UpsertBucketPayload", "serverSettings")
def run_server_settings(payload: dict, info):
    """Return no messages to show when a run begins."""
    return {"serverMessages": []}
