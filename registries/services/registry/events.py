"""What the history of a registry says of each change."""

from typing import Any

from registries.models import Registry
from registry_site.accounts.models import Kind, User, Verb
from registry_site.accounts.services.events import record_event


def record_change(by: User | None, verb: Verb, registry: Registry, **change: Any) -> None:
    """Append to the registry's history; `before` and `after` hold only what differs."""
    record_event(
        by=by,
        verb=verb,
        kind=Kind.REGISTRY,
        subject=registry.name,
        subject_id=registry.pk,
        project_id=registry.project_id,
        **change,
    )
