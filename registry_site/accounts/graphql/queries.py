"""Who asks, and people's names. What the viewer may not see is null, as if it did not exist."""

from registry_site.accounts.models import Organization, User
from registry_site.graphql.binding import field
from registry_site.graphql.connections import connection


@field("Query", "viewer")
def viewer(root, info):
    return info.context.user


@field("Query", "organization")
def organization(root, info, name):
    return Organization.objects.visible_to(info.context.user).named(name).first()


@field("Query", "users")
def users(root, info, query=None, first=None, after=None):
    """People that the viewer may see; `api.user()` of wandb 0.31 takes the first of them."""
    user = info.context.user
    found = User.objects.visible_to(user).matching(query or "").for_api()
    return connection(info.context, found, first=first, after=after, order=("distance", "username"))
