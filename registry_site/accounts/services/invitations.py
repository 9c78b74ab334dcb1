"""How people join teams: at once if they belong to the organization, else by an invitation.

An invitation waits twice. First an admin of the organization lets the person in; an invitation by
such an admin says so already. Then the person is asked, and joins by accepting; until then they are
a member of nothing.

An address that a person typed in themselves proves nothing: an address counts only if an admin of
the server gave it to the account. A person who typed in an invited address stays invited until an
admin of the team invites them by name. What the inviter reads doesn't depend on whether somebody
outside the organization has the address.
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from registry_site.accounts.models import Invitation, Kind, Team, TeamMember, User, Verb
from registry_site.accounts.names import check_email
from registry_site.accounts.permissions import Action, Role, can, check
from registry_site.accounts.services.admins import lock_place
from registry_site.accounts.services.events import record_event
from registry_site.accounts.services.members import (
    check_role,
    join_invited,
    join_team,
    may_join_at_once,
)
from registry_site.errors import Conflict, Invalid, NotFound


@transaction.atomic
def invite(
    *, by: User, team: Team, username: str = "", email: str = "", role: str = Role.MEMBER
) -> TeamMember | Invitation:
    """Add a person of the organization to the team; invite anybody else to it.

    Raises Conflict for a person who is in the team or invited to it already, whatever the role:
    inviting again changes no role. But where an admin of the organization invites again, they
    thereby agree to the invitation.
    """
    check(by, Action.MANAGE, team)
    check_role(role)
    user = _invited_person(username) if username else _colleague(team, email)
    if user is None:
        return _keep(by, team, role, email=email)
    if team.members.filter(user=user).exists():
        raise Conflict(_("{user} is in {team} already.").format(user=user, team=team))
    if user.is_service or may_join_at_once(by=by, team=team, user=user):
        return join_team(by=by, team=team, user=user, role=role)
    return _keep(by, team, role, user=user)


@transaction.atomic
def withdraw_invitation(*, by: User, team: Team, pk: int) -> None:
    """Withdraw an invitation to the team; nothing happens if it is gone already."""
    check(by, Action.MANAGE, team)
    invitation = _lock_invitation(team.invitations.filter(pk=pk))
    if invitation is not None:
        _end(by, Verb.WITHDRAW, invitation)


@transaction.atomic
def allow_invitation(*, by: User, pk: int) -> Invitation:
    """Let the invited person into the organization, as its admins may; the person is asked next."""
    invitation = _of_organization(by, pk)
    _allow(by, invitation)
    return invitation


@transaction.atomic
def refuse_invitation(*, by: User, pk: int) -> Invitation:
    """End an invitation because the admin doesn't let the person into the organization."""
    invitation = _of_organization(by, pk)
    _end(by, Verb.REFUSE, invitation)
    return invitation


@transaction.atomic
def accept_invitation(*, by: User, pk: int) -> TeamMember:
    """Join the team that has invited the person; who is in it already keeps their role."""
    invitation = _own(by, pk)
    team = invitation.team
    member = team.members.filter(user=by).first()
    _end(by, Verb.ACCEPT, invitation)
    return member or join_team(
        by=invitation.invited_by or by, team=team, user=by, role=invitation.role
    )


@transaction.atomic
def decline_invitation(*, by: User, pk: int) -> Invitation:
    """End an invitation because the person doesn't want to join."""
    invitation = _own(by, pk)
    _end(by, Verb.DECLINE, invitation)
    return invitation


@transaction.atomic
def confirm_email(user: User) -> None:
    """Record that the address is the person's own, as an admin of the server says.

    The person then joins those teams of their own organizations that have invited the address.
    """
    user.email_is_confirmed = True
    user.save(update_fields=["email_is_confirmed"])
    join_invited(user)


def claimants(invitations: Iterable[Invitation]) -> dict[str, list[User]]:
    """Return the people who typed in the invited addresses themselves, by address in lower case."""
    addresses = [invitation.email.lower() for invitation in invitations if invitation.email]
    people = User.objects.filter(email_is_confirmed=False, is_active=True)
    by_address: dict[str, list[User]] = {}
    for user in people.filter(email__lower__in=addresses).order_by("pk"):
        by_address.setdefault(user.email.lower(), []).append(user)
    return by_address


def _invited_person(username: str) -> User:
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise NotFound(
            _(
                "There is no person {username!r} here; invite those without an account by e-mail."
            ).format(username=username)
        )
    return user


def _colleague(team: Team, email: str) -> User | None:
    """Return the person with this address who shares the organization with the inviter."""
    if not email:
        raise Invalid(_("Say whom to invite: give a username or an e-mail address."))
    check_email(email)
    of_address = User.objects.filter(email__lower=Lower(Value(email)), is_active=True)
    colleagues = of_address.filter(
        email_is_confirmed=True, organization_members__organization=team.organization_id
    )
    users = list(colleagues[:2])
    if len(users) > 1:
        raise Conflict(
            _("Several people have the address {email}: invite by username.").format(email=email)
        )
    return users[0] if users else None


def _keep(by: User, team: Team, role: str, **person: Any) -> Invitation:
    agrees = can(by, Action.MANAGE, team.organization)
    earlier = _lock_invitation(team.invitations.filter(**_lowered(person)))
    if earlier is not None and agrees and not earlier.is_agreed:
        _allow(by, earlier)
        return earlier
    user = person.get("user")
    inside = user is not None and team.organization.members.filter(user=user).exists()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                team=team, role=role, invited_by=by, is_agreed=agrees or inside, **person
            )
    except IntegrityError as error:
        raise Conflict(
            _("{who} is invited to {team} already.").format(
                who=person.get("email") or user, team=team
            )
        ) from error
    _record(by, Verb.INVITE, invitation)
    return invitation


def _lowered(person: dict[str, Any]) -> dict[str, Any]:
    if "email" in person:
        return {"email__lower": Lower(Value(person["email"]))}
    return person


def _of_organization(by: User, pk: int) -> Invitation:
    """Return an invitation to whose organization the person may agree, or raise NotFound."""
    invitation = _lock_invitation(Invitation.objects.filter(pk=pk, is_agreed=False))
    if invitation is None:
        raise NotFound(_gone())
    check(by, Action.MANAGE, invitation.team.organization)
    return invitation


def _own(by: User, pk: int) -> Invitation:
    invitation = _lock_invitation(Invitation.objects.answerable_by(by).filter(pk=pk))
    if invitation is None:
        raise NotFound(_gone())
    return invitation


def _gone() -> str:
    return _("This invitation doesn't wait for you: it was answered, or withdrawn.")


def _lock_invitation(invitations: QuerySet[Invitation]) -> Invitation | None:
    """Return the invitation, read after locking its organization: one answer at a time.

    Returns None if it is gone.
    """
    first = invitations.select_related("team__organization").first()
    if first is None:
        return None
    lock_place(first.team.organization)
    return Invitation.objects.for_page().filter(pk__in=invitations.values("pk")).first()


def _allow(by: User, invitation: Invitation) -> None:
    invitation.is_agreed = True
    invitation.save(update_fields=["is_agreed"])
    _record(by, Verb.ALLOW, invitation)


def _end(by: User, verb: Verb, invitation: Invitation) -> None:
    _record(by, verb, invitation)
    invitation.delete()


def _record(by: User, verb: Verb, invitation: Invitation) -> None:
    person = {"user": invitation.who} if invitation.user else {"email": invitation.email}
    record_event(
        by=by,
        verb=verb,
        kind=Kind.TEAM,
        subject=str(invitation.team),
        subject_id=invitation.team_id,
        after=person | {"role": invitation.role, "is_agreed": invitation.is_agreed},
    )
