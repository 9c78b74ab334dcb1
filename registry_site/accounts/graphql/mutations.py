"""What the SDK changes about teams, people and keys."""

from django.db import transaction
from django.utils.translation import gettext as _

from registry_site.accounts.graphql.types import NewKey
from registry_site.accounts.models import Invitation, Organization, TeamMember, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.invitations import invite, withdraw_invitation
from registry_site.accounts.services.keys.api_keys import create_api_key, delete_api_key, key_of
from registry_site.accounts.services.keys.service_accounts import create_service_account
from registry_site.accounts.services.members import remove_team_member, team_named
from registry_site.accounts.services.people import (
    create_team,
    create_user_by_email,
    only_organization_of,
    set_default_entity,
    user_of,
)
from registry_site.accounts.services.profile import update_profile
from registry_site.errors import Denied, Invalid, NotFound
from registry_site.graphql.binding import field
from registry_site.graphql.ids import decode_id, encode_id


@field("Mutation", "createTeam")
def resolve_create_team(root, info, input):
    by, given, admin = (
        info.context.user,
        input.get("organizationId"),
        input.get("teamAdminUserName"),
    )
    organization = _organization(by, given) if given else only_organization_of(by)
    admin = user_of(admin) if admin else None
    team = create_team(by=by, organization=organization, name=input["teamName"], admin=admin)
    return {"entity": team.entity}


@field("Mutation", "createInvite")
def resolve_create_invite(root, info, input):
    made = invite(
        by=info.context.user,
        team=team_named(input["entityName"], info.context.user),
        username=input.get("username") or "",
        email=input.get("email") or "",
        role=Role.ADMIN if input.get("admin") else Role.MEMBER,
    )
    return {"invite": _joined(made) if isinstance(made, TeamMember) else _invited(made)}


@field("Mutation", "deleteInvite")
def resolve_delete_invite(root, info, input):
    """`Member.delete()` of wandb 0.31 sends the id that `Entity.members` gave."""
    by, given = info.context.user, input.get("id")
    team = team_named(input.get("entityName") or "", by)
    if invitation := decode_id(given, "Invite"):
        withdraw_invitation(by=by, team=team, pk=invitation)
    else:
        user = User.objects.filter(pk=decode_id(given, "User")).first()
        if user is None:
            raise Invalid(_("Give the id of a member, or of an invitation, of the team."))
        remove_team_member(by=by, team=team, user=user)
    return {"success": True}


@field("Mutation", "createServiceAccount")
def resolve_create_service_account(root, info, input):
    """Its key is read from `Member.apiKey` of the team's members, once, by who made it."""
    team = team_named(input["entityName"], info.context.user)
    user = create_service_account(by=info.context.user, team=team, description=input["description"])
    return {"user": user}


@field("Mutation", "createUser")
def resolve_create_user(root, info, input):
    admin = bool(input.get("admin"))
    return {
        "user": create_user_by_email(by=info.context.user, email=input["email"], is_admin=admin)
    }


@field("Mutation", "updateUser")
@transaction.atomic
def resolve_update_user(root, info, input):
    by = info.context.user
    _check_self(by, input.get("id"))
    if input.get("name") is not None:
        update_profile(by=by, name=input["name"], email=by.email)
    if input.get("defaultEntity") is not None:
        set_default_entity(by=by, name=input["defaultEntity"])
    return {"user": by}


@field("Mutation", "generateApiKey")
def resolve_generate_api_key(root, info, input):
    """`User.generate_api_key()` of wandb 0.31 reads the key from the name, this once."""
    by = info.context.user
    key, text = create_api_key(by=by, user=by, name=input.get("description") or _("from a script"))
    return {"apiKey": NewKey(key.pk, key.name, text)}


@field("Mutation", "deleteApiKey")
def resolve_delete_api_key(root, info, input):
    by = info.context.user
    delete_api_key(by=by, key=key_of(by=by, pk=decode_id(input["id"], "ApiKey")))
    return {"success": True}


def _organization(by: User, given: str) -> Organization:
    found = Organization.objects.visible_to(by).filter(pk=decode_id(given, "Organization")).first()
    if found is None:
        raise NotFound(_("There is no organization with this id that you are in."))
    return found


def _check_self(by: User, given: str | None) -> None:
    """Nobody's settings are changed by others; who may not be seen isn't there."""
    if given and decode_id(given, "User") != by.pk:
        if not User.objects.visible_to(by).filter(pk=decode_id(given, "User")).exists():
            raise NotFound(_("There is no such person, or you may not see them."))
        raise Denied(_("People change their own settings; these are somebody else's."))


def _joined(member: TeamMember) -> dict:
    user = member.user
    return {
        "id": encode_id("User", user.pk), "name": user.username, "email": user.email,
        "createdAt": member.joined_at, "toUser": user,
    }  # fmt: skip


def _invited(invitation: Invitation) -> dict:
    return {
        "id": encode_id("Invite", invitation.pk), "name": invitation.who,
        "email": invitation.email, "createdAt": invitation.created_at, "toUser": None,
    }  # fmt: skip
