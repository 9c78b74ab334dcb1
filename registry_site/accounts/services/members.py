"""Places in organizations and teams: given, changed and taken away here."""

from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from registry_site.accounts.models import (
    MEMBER_ROLES,
    Entity,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.edits import settle_edit
from registry_site.accounts.services.events import record_event
from registry_site.edits import Opened
from registry_site.errors import Conflict, Invalid, NotFound


@transaction.atomic
def set_organization_member(
    *,
    by: User | None,
    organization: Organization,
    user: User,
    role: str,
    opened: Opened | None = None,
) -> OrganizationMember:
    """Give a person a role in the organization; an admin of it may.

    Raises Conflict where that would take its only admin from it, or from a form that was `opened`
    with another role than the person has (Unread).
    """
    if by is not None:
        check(by, Action.MANAGE, organization)
        role = _settle_role(by, organization, user, role, opened)
        _keep_an_admin(organization, user, role)
    return _set_role(by, organization, user, role)


@transaction.atomic
def set_team_member(
    *, by: User | None, team: Team, user: User, role: str, opened: Opened | None = None
) -> TeamMember:
    """Give a person a role in the team, and a place in its organization if they have none.

    Raises Conflict where that would take its only admin from it, or from a form that was `opened`
    with another role than the person has (Unread).
    """
    if by is not None:
        check(by, Action.MANAGE, team)
        role = _settle_role(by, team, user, role, opened)
        _keep_an_admin(team, user, role)
    return join_team(by=by, team=team, user=user, role=role)


@transaction.atomic
def join_team(*, by: User | None, team: Team, user: User, role: str) -> TeamMember:
    """Do what set_team_member does for an operation that has asked whether `by` may.

    An invitation of the person to this team has then had its effect.
    """
    if user.service_of_id not in (None, team.pk):
        raise Invalid(
            _("{user} is a service account of {team} and works for that team only.").format(
                user=user, team=user.service_of
            )
        )
    member = _set_role(by, team, user, role)
    if not team.organization.members.filter(user=user).exists():
        _set_role(by, team.organization, user, Role.MEMBER)
    if user.email:
        team.invitations.filter(email__lower=Lower(Value(user.email))).delete()
    return member


@transaction.atomic
def remove_team_member(*, by: User, team: Team, user: User) -> None:
    """Take a person off the team, who stays in its organization; close its service account.

    Whoever isn't in it stays as they are. Raises Conflict for its only admin.
    """
    check(by, Action.MANAGE, team)
    _keep_an_admin(team, user)
    _remove(by, team, user)
    if user.service_of_id == team.pk:
        _close(by, user)


@transaction.atomic
def remove_organization_member(*, by: User, organization: Organization, user: User) -> None:
    """Take a person off the organization and its teams, which its admins administer as before.

    Whoever isn't in it stays as they are. Raises Conflict for its only admin.
    """
    check(by, Action.MANAGE, organization)
    _keep_an_admin(organization, user)
    for team in organization.teams.filter(members__user=user).select_related("entity"):
        _remove(by, team, user)
    _remove(by, organization, user)
    if user.is_service:
        _close(by, user)


def team_named(name: str, by: User) -> Team:
    """Return the team of this name, or raise NotFound for one that the person is not in."""
    found = Entity.objects.visible_to(by).named(name).filter(kind=Entity.Kind.TEAM).first()
    if found is None:
        raise NotFound(_("There is no team {name!r} that you are in.").format(name=name))
    return found.team


def is_only_admin(place: Organization | Team, user: User) -> bool:
    """Whether the place would have no admin without this person; service accounts don't count."""
    admins = place.members.filter(role=Role.ADMIN, user__is_active=True)
    others = admins.exclude(user=user).filter(user__service_of=None)
    return admins.filter(user=user).exists() and not others.exists()


def check_role(role: str) -> None:
    """Raise Invalid for what is no role in a team or an organization."""
    if role not in {value for value, _label in MEMBER_ROLES}:
        raise Invalid(_("{role!r} is no role: give admin, member or viewer.").format(role=role))


def forget_standing(user: User) -> None:
    """Make the next question about this person's roles read them again."""
    user.__dict__.pop("standing", None)


def _settle_role(
    by: User, place: Organization | Team, user: User, role: str, opened: Opened | None
) -> str:
    """Return the role to give; raises Unread where the person has one that `by` did not see."""
    check_role(role)
    if opened is not None:
        _lock(place)
    known = place.members.filter(user=user).first()
    if known is None:
        return role
    return settle_edit(
        by=by, opened=opened, now={"role": known.role}, given={"role": role},
        kind=_kind(place), subject_id=place.pk, user=user.username,
    )["role"]  # fmt: skip


def _set_role(by: User | None, place: Organization | Team, user: User, role: str) -> Any:
    check_role(role)
    known = place.members.filter(user=user).first()
    if known is not None and known.role == role:
        return known
    member, _created = place.members.update_or_create(user=user, defaults={"role": role})
    _record(
        by, "set_role", place, user,
        before=known and {"user": user.username, "role": known.role},
        after={"user": user.username, "role": role},
    )  # fmt: skip
    return member


def _remove(by: User, place: Organization | Team, user: User) -> None:
    member = place.members.filter(user=user).first()
    if member is None:
        return
    member.delete()
    before = {"user": user.username, "role": member.role}
    _record(by, "remove_member", place, user, before=before, after=None)


def _record(
    by: User | None, verb: str, place: Organization | Team, user: User, **change: Any
) -> None:
    record_event(
        by=by, verb=verb, kind=_kind(place), subject=str(place), subject_id=place.pk, **change
    )
    forget_standing(user)
    if by is not None and by == user:
        forget_standing(by)  # the same person, perhaps not the same object


def _lock(place: Organization | Team) -> None:
    """Hold the place to the end of the transaction: roles in it change one after the other."""
    type(place).objects.select_for_update().filter(pk=place.pk).values_list("pk").first()


def _kind(place: Organization | Team) -> str:
    return "team" if isinstance(place, Team) else "organization"


def _keep_an_admin(place: Organization | Team, user: User, role: str = "") -> None:
    """Raise Conflict where this person without Admin would leave the place without an admin.

    Locks the place, so that two admins can't take each other's role at the same moment.
    """
    if role == Role.ADMIN:
        return
    _lock(place)
    if is_only_admin(place, user):
        raise Conflict(
            _("{user} is the only admin of {place}: make somebody else its admin first.").format(
                user=user, place=place
            )
        )


def _close(by: User, user: User) -> None:
    """Close a service account for good: its keys end, what it logged stays under its name."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_keys.all().delete()
    user.organization_members.all().delete()
    record_event(by=by, verb="close", kind="user", subject=user.username, subject_id=user.pk)
