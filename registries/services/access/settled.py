"""Requests that end without an answer: somebody has the role by now, or was taken off."""

from collections.abc import Iterable

from django.utils import timezone

from registries.models import AccessRequest, Registry
from registry_site.accounts.models import Organization, User
from registry_site.accounts.permissions import Role
from registry_site.accounts.services.events import record_event


def settle_requests(*, by: User, registry: Registry, users: Iterable[User], role: str) -> None:
    """End open requests of these people for this role or a lower one: they have it now."""
    lower = [each.value for each in Role if each.rank >= Role(role).rank]
    waiting = AccessRequest.objects.open().filter(project=registry.project, role__in=lower)
    for request in waiting.filter(user__in=list(users)).select_related("user"):
        request.state, request.given_role = AccessRequest.State.GRANTED, role
        request.answered_by, request.answered_at = by, timezone.now()
        request.save(update_fields=["state", "given_role", "answered_by", "answered_at"])
        _record(by, "grant_access", request, role)


def end_requests(*, by: User, organization: Organization, user: User) -> None:
    """End what a person asked for in an organization that they are being taken off.

    All that they see as waiting ends alike, so that nothing tells what was declined before.
    """
    state = AccessRequest.State
    waiting = AccessRequest.objects.waiting_of(user).filter(organization=organization)
    for request in waiting.select_for_update(of=("self",)).order_by("pk"):
        was_open = request.state == state.OPEN
        request.state = state.WITHDRAWN
        request.answered_by, request.answered_at = by, timezone.now()
        request.save(update_fields=["state", "answered_by", "answered_at"])
        if was_open and request.place is not None:
            _record(by, "decline_access", request, request.role)


def _record(by: User, verb: str, request: AccessRequest, role: str) -> None:
    """Append to the history of the registry or team."""
    registry = getattr(request.project, "registry", None)
    record_event(
        by=by, verb=verb, kind="registry" if registry else "team", subject=request.name,
        subject_id=registry.pk if registry else request.team_id, project_id=request.project_id,
        after={"user": request.user.username, "role": role},
    )  # fmt: skip
