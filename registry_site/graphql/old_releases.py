"""What old releases of the SDK need beyond what newer ones ask of the server as a whole."""

import re

from graphql import GraphQLResolveInfo

from registry_site.graphql.binding import field

NEWEST_TESTED = "0.31.0"

# Up to 0.26 the Python part puts a sentence of its own in the place of that of a 403.
_HIDES_403 = re.compile(r"W&B (Public|Internal) Client 0\.(19|2[0-6])\.")


@field("ServerInfo", "cliVersionInfo")
def server_info_cli_version_info(server_info: dict, info: GraphQLResolveInfo) -> dict[str, str]:
    """The releases that this server takes: 0.19 to 0.29 look for what came with 0.12 or before."""
    return {"min_cli_version": "0.19.0", "max_cli_version": NEWEST_TESTED}


def status_for(user_agent: str, status: int) -> int:
    """The status with which this client shows the sentence that goes with it."""
    return 400 if status == 403 and _HIDES_403.match(user_agent) else status
