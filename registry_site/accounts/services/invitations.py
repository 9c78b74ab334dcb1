"""How people come into teams: at once if they have an account, else when they get one.

An address that a person typed in themselves proves nothing, so that only those count by their
e-mail address to whom an admin of the server gave it. Who has typed in an invited address stays
invited until an admin of the team adds them by name.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from registry_site.accounts.models import Invitation, Team, TeamMember, User
from registry_site.accounts.names import check_email
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.members import check_role, join_team
from registry_site.errors import Conflict, Invalid, NotFound


@transaction.atomic
def invite(
    *, by: User, team: Team, username: str = "", email: str = "", role: str = Role.MEMBER
) -> TeamMember | Invitation:
    """Let a person into the team: by username, or by the address that an admin gave them.

    Without an account of that address it is an invitation. Raises Conflict for who is in the team
    or invited to it already, whatever the role: inviting again changes none.
    """
    check(by, Action.MANAGE, team)
    check_role(role)
    user = _named(username) if username else _confirmed(email)
    if user is None:
        return _keep(by, team, email, role)
    if team.members.filter(user=user).exists():
        raise Conflict(_("{user} is in {team} already.").format(user=user, team=team))
    return join_team(by=by, team=team, user=user, role=role)


@transaction.atomic
def withdraw_invitation(*, by: User, team: Team, pk: int) -> None:
    """Take an invitation to the team back; one that is gone already is fine."""
    check(by, Action.MANAGE, team)
    invitation = team.invitations.filter(pk=pk).first()
    if invitation is not None:
        _record(by, "withdraw", invitation)
        invitation.delete()


@transaction.atomic
def confirm_email(user: User) -> None:
    """Take the address as the person's own, as an admin of the server says, and let them in."""
    user.email_is_confirmed = True
    user.save(update_fields=["email_is_confirmed"])
    for invitation in _to(user.email).select_related("team__organization", "invited_by"):
        if not invitation.team.members.filter(user=user).exists():
            join_team(
                by=invitation.invited_by, team=invitation.team, user=user, role=invitation.role
            )
        invitation.delete()


def claimants(invitations: Iterable[Invitation]) -> dict[str, list[User]]:
    """Return who has typed in the invited addresses themselves, by address in small letters."""
    addresses = [invitation.email.lower() for invitation in invitations]
    found: dict[str, list[User]] = {}
    for user in User.objects.filter(email__lower__in=addresses, is_active=True).order_by("pk"):
        found.setdefault(user.email.lower(), []).append(user)
    return found


def _named(username: str) -> User:
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise NotFound(
            _(
                "There is no person {username!r} here; invite those without an account by e-mail."
            ).format(username=username)
        )
    return user


def _confirmed(email: str) -> User | None:
    if not email:
        raise Invalid(_("Say whom to invite: give a username or an e-mail address."))
    check_email(email)
    of_address = User.objects.filter(email__lower=Lower(Value(email)), is_active=True)
    users = list(of_address.filter(email_is_confirmed=True)[:2])
    if len(users) > 1:
        raise Conflict(
            _("Several people have the address {email}: invite by username.").format(email=email)
        )
    return users[0] if users else None


def _keep(by: User, team: Team, email: str, role: str) -> Invitation:
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(team=team, email=email, role=role, invited_by=by)
    except IntegrityError as error:
        raise Conflict(
            _("{email} is invited to {team} already.").format(email=email, team=team)
        ) from error
    _record(by, "invite", invitation)
    return invitation


def _to(email: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(email__lower=Lower(Value(email))).exclude(email="")


def _record(by: User, verb: str, invitation: Invitation) -> None:
    record_event(
        by=by, verb=verb, kind="team", subject=str(invitation.team),
        subject_id=invitation.team_id,
        after={"email": invitation.email, "role": invitation.role},
    )  # fmt: skip
