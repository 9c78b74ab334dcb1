"""Admins answer requests for a role: they grant them, or decline."""

from django.db import transaction
from django.utils.translation import gettext as _

from registries.models import AccessRequest, Registry
from registries.services.access.requests import _check_length, _gone, _State
from registries.services.members.members import add_members, set_member_role
from registries.services.members.request_endings import end_request
from registries.services.registry.locks import lock_registry
from registry_site.accounts.models import MEMBER_ROLES, Organization, Team, User, Verb
from registry_site.accounts.permissions import Action, Role, check
from registry_site.accounts.services.members import set_team_member
from registry_site.errors import Conflict, Invalid, NotFound


@transaction.atomic
def grant_request(*, by: User, pk: int, role: str = "") -> AccessRequest:
    """Give the requested role, or another one; nobody's role gets lower by it.

    Granting the same again changes nothing. Raises Conflict for a request that was answered
    otherwise, and where the person was removed from the organization or team meanwhile.
    """
    answerable = reach_request(by=by, pk=pk)
    if answerable.project is not None:  # lock it first, as every change of members does
        lock_registry(Registry.objects.get(project=answerable.project))
    request = _lock_request(by, pk)
    role = role or request.role
    if request.state == _State.GRANTED and request.given_role == role:
        return request
    _check_open(request)
    _check_is_there(request)
    end_request(by, request, _State.GRANTED, Verb.GRANT_ACCESS, given_role=role)
    if request.team is not None:
        _give_in_team(by, request.team, request.user, role)
    else:
        _give_in_registry(by, request, role)
    return request


@transaction.atomic
def decline_request(*, by: User, pk: int, answer: str = "") -> AccessRequest:
    """End a request without a role; `answer` is the text that the person reads.

    A person who may not see the registry is told nothing, and so no answer reaches them.
    """
    request = _lock_request(by, pk)
    if request.state == _State.DECLINED:
        return request
    _check_open(request)
    _check_length(answer)
    end_request(by, request, _State.DECLINED, Verb.DECLINE_ACCESS, answer=answer.strip())
    return request


def reach_request(*, by: User, pk: int) -> AccessRequest:
    """Return a request that the person may answer, or raise as answering does."""
    request = AccessRequest.objects.for_page().filter(pk=pk).first()
    return _check_answerable(by, request)


def _lock_request(by: User, pk: int) -> AccessRequest:
    """Lock a request that the person may answer."""
    rows = AccessRequest.objects.for_page().filter(pk=pk)
    request = rows.select_for_update(of=("self",)).first()
    return _check_answerable(by, request)


def _check_answerable(by: User, request: AccessRequest | None) -> AccessRequest:
    if request is None or request.place is None or request.place.role_of(by) is None:
        raise NotFound(_gone())
    check(by, Action.MANAGE, request.place)
    return request


def _check_open(request: AccessRequest) -> None:
    if request.state == _State.OPEN:
        return
    raise Conflict(
        _("This request has already been answered: {state}, {who}.").format(
            state=request.get_state_display(), who=request.answered_by or "–"
        )
    )


def _check_is_there(request: AccessRequest) -> None:
    if not AccessRequest.objects.open().filter(pk=request.pk).exists():
        raise Conflict(
            _(
                "{user} can't get a role in {name}: the account is closed, or no longer in "
                "{place}. Add the person there again first."
            ).format(user=request.user, name=request.name, place=_inside(request))
        )


def _inside(request: AccessRequest) -> Organization | Team:
    """Return the organization or team that the person has to belong to."""
    members = request.organization.members.filter(user=request.user)
    return request.team if request.team and members.exists() else request.organization


def _give_in_registry(by: User, request: AccessRequest, role: str) -> None:
    assert request.project is not None  # noqa: S101 - for the type checker
    registry = Registry.objects.for_path().get(project=request.project)
    added = add_members(by=by, registry=registry, users=[request.user], role=role)
    if any(Role(member.role).rank > Role(role).rank for member in added.unchanged):
        set_member_role(by=by, registry=registry, member=request.user, role=role)


def _give_in_team(by: User, team: Team, user: User, role: str) -> None:
    if role not in dict(MEMBER_ROLES):
        raise Invalid(_("{role!r} is not a role in a team.").format(role=role[:40]))
    member = team.members.filter(user=user).first()
    if member is None or Role(member.role).rank > Role(role).rank:
        set_team_member(by=by, team=team, user=user, role=role)
