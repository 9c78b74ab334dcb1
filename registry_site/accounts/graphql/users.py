"""People as the SDK reads and changes them.

A person whom the viewer may not see is null, as if they did not exist.
"""

from django.db.models import prefetch_related_objects

from registry_site.accounts.models import Organization, User
from registry_site.accounts.services.people import (
    create_user_by_email,
    default_entity_of,
)
from registry_site.accounts.services.profile import update_self
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import connection, whole_list
from registry_site.texts.ids import decode_id, encode_id


@field("Query", "viewer")
def viewer(root, info):
    return info.context.user


@field("Query", "users")
def users(root, info, query=None, first=None, after=None):
    """Resolve people whom the viewer may see; `api.user()` of wandb 0.31 takes the first one."""
    user = info.context.user
    people = User.objects.visible_to(user).matching(query or "").for_api()
    return connection(
        info.context, people, first=first, after=after, order=("distance", "username")
    )


fields(
    "User",
    id=lambda user: encode_id("User", user.pk),
    name=lambda user: user.name or user.username,
    admin=lambda user: user.is_admin,
    flags=lambda user: {},
    photoUrl=lambda user: None,
    deletedAt=lambda user: None,
)


@field("User", "entity")
def user_entity(user: User, info):
    """Resolve the name of the default entity, which only the user themselves may see."""
    return default_entity_of(user).name if user == info.context.user else None


@field("User", "teams")
def user_teams(user: User, info):
    """Resolve the entities that the person logs to or reads: teams, then the personal one."""
    prefetch_related_objects([user], "team_members__team__entity")
    joined = sorted(user.team_members.all(), key=lambda member: (member.joined_at, member.pk))
    own_roles = info.context.user.roles
    entities = [member.team.entity for member in joined]
    return whole_list([*(e for e in entities if own_roles.entity_role(e.pk)), user.entity])


@field("User", "organizations")
def user_organizations(user: User, info):
    """Resolve organizations of the person to which the viewer belongs as well."""
    mine = Organization.objects.visible_to(info.context.user).filter(members__user=user)
    return list(mine.select_related("entity").order_by("pk"))


@field("Mutation", "createUser")
def create_user(root, info, input):
    admin = bool(input.get("admin"))
    return {
        "user": create_user_by_email(by=info.context.user, email=input["email"], is_admin=admin)
    }


@field("Mutation", "updateUser")
def update_user(root, info, input):
    user = update_self(
        by=info.context.user,
        user_pk=decode_id(input["id"], "User") if input.get("id") else None,
        name=input.get("name"),
        default_entity=input.get("defaultEntity"),
    )
    return {"user": user}
