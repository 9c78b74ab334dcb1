"""Users, entities and organizations as the SDK reads them."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from registry_site.accounts.models import Entity, Organization, User
from registry_site.accounts.services.keys.api_keys import keeps_keys_of
from registry_site.accounts.services.people import default_entity_of
from registry_site.graphql.binding import field, fields
from registry_site.graphql.connections import whole_list
from registry_site.graphql.ids import encode_id

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
    """The name of the default entity; one's own business."""
    return default_entity_of(user).name if user == info.context.user else None


@field("User", "apiKeys")
def user_api_keys(user: User, info):
    """Keys that the viewer may revoke; their text is kept nowhere, so each goes by its name."""
    prefetch_related_objects([user], "api_keys", "service_of")
    if not keeps_keys_of(info.context.user, user):
        return None
    return whole_list(sorted(user.api_keys.all(), key=lambda key: key.pk))


@dataclass(frozen=True)
class NewKey:
    """A key at the one moment when its text is known."""

    pk: int
    name: str
    text: str

    def __str__(self) -> str:
        return self.text


fields(
    "ApiKey",
    id=lambda key: encode_id("ApiKey", key.pk),
    name=str,
    description=lambda key: key.name,
)


@field("User", "teams")
def user_teams(user: User, info):
    """Entities that the person logs to or reads: teams, then the personal one."""
    prefetch_related_objects([user], "team_members__team__entity")
    joined = sorted(user.team_members.all(), key=lambda member: (member.joined_at, member.pk))
    standing = info.context.user.standing
    entities = [member.team.entity for member in joined]
    return whole_list([*(e for e in entities if standing.entity_role(e.pk)), user.entity])


@field("User", "organizations")
def user_organizations(user: User, info):
    """Organizations of the person that the viewer is in as well."""
    mine = Organization.objects.visible_to(info.context.user).filter(members__user=user)
    return list(mine.select_related("entity").order_by("pk"))


fields(
    "Entity",
    id=lambda entity: encode_id("Entity", entity.pk),
    isTeam=lambda entity: entity.kind == Entity.Kind.TEAM,
    entityType=lambda entity: entity.kind,
    xxhashDigestsEnabled=lambda entity: True,
    user=lambda entity: entity.user if entity.kind == Entity.Kind.USER else None,
)


@field("Entity", "organization")
def entity_organization(entity: Entity, info):
    return entity.owner


fields(
    "Organization",
    id=lambda organization: encode_id("Organization", organization.pk),
    orgEntity=lambda organization: organization.entity,
    coreWeaveOrganizationId=lambda organization: None,
)
