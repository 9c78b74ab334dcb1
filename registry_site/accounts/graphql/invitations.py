"""Mutations that invite to teams, and that leave them."""

from django.utils.translation import gettext as _

from registry_site.accounts.models import Invitation, TeamMember, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.invitations import invite, withdraw_invitation
from registry_site.accounts.services.members import remove_team_member, team_named
from registry_site.errors import Invalid
from registry_site.graphql.binding import field
from registry_site.texts.ids import decode_id, encode_id


@field("Mutation", "createInvite")
def create_invite(root, info, input):
    invited = invite(
        by=info.context.user,
        team=team_named(input["entityName"], info.context.user),
        username=input.get("username") or "",
        email=input.get("email") or "",
        role=Role.ADMIN if input.get("admin") else Role.MEMBER,
    )
    return {"invite": _joined(invited) if isinstance(invited, TeamMember) else _invited(invited)}


@field("Mutation", "deleteInvite")
def delete_invite(root, info, input):
    """Remove a member or an invitation: `Member.delete()` of wandb 0.31 sends the id of either."""
    by, member_id = info.context.user, input.get("id")
    team = team_named(input.get("entityName") or "", by)
    if invitation := decode_id(member_id, "Invite"):
        withdraw_invitation(by=by, team=team, pk=invitation)
    else:
        remove_team_member(by=by, team=team, user=_need_user(member_id))
    return {"success": True}


def _need_user(text: str | None) -> User:
    user = User.objects.filter(pk=decode_id(text, "User")).first()
    if user is None:
        raise Invalid(_("Give the id of a member, or of an invitation, of the team."))
    return user


def _joined(member: TeamMember) -> dict:
    user = member.user
    return {
        "id": encode_id("User", user.pk),
        "name": user.username,
        "email": user.email,
        "createdAt": member.joined_at,
        "toUser": user,
    }


def _invited(invitation: Invitation) -> dict:
    return {
        "id": encode_id("Invite", invitation.pk),
        "name": invitation.who,
        "email": invitation.email,
        "createdAt": invitation.created_at,
        "toUser": None,
    }
