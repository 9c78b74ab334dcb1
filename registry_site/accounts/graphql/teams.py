"""Teams and who is in them, as the SDK's `api.team()` and lists of members read them."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from registry_site.accounts.models import (
    Entity,
    Invitation,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from registry_site.accounts.permissions import Action, Role, can
from registry_site.accounts.services.keys.handover import keys_to_show, show_key_once
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
    limits=lambda entity: {},
)


@dataclass(frozen=True)
class Membership:
    """A person's membership of an entity, or one that waits for who was invited."""

    id: str  # User or Invite: what `Member.delete()` of wandb 0.31 sends back
    name: str
    email: str
    role: str
    username: str | None = None
    account_type: str = "MEMBER"
    pending: bool = False
    service_account: User | None = None


@field("Entity", "readOnly")
def entity_read_only(entity: Entity, info):
    return not can(info.context.user, Action.EDIT, entity)


@field("Entity", "members")
def entity_members(entity: Entity, info):
    """Who is in it, for those who share its organization; for others nobody is.

    Service accounts stand last: `Team.create_service_account()` of wandb 0.31 takes the last one.
    """
    if entity.kind == Entity.Kind.USER:
        seen = can(info.context.user, Action.READ, entity)
        return [_member(entity.user, Role.ADMIN, "USER")] if seen else []
    if entity.owner is None or not can(info.context.user, Action.READ, entity.owner):
        return []
    is_team = entity.kind == Entity.Kind.TEAM
    place = entity.team if is_team else entity.organization
    invitations = ["invitations__user"] if is_team else []
    prefetch_related_objects([place], joined_members(type(place)), *invitations)
    invited = [_invited(each) for each in entity.team.invitations.all()] if is_team else []
    members = [_member(member.user, member.role) for member in place.members.all()]
    services = [member for member in members if member.service_account]
    people = [member for member in members if not member.service_account]
    return [*people, *invited, *services]


def _member(user: User, role: str, account_type: str = "MEMBER") -> Membership:
    return Membership(
        id=encode_id("User", user.pk), name=user.name or user.username, email=user.email,
        role=role, username=user.username,
        account_type="SERVICE" if user.is_service else account_type,
        service_account=user if user.is_service else None,
    )  # fmt: skip


def _invited(invitation: Invitation) -> Membership:
    """With no more of an account than the username that the inviter gave."""
    username = invitation.user.username if invitation.user else None
    return Membership(
        id=encode_id("Invite", invitation.pk), name=invitation.who, email=invitation.email,
        role=invitation.role, username=username, pending=True,
    )  # fmt: skip


@field("Member", "apiKey")
def member_api_key(member: Membership, info):
    """The key of a new service account, once, for who made it; null ever after."""
    if member.service_account is None:
        return None
    by, loaded = info.context.user, info.context.loaded
    if "keys_to_show" not in loaded:
        loaded["keys_to_show"] = keys_to_show(by)
    waiting = loaded["keys_to_show"].pop(member.service_account.pk, None)
    return waiting and show_key_once(by=by, key=waiting.key)


def joined_members(owner: type[Team | Organization], path: str = "members") -> Prefetch:
    """Members with their people, who joined first in front: what lists of teams fetch at once."""
    members = TeamMember.objects if owner is Team else OrganizationMember.objects
    return Prefetch(path, members.select_related("user").order_by("joined_at", "pk"))


fields("Member", admin=lambda member: member.role == "admin", photoUrl=lambda member: None)
