"""How requests for a role end: answered, withdrawn, by another role, or with the membership."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from registries.models import AccessRequest, Registry
from registry_site.accounts.models import Kind, Organization, User, Verb
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.events import record_event


def settle_requests(*, by: User, registry: Registry, users: Iterable[User], role: str) -> None:
    """End open requests of these people for this role or a lower one, which they have now."""
    lower = [each.value for each in Role if each.rank >= Role(role).rank]
    waiting = AccessRequest.objects.open().filter(project=registry.project, role__in=lower)
    answered = waiting.filter(user__in=list(users)).select_related("user", "project__registry")
    for request in answered:
        end_request(by, request, AccessRequest.State.GRANTED, Verb.GRANT_ACCESS, given_role=role)


def end_requests(*, by: User, organization: Organization, user: User) -> None:
    """End the requests of a person who is being removed from an organization.

    All that the person sees as waiting ends alike, so that nothing reveals which were declined
    before.
    """
    state = AccessRequest.State
    waiting = AccessRequest.objects.waiting_of(user).filter(organization=organization)
    for request in waiting.select_for_update(of=("self",)).order_by("pk"):
        if request.state == state.OPEN and request.place is not None:
            end_request(by, request, state.WITHDRAWN, Verb.DECLINE_ACCESS)
        else:
            _save_end(by, request, state.WITHDRAWN)


def end_request(by: User, request: AccessRequest, state: str, verb: Verb, **answer: Any) -> None:
    """Save how a request that the caller holds ended, and record its event."""
    _save_end(by, request, state, **answer)
    record_request(by, verb, request, note=request.answer)


def _save_end(by: User, request: AccessRequest, state: str, **answer: Any) -> None:
    request.state, request.answered_by, request.answered_at = state, by, timezone.now()
    for name, value in answer.items():
        setattr(request, name, value)
    request.save(update_fields=["state", "answered_by", "answered_at", *answer])


def record_request(by: User, verb: Verb, request: AccessRequest, note: str) -> None:
    """Record the event on the registry or team, or on the request where neither exists."""
    registry = getattr(request.project, "registry", None)
    kind = Kind.REGISTRY if registry else Kind.TEAM if request.team else Kind.ACCESS_REQUEST
    subject_id = registry.pk if registry else request.team_id or request.pk
    record_event(
        by=by,
        verb=verb,
        kind=kind,
        subject=request.name,
        subject_id=subject_id,
        project_id=request.project_id,
        note=note,
        after={"user": request.user.username, "role": request.given_role or request.role},
    )
