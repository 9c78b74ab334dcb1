"""Teams and who is in them, as the SDK's `api.team()` and lists of members read them."""

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

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
from registry_site.accounts.services import people
from registry_site.accounts.services.keys import service_accounts
from registry_site.accounts.services.keys.handover import keys_to_show, show_key_once
from registry_site.accounts.services.members import team_named
from registry_site.errors import NotFound
from registry_site.graphql.binding import field, fields
from registry_site.texts.ids import decode_id, encode_id


@dataclass(frozen=True)
class Member:
    """A person's membership of a team, or an invitation that still waits."""

    id: str  # an id of type User or Invite, which `Member.delete()` (0.31) sends back
    name: str
    email: str
    role: str
    username: str | None = None
    account_type: str = "MEMBER"
    pending: bool = False
    service_account: User | None = None


@field("Entity", "members")
def entity_members(entity: Entity, info):
    """Resolve members for viewers who share the organization; others get an empty list."""
    is_person = entity.kind == Entity.Kind.USER
    place = entity if is_person else entity.owner
    if place is None or not can(info.context.user, Action.READ, place):
        return []
    return [_member(entity.user, Role.ADMIN, "USER")] if is_person else _members(entity)


def _members(entity: Entity) -> list[Member]:
    if entity.kind == Entity.Kind.TEAM:
        return _members_of(entity.team, "invitations__user")
    return _members_of(entity.organization)


def _members_of(container: Team | Organization, *invitations: str) -> list[Member]:
    """Return people, then waiting invitations, then service accounts.

    `Team.create_service_account()` of wandb 0.31 takes the last one.
    """
    prefetch_related_objects([container], joined_members(type(container)), *invitations)
    members = [_member(member.user, member.role) for member in container.members.all()]
    persons = [member for member in members if not member.service_account]
    services = [member for member in members if member.service_account]
    if not isinstance(container, Team):
        return [*persons, *services]
    return [*persons, *(_invited(each) for each in container.invitations.all()), *services]


def _member(user: User, role: str, account_type: str = "MEMBER") -> Member:
    return Member(
        id=encode_id("User", user.pk),
        name=user.name or user.username,
        email=user.email,
        role=role,
        username=user.username,
        account_type="SERVICE" if user.is_service else account_type,
        service_account=user if user.is_service else None,
    )


def _invited(invitation: Invitation) -> Member:
    """Return the invitation as a member that shows only the username that the inviter gave."""
    username = invitation.user.username if invitation.user else None
    return Member(
        id=encode_id("Invite", invitation.pk),
        name=invitation.who,
        email=invitation.email,
        role=invitation.role,
        username=username,
        pending=True,
    )


@field("Member", "apiKey")
def member_api_key(member: Member, info):
    """Resolve the key of a new service account once, for its maker; null ever after."""
    if member.service_account is None:
        return None
    by, loaded = info.context.user, info.context.loaded
    if "keys_to_show" not in loaded:
        loaded["keys_to_show"] = keys_to_show(by)
    waiting = loaded["keys_to_show"].pop(member.service_account.pk, None)
    return waiting and show_key_once(by=by, key=waiting.key)


def joined_members(owner: type[Team | Organization], path: str = "members") -> Prefetch:
    """Return a prefetch of members with their people, the oldest membership first."""
    members = TeamMember.objects if owner is Team else OrganizationMember.objects
    return Prefetch(path, members.select_related("user").order_by("joined_at", "pk"))


fields("Member", admin=lambda member: member.role == "admin", photoUrl=lambda member: None)


@field("Mutation", "createTeam")
def create_team(root, info, input):
    by, admin = info.context.user, input.get("teamAdminUserName")
    team = people.create_team(
        by=by,
        organization=_organization(by, input.get("organizationId")),
        name=input["teamName"],
        admin=people.user_of(admin) if admin else None,
    )
    return {"entity": team.entity}


def _organization(by: User, organization_id: str | None) -> Organization:
    if not organization_id:
        return people.only_organization_of(by)
    pk = decode_id(organization_id, "Organization")
    organization = Organization.objects.visible_to(by).filter(pk=pk).first()
    if organization is None:
        raise NotFound(_("There is no organization with this id that you are in."))
    return organization


@field("Mutation", "createServiceAccount")
def create_service_account(root, info, input):
    """Make a service account; its maker reads the key once, from `Member.apiKey`."""
    team = team_named(input["entityName"], info.context.user)
    user = service_accounts.create_service_account(
        by=info.context.user, team=team, description=input["description"]
    )
    return {"user": user}
