"""Requests that somebody's new role answers, whichever way it was given."""

from collections.abc import Iterable

from django.utils import timezone

from registries.models import AccessRequest, Registry
from registry_site.accounts.models import User
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
        record_event(
            by=by, verb="grant_access", kind="registry", subject=registry.name,
            subject_id=registry.pk, project_id=registry.project_id,
            after={"user": request.user.username, "role": role},
        )  # fmt: skip
