"""Gives, changes and removes memberships of organizations and teams.

A person who belongs to an organization joins its teams at once. Guests, who belong to another
organization too, and people from outside are invited (invitations.py) and join a team by accepting.
"""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry_site.accounts.models import (
    MEMBER_ROLES,
    Entity,
    Invitation,
    Kind,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
    Verb,
)
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.admins import keep_an_admin, lock_place
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.errors import Invalid, NotFound
from registry_site.texts.edits import Opened


@transaction.atomic
def set_organization_member(
    *,
    by: User | None,
    organization: Organization,
    user: User,
    role: str,
    opened: Opened | None = None,
) -> OrganizationMember:
    """Give a person a role in the organization; its admins may add anybody.

    Raises Conflict where that would take its only admin from it, or from a form that was `opened`
    with another role than the person has (Unread). Raises Invalid for a closed account and for the
    service account of another organization.
    """
    if by is not None:
        check(by, Action.MANAGE, organization)
        role = _settle_role(by, organization, user, role, opened)
        keep_an_admin(organization, user, role)
    _check_open(user)
    if user.service_of is not None and user.service_of.organization_id != organization.pk:
        raise Invalid(_service_refusal(user))
    member = _set_role(by, organization, user, role)
    join_invited(user)
    return member


@transaction.atomic
def set_team_member(
    *, by: User | None, team: Team, user: User, role: str, opened: Opened | None = None
) -> TeamMember:
    """Give a role in the team to a member of it, or to a person of its organization.

    The operator may bring anybody in; others raise Invalid for people who are to be invited. Raises
    Conflict where that would take its only admin from the team, or from a form that was `opened`
    with another role than the person has (Unread).
    """
    if by is not None:
        check(by, Action.MANAGE, team)
        role = _settle_role(by, team, user, role, opened)
        keep_an_admin(team, user, role)
        if not team.members.filter(user=user).exists():
            check_belongs(by=by, team=team, user=user)
    return join_team(by=by, team=team, user=user, role=role)


def may_join_at_once(*, by: User, team: Team, user: User) -> bool:
    """Return whether the person may join without an invitation.

    Members of the organization who are no guests may, and people who add themselves.
    """
    people = team.organization.members.filter(is_guest=False)
    return user == by or people.filter(user=user).exists()


def check_belongs(*, by: User, team: Team, user: User) -> None:
    """Raise Invalid for a person who can join the team only by accepting an invitation."""
    if not may_join_at_once(by=by, team=team, user=user):
        raise Invalid(
            _(
                "{user} is not of {organization}: invite them to {team}; they join by accepting."
            ).format(user=user, organization=team.organization, team=team)
        )


@transaction.atomic
def join_team(*, by: User | None, team: Team, user: User, role: str) -> TeamMember:
    """Do what set_team_member does, for a caller that has checked the rights of `by` and `user`.

    A person who is new in the organization becomes a member of it. An invitation of the person to
    this team ends.
    """
    if user.service_of_id not in (None, team.pk):
        raise Invalid(_service_refusal(user))
    _check_open(user)
    lock_place(team.organization)
    member = _set_role(by, team, user, role)
    if not team.organization.members.filter(user=user).exists():
        _set_role(by, team.organization, user, Role.MEMBER)
    Invitation.objects.of_address_or_account(user).filter(team=team).delete()
    return member


def join_invited(user: User) -> None:
    """Add a person to those teams of their own organizations that have invited them."""
    own = user.organization_members.filter(is_guest=False).values("organization")
    invited = Invitation.objects.to_person(user).filter(team__organization__in=own)
    for invitation in invited.for_page():
        if invitation.team.members.filter(user=user).exists():
            invitation.delete()
            continue
        join_team(by=invitation.invited_by, team=invitation.team, user=user, role=invitation.role)


@transaction.atomic
def remove_team_member(*, by: User, team: Team, user: User) -> None:
    """Remove a person from the team, not from its organization; close its service account.

    A person who isn't in it stays as they are. Raises Conflict for its only admin.
    """
    check(by, Action.MANAGE, team)
    keep_an_admin(team, user)
    _remove(by, team, user)
    if user.service_of_id == team.pk:
        _close(by, user)


@transaction.atomic
def remove_organization_member(*, by: User, organization: Organization, user: User) -> None:
    """Remove a person from the organization and its teams, as its admins may.

    Invitations of the person to its teams end. A person who isn't in it stays as they are. Raises
    Conflict for its only admin.
    """
    check(by, Action.MANAGE, organization)
    keep_an_admin(organization, user)
    for team in organization.teams.filter(members__user=user).select_related("entity"):
        _remove(by, team, user)
    _remove(by, organization, user)
    Invitation.objects.to_person(user).filter(team__organization=organization).delete()
    if user.is_service:
        _close(by, user)


def team_named(name: str, by: User) -> Team:
    """Return the team of this name, or raise NotFound for one that the person does not see."""
    entity = Entity.objects.visible_to(by).with_name(name).filter(kind=Entity.Kind.TEAM).first()
    if entity is None:
        raise NotFound(_("There is no team {name!r} that you are in.").format(name=name))
    return entity.team


def check_role(role: str) -> None:
    """Raise Invalid for a text that is no role of teams and organizations."""
    if role not in {value for value, _label in MEMBER_ROLES}:
        raise Invalid(_("{role!r} is no role: give admin, member or viewer.").format(role=role))


def forget_roles(user: User) -> None:
    """Make the next check of this person's roles read them anew."""
    with suppress(AttributeError):  # the roles were not read yet
        del user.roles  # `del` also works on the lazy user of a request


def _settle_role(
    by: User, place: Organization | Team, user: User, role: str, opened: Opened | None
) -> str:
    """Return the role to give; raises Unread where the person has one that `by` did not see."""
    check_role(role)
    if opened is not None:
        lock_place(place)
    member = place.members.filter(user=user).first()
    if member is None:
        return role
    return settle_edit(
        by=by,
        opened=opened,
        now={"role": member.role},
        texts={"role": role},
        kind=_kind(place),
        subject_id=place.pk,
        user=user.username,
    )["role"]


def _set_role(by: User | None, place: Organization | Team, user: User, role: str) -> Any:
    check_role(role)
    earlier = place.members.filter(user=user).first()
    if earlier is not None and earlier.role == role:
        return earlier
    member, created = place.members.update_or_create(user=user, defaults={"role": role})
    after: dict[str, Any] = {"user": user.username, "role": role}
    if isinstance(place, Organization):
        if created and _come_in(by, place, user):
            after["is_guest"] = True
        if role != Role.ADMIN:
            _question_invitations(place, user)
    _record(
        by,
        Verb.SET_ROLE,
        place,
        user,
        before=earlier and {"user": user.username, "role": earlier.role},
        after=after,
    )
    return member


def _come_in(by: User | None, organization: Organization, user: User) -> bool:
    """Do what follows when a person joins; return whether they are a guest.

    A person whom the operator adds is no guest, whatever other organizations they belong to.
    """
    invited = Invitation.objects.to_person(user).filter(team__organization=organization)
    invited.update(is_agreed=True)
    elsewhere = user.organization_members.exclude(organization=organization)
    is_guest = by is not None and elsewhere.exists()
    if is_guest:
        organization.members.filter(user=user).update(is_guest=True)
    return is_guest


def _question_invitations(organization: Organization, user: User) -> None:
    """Let invitations by the person wait for an admin's agreement: they are no admin any more."""
    invitations = Invitation.objects.filter(team__organization=organization, invited_by=user)
    invitations.update(is_agreed=False)


def _remove(by: User, place: Organization | Team, user: User) -> None:
    member = place.members.filter(user=user).first()
    if member is None:
        return
    member.delete()
    if isinstance(place, Organization):
        _question_invitations(place, user)
    before = {"user": user.username, "role": member.role}
    _record(by, Verb.REMOVE_MEMBER, place, user, before=before, after=None)


def _record(
    by: User | None, verb: Verb, place: Organization | Team, user: User, **change: Any
) -> None:
    record_event(
        by=by, verb=verb, kind=_kind(place), subject=str(place), subject_id=place.pk, **change
    )
    forget_roles(user)
    if by is not None and by == user:
        forget_roles(by)  # the same person, perhaps as another object


def _kind(place: Organization | Team) -> Kind:
    return Kind.TEAM if isinstance(place, Team) else Kind.ORGANIZATION


def _close(by: User, user: User) -> None:
    """Close a service account for good: its keys end; what it logged keeps its name."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_keys.all().delete()
    user.organization_members.all().delete()
    record_event(by=by, verb=Verb.CLOSE, kind=Kind.USER, subject=user.username, subject_id=user.pk)


def _check_open(user: User) -> None:
    if not user.is_active:
        raise Invalid(_("The account {user} is closed.").format(user=user))


def _service_refusal(user: User) -> str:
    return _("{user} is a service account of {team} and works for that team only.").format(
        user=user, team=user.service_of
    )
