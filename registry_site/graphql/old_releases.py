"""What old releases of the SDK need in addition to newer ones, for the server as a whole."""

import re

from graphql import GraphQLResolveInfo

from registry_site.graphql.binding import field

NEWEST_TESTED = "0.31.0"

# Up to 0.26 the SDK's Python part replaces the sentence of a 403 by its own.
_HIDES_403 = re.compile(r"W&B (Public|Internal) Client 0\.(19|2[0-6])\.")


@field("ServerInfo", "cliVersionInfo")
def server_info_cli_version_info(server_info: dict, info: GraphQLResolveInfo) -> dict[str, str]:
    """Return the oldest and newest release that this server takes.

    Releases 0.19 to 0.29 derive from it what the server offers.
    """
    return {"min_cli_version": "0.19.0", "max_cli_version": NEWEST_TESTED}


def status_for(user_agent: str, status: int) -> int:
    """Return the status with which this client shows the server's sentence."""
    return 400 if status == 403 and _HIDES_403.match(user_agent) else status
