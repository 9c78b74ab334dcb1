"""Teams and who is in them, as the SDK's `api.team()` and lists of members read them."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from registry_site.accounts.models import (
    Entity,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from registry_site.accounts.permissions import Action, Role, can
from registry_site.graphql.binding import field, fields
from registry_site.graphql.ids import encode_id

# What a team is here, in the words of wandb 0.31's TeamFragment: only its people and the admins
# of its organization see what it has, everything can be logged, nothing is paid for.
fields(
    "Entity",
    available=lambda entity: False,
    photoUrl=lambda entity: None,
    readOnlyAdmin=lambda entity: False,
    privateOnly=lambda entity: True,
    codeSavingEnabled=lambda entity: True,
    defaultAccess=lambda entity: "PRIVATE",
    isPaid=lambda entity: False,
)


@dataclass(frozen=True)
class Membership:
    """A person's place in an entity."""

    user: User
    role: str
    account_type: str = "MEMBER"


@field("Entity", "readOnly")
def entity_read_only(entity: Entity, info):
    return not can(info.context.user, Action.EDIT, entity)


@field("Entity", "members")
def entity_members(entity: Entity, info):
    """Who is in it, for those who share its organization; for others nobody is."""
    if entity.kind == Entity.Kind.USER:
        seen = can(info.context.user, Action.READ, entity)
        return [Membership(entity.user, Role.ADMIN, "USER")] if seen else []
    if entity.owner is None or not can(info.context.user, Action.READ, entity.owner):
        return []
    place = entity.team if entity.kind == Entity.Kind.TEAM else entity.organization
    prefetch_related_objects([place], joined_members(type(place)))
    return [Membership(member.user, member.role) for member in place.members.all()]


def joined_members(owner: type[Team | Organization], path: str = "members") -> Prefetch:
    """Members with their people, who joined first in front: what lists of teams fetch at once."""
    members = TeamMember.objects if owner is Team else OrganizationMember.objects
    return Prefetch(path, members.select_related("user").order_by("joined_at", "pk"))


fields(
    "Member",
    id=lambda member: encode_id("User", member.user.pk),
    admin=lambda member: member.role == "admin",
    pending=lambda member: False,
    email=lambda member: member.user.email,
    username=lambda member: member.user.username,
    name=lambda member: member.user.name or member.user.username,
    photoUrl=lambda member: None,
    apiKey=lambda member: None,
)
